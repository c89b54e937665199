"""Checks of one admin that hang hold up neither others' checks nor anybody's saving."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from integrations_app import integrations, routes
from integrations_app.domain.admin import Admin
from integrations_app.http import transformers
from integrations_app.services.identity import sessions
from integrations_app.state import form_endpoints
from tests import people
from tests.api.conftest import Register, register
from tests.api.providers import SELF_HOSTED, Contributing
from tests.hanging import HOST, Hanging, hanging_at
from tests.http.conftest import ORIGIN, ada
from tests.postgresql import DatabaseUnderTest
from tests.world import World, key

__all__ = ["ada", "register"]

pytestmark = pytest.mark.alone

COOKIE = "integrations_session_3000"
MANY = 100
AT_ONCE_S = 1.0


@pytest.fixture
def hanging(outside: World, register: Register) -> Iterator[Hanging]:
    """The provider whose address somebody typed."""
    register(Contributing(SELF_HOSTED))
    with hanging_at(outside) as provider:
        yield provider


def browser(admin: Admin) -> httpx2.AsyncClient:
    """A page of ours in the browser of a signed-in admin."""
    app, *wrappers = transformers(form_endpoints.ROUTES)
    for wrap in wrappers:
        app = wrap(app)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app),  # pyright: ignore[reportArgumentType]
        base_url=ORIGIN,
        headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        cookies={COOKIE: sessions.open_for(admin)},
        timeout=30,
    )


async def post(page: httpx2.AsyncClient, action: str, body: dict[str, Any]) -> dict[str, Any]:
    return (await page.post(f"{routes.FORMS}/{action}", json=body)).json()


def test_a_hundred_hanging_dry_runs_hold_up_neither_others_nor_saving(
    db: DatabaseUnderTest, ada: Admin, hanging: Hanging
) -> None:
    bob = people.add_admin("bob@example.com", "correct horse battery")
    main = integrations.add_connection("mistral", "main", values={"api_key": key("mistral")})
    slow = {
        "subject": "forge",
        "provider": "forge",
        "values": {"base_url": f"https://{HOST}", "api_key": "abc"},
    }
    quick = {"subject": "mistral", "provider": "mistral", "values": {"api_key": key("mistral")}}
    renamed = {
        "subject": f"{main.uuid}/{main.version}.0",
        "provider": "mistral",
        "values": {"name": "renamed"},
    }

    async def story() -> tuple[float, float]:
        async with browser(ada) as adas, browser(bob) as bobs:
            tries = [asyncio.create_task(post(adas, "try", slow)) for _ in range(MANY)]
            await hanging.wait_for(20)
            began = time.monotonic()
            assert (await post(bobs, "try", quick))["outcome_ok"]
            checked_s = time.monotonic() - began
            assert (await post(adas, "save", renamed))["is_done"]
            saved_s = time.monotonic() - began - checked_s
            assert hanging.asked < MANY
            hanging.may_answer = True
            assert len(await asyncio.gather(*tries)) == MANY
        return checked_s, saved_s

    assert max(asyncio.run(story())) < AT_ONCE_S
