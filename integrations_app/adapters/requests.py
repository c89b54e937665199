"""A connection's credential for requests."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx2
from requests import PreparedRequest, Response
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from integrations_app.errors import DestinationNotAllowed, PlacementNotSupported
from integrations_app.services.requests import flow
from integrations_app.services.requests.credential_cache import Access
from integrations_app.services.requests.headers import refuse_elsewhere

_HEADER = "Authorization"


class ConnectionAuth(AuthBase):
    """Authenticates requests, by the Authorization header alone.

    Args:
        uuid: Whose credential they carry.
    """

    def __init__(self, uuid: UUID) -> None:
        self._uuid = uuid

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put the credential on a request, and see to what becomes of it."""
        found = flow.complete(flow.current(self._uuid))
        exchange = _Exchange(found, request)
        exchange.authorize(request)
        request.register_hook("response", exchange.answered)
        return request

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConnectionAuth) and other._uuid == self._uuid

    def __hash__(self) -> int:
        return hash(self._uuid)


class _Exchange:
    """One request of the caller's, with the redirects and repetitions that it led to."""

    def __init__(self, found: Access, request: PreparedRequest) -> None:
        self._found = found
        self._body_at = _position(request.body)
        self._sent: list[PreparedRequest] = []

    def authorize(self, request: PreparedRequest) -> None:
        """Put the credential on a request, and see that it goes nowhere else with it."""
        if not self._found.in_authorization_header_only:
            raise PlacementNotSupported(self._found.provider_title)
        _refuse_elsewhere(self._found, request)
        for value in self._found.placed.headers.values():
            request.headers[_HEADER] = value
        request.headers = _Leaving(request, self._found)

    def answered(self, response: Response, **options: Any) -> Response:
        """Hand a response on, or that of the request sent again with another credential."""
        self._sent.append(response.request)
        carried = response.request.headers.get(_HEADER)
        if carried not in self._found.placed.headers.values():  # a redirect has left it behind
            return self._done(response)
        if response.status_code != flow.UNAUTHORIZED:
            flow.note_answer(self._found, _url(response.request), response.status_code)
            return response if response.is_redirect else self._done(response)
        response.content  # noqa: B018 - read, so that the connection can be used again
        response.close()
        try:
            return self._again(response, options)
        except BaseException:
            self._done(response)
            raise

    def _again(self, response: Response, options: dict[str, Any]) -> Response:
        repeatable = self._rewound(response.request.body)
        url = _url(response.request)
        self._found = flow.complete(flow.after_refusal(self._found, url, repeatable=repeatable))
        request = response.request.copy()
        self.authorize(request)
        answer = response.connection.send(request, **options)
        answer.history.append(response)
        answer.request = request
        return self.answered(answer, **options)

    def _rewound(self, body: Any) -> bool:
        """Return whether the body can be sent again, from where it began."""
        if body is None or isinstance(body, str | bytes):
            return True
        if self._body_at is None:
            return False
        body.seek(self._body_at)
        return True

    def _done(self, response: Response) -> Response:
        """Leave no credential in what responses keep."""
        for request in self._sent:
            request.headers = request.headers.copy()
            request.headers.pop(_HEADER, None)
            others = [each for each in request.hooks["response"] if each != self.answered]
            request.hooks = {**request.hooks, "response": others}
        return response


class _Leaving(CaseInsensitiveDict[str | bytes]):
    """Headers that, as they leave with the credential, look at where they go."""

    def __init__(self, request: PreparedRequest, found: Access) -> None:
        super().__init__(request.headers)
        self._request, self._found = request, found

    def __iter__(self) -> Iterator[str]:
        if _HEADER in self:
            _refuse_elsewhere(self._found, self._request)
        return super().__iter__()


def _refuse_elsewhere(found: Access, request: PreparedRequest) -> None:
    refuse_elsewhere(found, request.url or "")
    named = request.headers.get("Host")
    if isinstance(named, bytes):
        named = named.decode("latin-1")
    if named is not None and named.lower() != _url(request).netloc.decode("ascii"):
        raise DestinationNotAllowed(named, "the Host header does not fit the address")


def _url(request: PreparedRequest) -> httpx2.URL:
    return httpx2.URL(request.url or "")


def _position(body: Any) -> int | None:
    try:
        return body.tell()
    except (AttributeError, OSError):
        return None
