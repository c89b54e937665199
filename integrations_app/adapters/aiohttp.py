"""A connection's credential for aiohttp."""

from uuid import UUID

from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

from integrations_app.errors import DestinationNotAllowed
from integrations_app.services.requests import flow
from integrations_app.services.requests.credential_cache import Access
from integrations_app.services.requests.headers import in_headers


class ConnectionMiddleware:
    """Authenticates what a session sends, on every hop, by headers.

    Args:
        uuid: Whose credential requests carry.
    """

    def __init__(self, uuid: UUID) -> None:
        self._uuid = uuid

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send a request with the credential, and once more after a 401 that may pass."""
        found = await flow.complete_async(flow.current(self._uuid))
        while True:
            response = await _sent(request, handler, found)
            if response.status != flow.UNAUTHORIZED:
                flow.note_answer(found, request.url, response.status)
                return response
            response.release()
            repeatable = not getattr(request.body, "consumed", False)
            steps = flow.after_refusal(found, request.url, repeatable=repeatable)
            found = await flow.complete_async(steps)


async def _sent(
    request: ClientRequest, handler: ClientHandlerType, found: Access
) -> ClientResponse:
    """The response, whose request no longer shows the credential."""
    _refuse_elsewhere(found, request)
    carrying = in_headers(found)
    request.headers.update(carrying)
    try:
        return await handler(request)
    finally:
        for name in carrying:
            request.headers.popall(name, None)


def _refuse_elsewhere(found: Access, request: ClientRequest) -> None:
    url = request.url
    found.refuse_foreign(url.scheme, url.raw_host or "")
    named = [each.lower() for each in request.headers.getall("Host", [])]
    if named != [url.host_port_subcomponent]:
        raise DestinationNotAllowed(", ".join(named), "the Host header does not fit the address")
    shown = request.server_hostname
    if shown not in (None, url.raw_host):
        raise DestinationNotAllowed(str(shown), "server_hostname does not fit the address")
