"""A browser's tab as the server sees it: a token, headers, events in and updates out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from reflex.app_mixins.middleware import MiddlewareMixin
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State, StateUpdate
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor

from integrations_app.integrations_app import app
from integrations_app.state.guard import answer

ELSEWHERE = "/admin/elsewhere"
"""A page on which nothing is loaded by itself."""


@dataclass
class Tabs:
    """All tabs of one server; `updates` holds what each was told, by token."""

    processor: BaseStateEventProcessor
    states: StateManagerMemory
    updates: dict[str, list[StateUpdate]] = field(default_factory=dict)

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        """Called by Reflex in place of the websocket."""
        self.updates.setdefault(token, []).append(update)

    def tab(
        self, *, session: str = "", path: str = ELSEWHERE, token: str = "tab", **query: str
    ) -> Tab:
        """A tab whose websocket was opened with this session's cookie."""
        return Tab(tabs=self, token=token, session=session, path=path, query=query)


@dataclass
class Tab:
    """One websocket connection of a tab."""

    tabs: Tabs
    token: str
    session: str
    path: str
    query: dict[str, str]
    search: str = ""
    """What stands behind the path in its address."""

    @property
    def router_data(self) -> dict[str, Any]:
        cookie = f"integrations_session_3000={self.session}" if self.session else ""
        return {
            "headers": {"cookie": cookie, "origin": "http://localhost:3000"},
            "pathname": self.path,
            "asPath": self.path + self.search,
            "token": self.token,
            "query": self.query,
        }

    def seen(self, subject: str = "") -> str:
        """What this tab's page says of itself at a click on a subject."""
        return f"{self.path}#{subject}"

    async def send(self, handler: Any, **payload: Any) -> list[StateUpdate]:
        """Send an event and wait until it is dealt with; gives what the tab was told meanwhile."""
        before = len(self.told)
        with contextlib.suppress(RuntimeError):  # a handler's; the tab is told of it
            await asyncio.wait_for((await self.begin(handler, **payload)).wait_all(), 10)
        await self.tabs.processor.join(timeout=5)
        return self.told[before:]

    async def begin(self, handler: Any, **payload: Any) -> Any:
        """Send an event without waiting for it."""
        name = handler if isinstance(handler, str) else Event.from_event_type(handler)[0].name
        event = Event(name=name, payload=payload, router_data=self.router_data)
        return await self.tabs.processor.enqueue(self.token, event)

    @property
    def told(self) -> list[StateUpdate]:
        """Every update so far."""
        return self.tabs.updates.setdefault(self.token, [])

    async def state(self, of: type[Any]) -> Any:
        """What the server remembers of the tab."""
        root = await self.tabs.states.get_state(BaseStateToken(ident=self.token, cls=State))
        return await root.get_state(of)


def said(updates: list[StateUpdate]) -> str:
    """All vars and events of the updates, as text."""
    return " ".join(f"{update.delta} {update.events}" for update in updates)


def events(updates: list[StateUpdate]) -> list[str]:
    """What the browser was asked to do: names, with the path of redirects."""
    return [
        f"{event.name} {event.payload['path']}" if "path" in event.payload else event.name
        for update in updates
        for event in update.events
    ]


async def until(condition: Callable[[], bool], *, within_s: float) -> float:
    """Wait for the condition; gives how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_s, "it did not happen in time"
        await asyncio.sleep(0.005)
    return time.monotonic() - began


@contextlib.asynccontextmanager
async def serving(middleware: MiddlewareMixin = app) -> AsyncIterator[Tabs]:
    """The app's event handling, its middleware included, without a network."""
    processor = BaseStateEventProcessor(middleware=middleware, backend_exception_handler=answer)
    tabs = Tabs(processor=processor, states=StateManagerMemory())
    processor.configure(state_manager=tabs.states, event_namespace=tabs)  # pyright: ignore[reportArgumentType]
    async with processor:
        yield tabs
    await tabs.states.close()
