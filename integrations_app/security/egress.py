"""The one door our requests leave by: https, known hosts, one deadline, small answers."""

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import httpcore2

from integrations_app import forks, settings
from integrations_app.errors import DestinationNotAllowed
from integrations_app.security import addresses, network
from integrations_app.security.unpacking import CannotUnpack, UnpacksTooLarge, unpack

DEADLINE_S = 10.0
MAX_ANSWER_BYTES = 2_000_000

_REDIRECTS_FROM = 300
_OF_PACKING = ("content-encoding", "content-length")
"""Headers that speak of a body as it arrived."""

_MOST_CONNECTIONS = 500
"""More than there are threads that ask: those that hang hold up nobody else here."""

_MOST_IDLE = 50

_deadline_at: ContextVar[float] = ContextVar("deadline_at")


class EgressFailed(Exception):
    """No usable answer came back.

    Attributes:
        code: Which failure it was, where that says more than that there was none.
    """

    code: str | None = None


class Unreachable(EgressFailed):
    """Nobody answered in time, or the connection was cut."""


class TlsFailed(Unreachable):
    """Somebody answered, but does not speak TLS as we do."""

    code = "tls_failed"


class CertificateRejected(TlsFailed):
    """Somebody answered who could not prove to be the host."""

    code = "tls_certificate"


class PrivateNetwork(EgressFailed):
    """The address belongs to a network that requests of ours must not reach."""

    code = "private_network"


class InvalidResponse(EgressFailed):
    """Response that is not HTTP, or cannot be read."""


class ResponseTooLarge(InvalidResponse):
    """Far more came back than an answer needs, or would have come of it when unpacked."""

    code = "answer_too_large"


