"""How long the server remembers a tab."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from reflex.istate.manager.token import BaseStateToken
from reflex.state import BaseState, State

from integrations_app.reflex_adapter.tab_states import CLOSED_TABS, OpenTabs

TAB = BaseStateToken(ident="tab", cls=State)


@dataclass
class Server:
    """One that knows a single tab, which is open at first."""

    sockets: set[str] = field(default_factory=lambda: {"tab"})
    is_strangers: bool = False

    def __post_init__(self) -> None:
        self.states = OpenTabs(
            is_open=self.sockets.__contains__, is_strangers=lambda _state: self.is_strangers
        )

    async def tab(self) -> BaseState:
        """What it knows of the tab."""
        return await self.states.get_state(TAB)

    def let_time_pass(self) -> None:
        """Until what it knows of the tab is due to be forgotten."""
        if "tab" in self.states._token_expires_at:
            self.states._token_expires_at["tab"] = (0, TAB)
            self.states._purge_expired_tokens()

    @property
    def remembers(self) -> bool:
        return "tab" in self.states.states


def test_an_open_tab_is_remembered_however_long_it_rests() -> None:
    async def story() -> None:
        server = Server()
        known = await server.tab()

        for _ in range(3):
            server.let_time_pass()

        assert await server.tab() is known
        await server.states.close()

    asyncio.run(story())


def test_a_closed_tab_is_forgotten() -> None:
    async def story() -> None:
        server = Server()
        await server.tab()

        server.sockets.clear()
        server.let_time_pass()
        server.let_time_pass()

        assert not server.remembers
        assert not server.states._seen_closed
        await server.states.close()

    asyncio.run(story())


def test_a_tab_that_lost_its_line_comes_back_to_what_it_knew() -> None:
    async def story() -> None:
        server = Server()
        known = await server.tab()

        for _ in range(3):
            server.sockets.clear()
            server.let_time_pass()
            server.sockets.add("tab")
            server.let_time_pass()

        assert await server.tab() is known
        await server.states.close()

    asyncio.run(story())


def test_of_many_closed_tabs_the_first_are_forgotten_at_once() -> None:
    async def story() -> None:
        server = Server()
        known = await server.tab()
        later = [str(number) for number in range(CLOSED_TABS + 3)]

        for token in later:
            await server.states.get_state(BaseStateToken(ident=token, cls=State))

        assert await server.tab() is known, "It is open."
        assert set(server.states.states) == {"tab", *later[2:]}
        await server.states.close()

    asyncio.run(story())


def test_a_closed_tab_that_is_still_at_work_is_not_forgotten() -> None:
    async def story() -> None:
        server = Server(sockets=set())
        async with server.states.modify_state(TAB) as known:
            for number in range(CLOSED_TABS + 3):
                await server.states.get_state(BaseStateToken(ident=str(number), cls=State))

            assert await server.tab() is known
        await server.states.close()

    asyncio.run(story())


def test_a_strangers_open_tab_is_forgotten_after_a_minute_of_rest() -> None:
    async def story() -> None:
        server = Server(is_strangers=True)
        await server.tab()

        for _ in range(3):
            server.let_time_pass()
        assert server.remembers
        server.let_time_pass()

        assert not server.remembers
        assert not server.states._seen_at_rest
        await server.states.close()

    asyncio.run(story())


def test_a_strangers_tab_is_remembered_while_something_happens_there() -> None:
    async def story() -> None:
        server = Server(is_strangers=True)
        known = await server.tab()

        for _ in range(6):
            server.let_time_pass()
            server.let_time_pass()
            assert await server.tab() is known

        await server.states.close()

    asyncio.run(story())


def test_a_tab_is_forgotten_when_asked_unless_it_is_at_work() -> None:
    async def story() -> None:
        server = Server()
        async with server.states.modify_state(TAB):
            await server.states.forget("tab")
            assert server.remembers

        await server.states.forget("tab")

        assert not server.remembers
        await server.states.close()

    asyncio.run(story())
