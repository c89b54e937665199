"""What is kept of strangers' tabs in Redis, as far as Reflex lets us say so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import redis
from redis.asyncio import Redis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State

from integrations_app.integrations_app import app
from integrations_app.reflex_adapter.tab_states import STRANGERS_FORGOTTEN_AFTER_S, SharedTabs
from integrations_app.state.session import AdminState, is_strangers
from tests import redis_server
from tests.redis_server import RedisServer

TAB = BaseStateToken(ident="tab", cls=State)
SESSION_S = 1_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server.running(tmp_path) as running:
        yield running


def run(server: RedisServer, story: Callable[[SharedTabs], Awaitable[None]]) -> None:
    async def within() -> None:
        tabs = SharedTabs(
            redis=Redis.from_url(server.url),
            token_expiration=SESSION_S,
            is_strangers=is_strangers,
        )
        await story(tabs)
        await tabs.close()

    assert app
    asyncio.run(within())


async def write(tabs: SharedTabs, *, session: str) -> None:
    """Leave a tab's state, at which somebody is signed in or not."""
    async with tabs.modify_state(TAB) as root:
        root.router_data = {"query": "something"}
        tab = await root.get_state(AdminState)
        tab._session = session
        tab.admin_email = "ada@example.com"


def expiries(server: RedisServer) -> list[int]:
    with redis.Redis(port=server.port) as client:
        return [client.ttl(key) for key in client.scan_iter("tab_*")]


def test_a_strangers_tab_is_kept_for_a_minute(server: RedisServer) -> None:
    run(server, lambda tabs: write(tabs, session=""))

    kept = expiries(server)
    assert kept
    assert max(kept) <= STRANGERS_FORGOTTEN_AFTER_S


def test_an_admins_tab_is_kept_as_long_as_their_session(server: RedisServer) -> None:
    run(server, lambda tabs: write(tabs, session="somebody's"))

    kept = expiries(server)
    assert kept
    assert min(kept) > STRANGERS_FORGOTTEN_AFTER_S


def test_a_tab_is_forgotten_when_asked(server: RedisServer) -> None:
    async def story(tabs: SharedTabs) -> None:
        await write(tabs, session="somebody's")
        await tabs.forget("tab")

    run(server, story)

    assert not expiries(server)
