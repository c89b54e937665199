"""Transports that put a connection's credential on every hop, around any other transport."""

from contextlib import nullcontext
from typing import NoReturn
from uuid import UUID

import httpx2

from integrations_app.security.quiet_answers import answers_unlogged
from integrations_app.services.requests.flow import exchange, perform, perform_async
from integrations_app.services.requests.placing import CredentialedRequest


class CredentialTransport(httpx2.BaseTransport):
    """Sends requests of sync clients.

    Args:
        uuid: Whose credential they carry.
        inner: What connects.
    """

    def __init__(self, uuid: UUID, inner: httpx2.BaseTransport) -> None:
        self._uuid = uuid
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; see `flow.exchange`."""
        flow = exchange(self._uuid, request)
        outcome = None
        try:
            while True:
                step = flow.send(outcome)
                if isinstance(step, CredentialedRequest):
                    outcome = self._sent(step)
                else:
                    outcome = perform(step)
        except StopIteration as end:
            return end.value
        except httpx2.TransportError as error:
            _raise_alone(error)

    def _sent(self, request: CredentialedRequest) -> httpx2.Response:
        with answers_unlogged() if request.in_address else nullcontext():
            return self._inner.handle_request(request)

    def __enter__(self) -> "CredentialTransport":
        self._inner.__enter__()
        return self

    def close(self) -> None:
        """Close what connects."""
        self._inner.close()


class AsyncCredentialTransport(httpx2.AsyncBaseTransport):
    """The same for async clients."""

    def __init__(self, uuid: UUID, inner: httpx2.AsyncBaseTransport) -> None:
        self._uuid = uuid
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; see `flow.exchange`."""
        flow = exchange(self._uuid, request)
        outcome = None
        try:
            while True:
                step = flow.send(outcome)
                if isinstance(step, CredentialedRequest):
                    outcome = await self._sent(step)
                else:
                    outcome = await perform_async(step)
        except StopIteration as end:
            return end.value
        except httpx2.TransportError as error:
            _raise_alone(error)

    async def _sent(self, request: CredentialedRequest) -> httpx2.Response:
        with answers_unlogged() if request.in_address else nullcontext():
            return await self._inner.handle_async_request(request)

    async def __aenter__(self) -> "AsyncCredentialTransport":
        await self._inner.__aenter__()
        return self

    async def aclose(self) -> None:
        """Close what connects."""
        await self._inner.aclose()


def _raise_alone(error: httpx2.TransportError) -> NoReturn:
    """Raise the error without the frames and causes that still hold the request as it was sent."""
    error.__context__ = None
    raise error.with_traceback(None) from None
