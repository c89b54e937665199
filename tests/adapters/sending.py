"""Requests that carry a connection's credential, sent by other libraries, all called alike."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import requests

from integrations_app import integrations
from tests.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came back.

    Args:
        status: HTTP status.
        content: The JSON of its body.
        shown: Whatever the library's objects show of the response and its request.
    """

    status: int
    content: Any
    shown: str


Send = Callable[..., Received]


def by_requests(outside: World) -> Send:
    """Sends by requests."""

    def send(uuid: UUID, method: str, url: str, **options: Any) -> Received:
        with requests.Session() as session:
            session.auth = integrations.adapters.requests_auth(uuid)
            response = session.request(method, url, **options)
        kept = [response, *response.history]
        shown = [(vars(each), vars(each.request), repr(each.request)) for each in kept]
        return Received(status=response.status_code, content=response.json(), shown=repr(shown))

    return send


def by_aiohttp(outside: World) -> Send:
    """Sends by aiohttp."""

    def send(uuid: UUID, method: str, url: str, **options: Any) -> Received:
        return asyncio.run(_sent(outside, uuid, method, url, options))

    return send


async def _sent(
    outside: World, uuid: UUID, method: str, url: str, options: dict[str, Any]
) -> Received:
    async with (
        aiohttp.ClientSession(
            middlewares=[integrations.adapters.aiohttp_middleware(uuid)], trust_env=True
        ) as session,
        session.request(method, url, ssl=trusting(outside), **options) as response,
    ):
        content = await response.json()
        kept = [response, *response.history]
        shown = [(repr(each), repr(each.request_info)) for each in kept]
        return Received(status=response.status, content=content, shown=repr(shown))


def trusting(outside: World) -> ssl.SSLContext:
    """What verifies the world's servers."""
    return ssl.create_default_context(cafile=str(outside.ca_file))


SENDERS = {"requests": by_requests, "aiohttp": by_aiohttp}