class ResponseUnreadable(InvalidResponse):
    """The answer is packed in a way that cannot be unpacked."""

    code = "answer_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Response of a server.

    Attributes:
        status: HTTP status.
        headers: Lower-case names to values.
        body: Unpacked, at most `MAX_ANSWER_BYTES`; may hold secrets, so it is never shown.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    allowed: Callable[[str], bool],
    body: bytes | None = None,
    deadline_s: float = DEADLINE_S,
) -> Response:
    """Send one request; redirects are answers, not followed.

    Args:
        method: HTTP method.
        url: Whole address, with its query.
        headers: Header names to values.
        allowed: Says whether the request's credential may go to a host.
        body: What to send along; `headers` say what it is.
        deadline_s: Seconds for everything: look-up, connection, TLS, the whole answer.

    Raises:
        DestinationNotAllowed: Not https, or not to an allowed host.
        Unreachable: No whole answer within the deadline.
        TlsFailed: Nothing was sent, since there was no safe connection.
        PrivateNetwork: The host is in a private network that the operator does not allow.
        Nonsense: The answer is not HTTP.
        AnswerTooLarge: It is larger than `MAX_ANSWER_BYTES`, as it arrives or unpacked.
        AnswerUnreadable: It is packed in a way that cannot be unpacked.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.username is not None or not allowed(host):
        raise DestinationNotAllowed(host or url.split("?", 1)[0])
    if parts.scheme != "https":
        raise DestinationNotAllowed.not_https(host, scheme=parts.scheme)
    token = _deadline_at.set(time.monotonic() + deadline_s)
    try:
        return _exchange(method, url, host, headers, body)
    except addresses.PrivateAddress:
        raise PrivateNetwork(host) from None
    except (httpcore2.ProtocolError, UnicodeDecodeError) as error:
        # A peer that closes without a word speaks HTTP no less than one that is gone.
        cut = "disconnected" in str(error) or "peer closed" in str(error)
        raise (Unreachable if cut else InvalidResponse)(_what(error)) from None
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProxyError) as error:
        raise _unreachable(error) from None
    except (OSError, ssl.SSLError) as error:
        raise _unreachable(error) from None
    finally:
        _deadline_at.reset(token)


def _exchange(
    method: str, url: str, host: str, headers: Mapping[str, str], body: bytes | None
) -> Response:
    configured = settings.load()
    proxy = network.proxy_for(host)
    if proxy is not None:
        addresses.refuse_plainly_private(host, settings=configured)
    all_headers = {"Host": urlsplit(url).netloc, "Accept": "application/json", **headers}
    # Some servers pack their answers all the same; see `_unpacked`.
    all_headers |= {"Accept-Encoding": "identity", "User-Agent": "integrations-app"}
    if body is not None:
        all_headers["Content-Length"] = str(len(body))
    pool = _pool(proxy, *network.certificates())
    with pool.stream(method, url, headers=[*all_headers.items()], content=body) as response:
        received_body = bytearray()
        for chunk in response.iter_stream():
            received_body += chunk
            _remaining_s()
            if len(received_body) > MAX_ANSWER_BYTES:
                raise ResponseTooLarge(f"more than {MAX_ANSWER_BYTES} bytes")
        received = {
            key.decode("latin-1").lower(): value.decode("latin-1")
            for key, value in response.headers
        }
        return _unpacked(response.status, received, bytes(received_body))


def _unpacked(status: int, headers: dict[str, str], body: bytes) -> Response:
    try:
        unpacked = unpack(body, headers.get("content-encoding", ""), limit=MAX_ANSWER_BYTES)
    except UnpacksTooLarge:
        raise ResponseTooLarge(f"unpacks into more than {MAX_ANSWER_BYTES} bytes") from None
    except CannotUnpack as error:
        if status < _REDIRECTS_FROM:  # else the status says enough
            raise ResponseUnreadable(str(error)) from None
        unpacked = b""
    told = {name: text for name, text in headers.items() if name not in _OF_PACKING}
    return Response(status=status, headers=told, body=unpacked)


@lru_cache(maxsize=4)
def _pool(
    proxy: str | None, _cert_file: str | None, _cert_dir: str | None
) -> httpcore2.ConnectionPool:
    """One pool per proxy and set of certificates; making one a request costs 50 times as much."""
    context = network.tls_context()
    if proxy is None:
        return httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=_MOST_CONNECTIONS,
            max_keepalive_connections=_MOST_IDLE,
            network_backend=_ToProvider(),
        )
    parts = urlsplit(proxy)
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore2.HTTPProxy(
        proxy_url=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        proxy_auth=auth,
        ssl_context=context,
        max_connections=_MOST_CONNECTIONS,
        max_keepalive_connections=_MOST_IDLE,
        network_backend=_ToProxy(),
    )


# A connection that parent and child both write to would garble what either sends.
forks.after_in_child(_pool.cache_clear)


def _remaining_s(limit_s: float | None = None) -> float:
    left_s = _deadline_at.get() - time.monotonic()
    if left_s <= 0:
        raise httpcore2.ReadTimeout("the overall deadline has passed")
    return left_s if limit_s is None else min(left_s, limit_s)


class _DeadlineStream(httpcore2.NetworkStream):
    """Gives every read and write no more time than the whole exchange has left."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _remaining_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _remaining_s(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        limit_s = _remaining_s(timeout)
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, limit_s))

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


class _InTime(httpcore2.SyncBackend):
    """Gives connecting no more time than the whole exchange has left."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        limit_s = _remaining_s(timeout)
        stream = super().connect_tcp(host, port, limit_s, local_address, socket_options)
        return _DeadlineStream(stream)


class _ToProxy(_InTime, network.Backend):
    """Connections to the operator's own proxy, wherever that is."""


class _ToProvider(_InTime, network.CheckedBackend):
    """Connections to checked addresses."""


def _unreachable(error: BaseException) -> Unreachable:
    """The failure of a connection; httpcore2's own errors keep what TLS said as their context."""
    what, cause = type(error).__name__, error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return CertificateRejected(what)
    is_cut = cause is None or isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return Unreachable(what) if is_cut else TlsFailed(what)


def _what(error: Exception) -> str:
    """The kind of a failure; its text could repeat what was sent."""
    return type(error).__name__
