"""Events that no page sent: what a plugin of the app around us calls, in whoever's name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from reflex.app_mixins.middleware import MiddlewareMixin
from reflex.state import State

from integrations_app.reflex_adapter import websocket
from integrations_app.state.guard import Guard
from tests.state.diary import PRIVATE, Bystander, Diary
from tests.state.tabs import Tab, Tabs, events, said, serving

HYDRATE = State.event_handlers["hydrate"]


class Page(Tab):
    """A tab whose events come over its websocket."""

    @property
    def router_data(self) -> dict[str, object]:
        return {**super().router_data, websocket._MARK: websocket._OURS}


def page(tabs: Tabs, session: str) -> Page:
    return Page(tabs=tabs, token="tab", session=session, path="/admin/elsewhere", query={})


def run(guard: Guard, scenario: Callable[[Tabs], Awaitable[None]]) -> None:
    async def within() -> None:
        around = MiddlewareMixin()
        around.add_middleware(guard)
        async with serving(around) as tabs:
            await scenario(tabs)

    asyncio.run(within())


def test_an_event_that_no_page_sent_is_refused_even_with_a_session(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        told = await tabs.tab(session=ada).send(Diary.load)

        assert PRIVATE not in said(told)
        assert events(told) == []

    run(Guard(websockets_only=True), scenario)


def test_what_an_open_page_shows_is_not_told_to_others_who_ask_in_its_name(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        await page(tabs, ada).send(Diary.load)

        told = [
            *await tabs.tab(session=ada).send(HYDRATE),
            *await tabs.tab(session=ada).send(Diary.fail),
        ]

        assert PRIVATE not in said(told)

    run(Guard(websockets_only=True), scenario)


def test_a_page_is_answered(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        assert PRIVATE in said(await page(tabs, ada).send(Diary.load))
        assert PRIVATE in said(await page(tabs, ada).send(HYDRATE))

    run(Guard(websockets_only=True), scenario)


def test_handlers_of_the_app_around_us_are_called_as_it_likes(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        told = await tabs.tab(session=ada).send(Bystander.write)

        assert "the app's own" in said(told)

    run(Guard(websockets_only=True), scenario)


def test_an_app_may_let_its_plugins_call_ours(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        assert PRIVATE in said(await tabs.tab(session=ada).send(Diary.load))

    run(Guard(websockets_only=False), scenario)
