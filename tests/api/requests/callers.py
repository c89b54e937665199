"""The ways to send a request that carries a connection's credential, all called alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import anyio
import httpx
import httpx2

from integrations_app import integrations

Send = Callable[..., Any]


def by_client(uuid: UUID, method: str, url: str, **options: Any) -> httpx2.Response:
    with integrations.client(uuid) as client:
        return client.request(method, url, **options)


def by_async_client(uuid: UUID, method: str, url: str, **options: Any) -> httpx2.Response:
    async def send() -> httpx2.Response:
        async with integrations.async_client(uuid) as client:
            return await client.request(method, url, **options)

    return anyio.run(send)


def by_single_request(uuid: UUID, method: str, url: str, **options: Any) -> httpx2.Response:
    return integrations.authenticated_request(uuid, method, url, **options)


def by_auth_in(library: Any) -> Send:
    def send(uuid: UUID, method: str, url: str, **options: Any) -> Any:
        with library.Client(auth=integrations.auth(uuid)) as client:
            return client.request(method, url, **options)

    return send


def by_auth_in_async(library: Any) -> Send:
    def send(uuid: UUID, method: str, url: str, **options: Any) -> Any:
        async def send_it() -> Any:
            async with library.AsyncClient(auth=integrations.auth(uuid)) as client:
                return await client.request(method, url, **options)

        return anyio.run(send_it)

    return send


OURS: dict[str, Send] = {
    "client": by_client,
    "async_client": by_async_client,
    "authenticated_request": by_single_request,
}
"""What places credentials anywhere."""

AUTH: dict[str, Send] = {
    "auth in httpx2": by_auth_in(httpx2),
    "auth in async httpx2": by_auth_in_async(httpx2),
    "auth in httpx": by_auth_in(httpx),
    "auth in async httpx": by_auth_in_async(httpx),
}
"""What serves the caller's own client."""

EVERY = OURS | AUTH
