"""Reaching the network: through which proxy, with which certificates, at which addresses."""

import os
import re
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from httpcore2._backends.sync import SyncStream  # the public backends only make it themselves

from integrations_app import settings
from integrations_app.errors import InvalidSetting
from integrations_app.security import addresses, happy_eyeballs

_MOST_THREADS = 40
_OF_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""Variables that name a proxy for https, the first one that does being used."""

_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+", re.IGNORECASE)
"""Names of the only files that OpenSSL finds in a folder of certificates."""


def check_environment() -> None:
    """Refuse proxies and certificates that no request could use, before the first request does.

    Raises:
        InvalidSetting: The message names the variable.
    """
    _named_proxy()
    tls_context()


def proxy_for(host: str) -> str | None:
    """Return the proxy that the environment names for https requests to this host.

    Raises:
        InvalidSetting: It is of a kind that we do not speak.
    """
    return None if urllib.request.proxy_bypass(host) else _named_proxy()


def _named_proxy() -> str | None:
    proxies = urllib.request.getproxies()
    address = proxies.get("https") or proxies.get("all")
    return _proxy(address) if address else None


@lru_cache(maxsize=8)
def _proxy(address: str) -> str:
    name = next((each for each in _OF_PROXIES if os.environ.get(each) == address), "HTTPS_PROXY")
    whole = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(whole)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:  # its message would quote the address, password included
        raise InvalidSetting(name, "must be like http://proxy.example.com:3128") from None
    if parts.scheme.startswith("socks"):
        raise InvalidSetting(
            name, "names a SOCKS proxy; one for HTTP is needed, like http://proxy:3128"
        )
    if parts.scheme not in ("http", "https") or not is_address:
        raise InvalidSetting(name, "must begin with http:// or https://, and name a host")
    return whole


def certificates() -> tuple[str | None, str | None]:
    """Return where the environment says that trusted certificates are: a file, a folder."""
    return os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")


def tls_context(*, http2: bool = False, trust_env: bool = True) -> ssl.SSLContext:
    """Return what verifies servers: one for all, as reading the certificates takes 30 ms.

    Args:
        http2: Whether it is for connections that offer HTTP/2; they write that into it.
        trust_env: Whether `SSL_CERT_FILE` and `SSL_CERT_DIR` count.

    Raises:
        InvalidSetting: What one of them names holds no certificates that can be read.
    """
    return _tls_context(certificates() if trust_env else None, http2)


@lru_cache(maxsize=8)
def _tls_context(
    certificates: tuple[str | None, str | None] | None,
    _http2: bool,  # noqa: FBT001 - positional for the cache's sake
) -> ssl.SSLContext:
    file, folder = certificates or (None, None)
    if folder and not file:
        _refuse_folder_without_certificates(folder)
    try:
        return httpx2.create_ssl_context(trust_env=certificates is not None)
    except OSError as error:  # ssl.SSLError is one
        if not file:
            raise
        problem = f"no certificates can be read from {file!r} ({_why(error)})"
        raise InvalidSetting("SSL_CERT_FILE", problem) from None


def _refuse_folder_without_certificates(folder: str) -> None:
    try:
        names = [file.name for part in folder.split(os.pathsep) for file in Path(part).iterdir()]
    except OSError as error:
        problem = f"no certificates can be read from {folder!r} ({_why(error)})"
        raise InvalidSetting("SSL_CERT_DIR", problem) from None
    if not any(map(_HASHED.fullmatch, names)):
        problem = f"{folder!r} holds no certificates under names that `openssl rehash` gives them"
        raise InvalidSetting("SSL_CERT_DIR", problem)


def _why(error: OSError) -> str:
    return getattr(error, "reason", None) or error.strerror or type(error).__name__


_threads: RunVar[CapacityLimiter] = RunVar("integrations_app threads")


def threads() -> CapacityLimiter:
    """Return how many threads an event loop's waiting may take; none is the program's own."""
    try:
        return _threads.get()
    except LookupError:
        limiter = CapacityLimiter(_MOST_THREADS)
        _threads.set(limiter)
        return limiter


class Backend(httpcore2.SyncBackend):
    """Connections to whichever address of a host answers first."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect; looking the name up counts as a part of it."""
        ends_at = None if timeout is None else time.monotonic() + timeout
        addresses = _looked_up(self._addresses, host, timeout)
        if len(addresses) == 1:
            left_s = _left_s(ends_at)
            return super().connect_tcp(addresses[0], port, left_s, local_address, socket_options)
        try:
            connected = happy_eyeballs.connect(
                addresses, port, timeout_s=_left_s(ends_at), local_address=local_address
            )
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(str(error)) from None
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from None
        for option in socket_options or ():
            connected.setsockopt(*option)  # pyright: ignore[reportCallIssue, reportArgumentType]
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return SyncStream(connected)

    def _addresses(self, host: str, timeout_s: float | None) -> Sequence[str]:
        return addresses.all_addresses(host, timeout_s=timeout_s)


class CheckedBackend(Backend):
    """Connections to the addresses that were checked, not to what the name says a moment later."""

    def _addresses(self, host: str, timeout_s: float | None) -> Sequence[str]:
        return _public(host, timeout_s)


class AsyncCheckedBackend(httpcore2.AsyncNetworkBackend):
    """The same under asyncio and trio."""

    def __init__(self) -> None:
        self._backend: Any = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect; looking the name up counts as a part of it."""
        ends_at = None if timeout is None else time.monotonic() + timeout

        async def connect(address: str) -> httpcore2.AsyncNetworkStream:
            left_s = _left_s(ends_at)
            return await self._backend.connect_tcp(
                address, port, left_s, local_address, socket_options
            )

        addresses = await to_thread.run_sync(
            _looked_up, _public, host, timeout, abandon_on_cancel=True, limiter=threads()
        )
        if len(addresses) == 1:
            return await connect(addresses[0])
        failing = (httpcore2.ConnectError, httpcore2.ConnectTimeout)
        return await happy_eyeballs.connect_async(addresses, connect, failing=failing)


def _public(host: str, timeout_s: float | None) -> Sequence[str]:
    return addresses.public_addresses(host, settings=settings.load(), timeout_s=timeout_s)


def _looked_up(
    look_up: Callable[[str, float | None], Sequence[str]], host: str, timeout_s: float | None
) -> Sequence[str]:
    """The addresses of a host, at least one."""
    try:
        addresses = look_up(host, timeout_s)
    except OSError as error:
        raise httpcore2.ConnectError(str(error)) from None
    if not addresses:
        raise httpcore2.ConnectError(f"{host} has no address")
    return addresses


def _left_s(ends_at: float | None) -> float | None:
    return None if ends_at is None else max(0.001, ends_at - time.monotonic())
