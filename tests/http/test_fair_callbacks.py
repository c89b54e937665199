"""Accounts that one admin connects at a provider that hangs hold up nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from integrations_app import integrations, routes
from integrations_app.domain.admin import Admin
from integrations_app.http import sign_in, transformers
from integrations_app.services.oauth import web_flow
from tests import people
from tests.api.conftest import Register, register
from tests.api.oauth.conftest import CLIENT
from tests.api.providers import Contributing, declared
from tests.hanging import HOST, Hanging, hanging_at
from tests.http.conftest import COOKIE, ORIGIN, PASSWORD
from tests.world import World

__all__ = ["register"]

pytestmark = pytest.mark.alone

MANY = 48
"""More than the threads that signing in shares with all that is short."""
SOON_S = 3.0
"""Hashing a password on a busy machine; the provider would be waited for ten seconds."""


@pytest.fixture
def hanging(outside: World, register: Register) -> Iterator[Hanging]:
    """A provider whose token endpoint hangs."""
    slow = declared(
        "slow",
        auth_type="oauth2",
        fields=CLIENT,
        placement={"headers": {"Authorization": "Bearer {access_token}"}},
        allowed_hosts=[HOST],
        check=None,
        oauth={"authorize_url": f"https://{HOST}/authorize", "token_url": f"https://{HOST}/token"},
    )
    register(Contributing(slow))
    with hanging_at(outside) as provider:
        yield provider


def browser(token: str | None = None) -> httpx2.AsyncClient:
    """A browser, all of them in one event loop."""
    app, *wrappers = transformers()
    for wrap in wrappers:
        app = wrap(app)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app),  # pyright: ignore[reportArgumentType]
        base_url=ORIGIN,
        headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        cookies={COOKIE: token} if token else None,
        timeout=30,
    )


def test_others_sign_in_and_the_server_is_ready_meanwhile(
    ada: Admin, token: str, hanging: Hanging
) -> None:
    people.add_admin("bob@example.com", PASSWORD)
    values = {"client_id": "an-id", "client_secret": "a-secret"}
    uuid = integrations.add_connection("slow", "main", values=values).uuid
    urls = [web_flow.begin(uuid, token) for _ in range(MANY)]
    states = [parse_qs(urlsplit(url).query)["state"][0] for url in urls]

    async def story() -> tuple[float, int, int]:
        async with browser(token) as adas, browser() as bobs:
            back = [
                asyncio.create_task(
                    adas.get(routes.OAUTH_CALLBACK, params={"state": state, "code": "a-code"})
                )
                for state in states
            ]
            await hanging.wait_for(20)
            began = time.monotonic()
            ready = await bobs.get("/readyz")
            signed_in = await bobs.post(
                sign_in.SIGN_IN, json={"email": "bob@example.com", "password": PASSWORD}
            )
            took_s = time.monotonic() - began
            hanging.may_answer = True
            assert {answer.status_code for answer in await asyncio.gather(*back)} == {303}
        return took_s, ready.status_code, signed_in.status_code

    took_s, ready, signed_in = asyncio.run(story())

    assert (ready, signed_in) == (200, 204)
    assert took_s < SOON_S
