"""A connection's credential for a client that is the caller's own."""

from collections.abc import AsyncGenerator, Generator
from typing import Any, cast
from uuid import UUID

import httpx
import httpx2

from integrations_app.errors import PlacementNotSupported
from integrations_app.services.requests import credential_cache
from integrations_app.services.requests.flow import (
    UNAUTHORIZED,
    Call,
    after_refusal,
    current,
    note_answer,
    perform,
    perform_async,
    refuse_misdirected,
)

_HEADER = "Authorization"
_HEADER_SENT = _HEADER.lower().encode()
_BYTES = (httpx2.ByteStream, httpx.ByteStream)


class ConnectionAuth(httpx2.Auth, httpx.Auth):  # pyright: ignore[reportIncompatibleMethodOverride]
    """Authenticates requests of httpx2 and httpx, sync and async.

    It cannot see redirects, which clients follow beneath it; so it serves only what they take
    away by themselves on the way to another host: the Authorization header. What a client that
    gives up after too many redirects raises holds the last of its requests, header included.

    Args:
        uuid: Whose credential requests carry.
    """

    def __init__(self, uuid: UUID) -> None:
        self._uuid = uuid

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """Send a request with the credential, and once more after a 401 that may pass."""
        flow = _exchange(self._uuid, request)
        before = request.headers.get(_HEADER)
        outcome = None
        try:
            while True:
                step = flow.send(outcome)
                outcome = perform(step) if isinstance(step, Call) else (yield step)
        except StopIteration:
            return
        finally:
            _restore(request, before, outcome)

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """The same for async clients."""
        flow = _exchange(self._uuid, request)
        before = request.headers.get(_HEADER)
        outcome = None
        try:
            while True:
                step = flow.send(outcome)
                outcome = await perform_async(step) if isinstance(step, Call) else (yield step)
        except StopIteration:
            return
        finally:
            _restore(request, before, outcome)


def _exchange(uuid: UUID, request: Any) -> Generator[Any, Any, None]:
    access = yield from current(uuid)
    while True:
        response = yield _authorized(request, access)
        if response.request is not request and _origin(response.request) != _origin(request):
            return  # a host that a redirect led to did not get the credential, let alone refuse it
        if response.status_code != UNAUTHORIZED:
            return note_answer(access, request.url, response.status_code)
        repeatable = isinstance(request.stream, _BYTES)
        access = yield from after_refusal(access, request.url, repeatable=repeatable)


def _authorized(request: Any, access: credential_cache.Access) -> Any:
    if not access.in_authorization_header_only:
        raise PlacementNotSupported(access.provider_title)
    scheme, host, _ = _origin(request)
    access.refuse_foreign(scheme, host)
    refuse_misdirected(request, request.headers.raw)
    for value in access.placed.headers.values():
        request.headers[_HEADER] = value
    guard = _HeadersOfHttpx2 if isinstance(request.headers, httpx2.Headers) else _HeadersOfHttpx
    request.headers = guard(request, access)
    return request


class _Leaving:
    """Headers that, as they leave with the credential, look at where they go."""

    def __init__(self, request: Any, access: credential_cache.Access) -> None:
        headers = request.headers
        super().__init__(headers, encoding=headers.encoding)  # pyright: ignore[reportCallIssue]
        self._request, self._found = request, access
        self._allowed_url = request.url

    @property
    def raw(self) -> list[tuple[bytes, bytes]]:
        """The headers as transports send them.

        Raises:
            DestinationNotAllowed: A hook has led the request elsewhere.
        """
        base = cast("httpx2.Headers", super())  # or httpx's: the next class of either subclass
        leaving = base.raw
        if any(name.lower() == _HEADER_SENT for name, _ in leaving):
            self._refuse_elsewhere(leaving)
        return leaving

    def _refuse_elsewhere(self, leaving: list[tuple[bytes, bytes]]) -> None:
        if self._request.url is not self._allowed_url:
            scheme, host, _ = _origin(self._request)
            self._found.refuse_foreign(scheme, host)
        refuse_misdirected(self._request, leaving)


class _HeadersOfHttpx(_Leaving, httpx.Headers):
    pass


class _HeadersOfHttpx2(_Leaving, httpx2.Headers):
    pass


def _origin(request: Any) -> tuple[str, str, int | None]:
    url = request.url
    return url.scheme, url.raw_host.decode("ascii"), url.port


def _restore(request: Any, before: str | None, outcome: Any) -> None:
    """Leave no credential in what responses and exceptions keep, redirects included."""
    if isinstance(outcome, httpx2.Response | httpx.Response):
        for response in (*outcome.history, outcome):
            if response.request is not request:
                _drop_credential(response.request)
            if response.next_request is not None:
                _drop_credential(response.next_request)
    _drop_credential(request)
    if before is not None:
        request.headers[_HEADER] = before


def _drop_credential(request: Any) -> None:
    if _HEADER in request.headers:
        del request.headers[_HEADER]
