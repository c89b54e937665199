"""Events for open pages: in batches, for as long as whoever looks may."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import reflex as rx

from integrations_app.domain.event import EventKind, Notice, NoticeKind
from integrations_app.errors import DatabaseUnavailable
from integrations_app.events.hub import Fact, Hub
from integrations_app.services.changes import event_stream

_BETWEEN_BATCHES_S = 0.1
_LONGEST_BACKLOG = 1_000
_RETRY_S = 1.0
_MARGIN_S = 0.1
"""Clocks differ: a session that ends by ours may have a moment left by the database's."""

_ONLY_LOOK = (NoticeKind.SESSION_ENDED, NoticeKind.INTERRUPTED)
"""Nothing to show, but a reason to look whether there is a session, and a database."""

_T = TypeVar("_T")


class Follower(rx.State, mixin=True):
    """A state that is kept up with what happens."""

    _behind: bool = False
    """Whether something could not be read that this tab shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything that happened since the last one.

    Attributes:
        facts: In the order they were committed.
        complete: Whether that is all; if not, only reading everything anew tells.
    """

    facts: tuple[Fact, ...]
    complete: bool

    def concerns(self, uuid: str) -> bool:
        """Return whether something is known to have happened to this connection."""
        return any(str(fact.uuid) == uuid for fact in self.facts)


class DatabaseWatch:
    """A tab's way to the database.

    Args:
        on_change: Called when it turns out to be up, or cut, or up again.
        on_return: Called when the database is back.
    """

    def __init__(
        self, *, on_change: Callable[[bool], Awaitable[None]], on_return: Callable[[], None]
    ) -> None:
        self._on_change = on_change
        self._on_return = on_return
        self._is_up: bool | None = None

    async def ask(
        self, question: Callable[[], Awaitable[_T]], *, until: datetime | None
    ) -> _T | None:
        """The answer, however long the database is away; None once that moment has passed."""
        while True:
            try:
                answer = await question()
            except DatabaseUnavailable:
                if until is not None and datetime.now(UTC) >= until:
                    return None
                await self._note(is_up=False)
                await asyncio.sleep(_RETRY_S)
            else:
                await self._note(is_up=True)
                return answer

    async def _note(self, *, is_up: bool) -> None:
        if self._is_up == is_up:
            return
        if self._is_up is False:
            self._on_return()
        self._is_up = is_up
        await self._on_change(is_up)


async def following(
    state: Follower,
    *,
    admitted: Callable[[DatabaseWatch], Awaitable[datetime | None]],
    on_line: Callable[[bool], Awaitable[None]],
) -> AsyncGenerator[Batch, None]:
    """Return what happens, for as long as whoever looks is admitted.

    The first batch is empty and comes at once, when nothing can be missed any more; bursts come
    as one, the first fact of them at once. While the database is away there is none, and the next
    one is incomplete.

    Args:
        state: The state of a background event, outside of `async with`.
        admitted: Asked before each batch: until when, at most, without being asked anew; None
            ends it.
        on_line: Told whether the database can be reached, and anew when `live.is_late` changes.
    """
    inbox = _Inbox(asyncio.get_running_loop())
    line = DatabaseWatch(on_change=on_line, on_return=inbox.add_gap)
    hub: Hub | None = None
    is_late = False
    try:
        while (until := await admitted(line)) is not None:
            if hub is None:
                hub = await line.ask(lambda: asyncio.to_thread(event_stream.followed), until=until)
                if hub is None:
                    break
                hub.add(inbox.receive)
                inbox.add_gap()
            if event_stream.is_late() != is_late:
                is_late = not is_late
                await on_line(True)  # noqa: FBT003 - as the callback is declared
            batch = inbox.take()
            if batch is not None:
                yield batch
                await asyncio.sleep(_BETWEEN_BATCHES_S)
            if state._behind:
                await _catch_up_later(state, inbox)
            else:
                await inbox.wait(until=until if _hears() else _soon(until))
    finally:
        if hub is not None:
            hub.remove(inbox.receive)


def _hears() -> bool:
    """Return whether the listener hears; while it does not, nobody tells when the database goes."""
    try:
        return event_stream.is_listening()
    except DatabaseUnavailable:
        return False


def _soon(until: datetime) -> datetime:
    return min(until, datetime.now(UTC) + timedelta(seconds=_RETRY_S))


async def _catch_up_later(state: Follower, inbox: "_Inbox") -> None:
    async with state:
        state._behind = False
    inbox.add_gap()
    await asyncio.sleep(_RETRY_S)


class _Inbox:
    """Facts on their way from the listener's thread to one tab."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._facts: list[Fact] = []
        self._gap = False
        self._arrived = asyncio.Event()

    def receive(self, fact: Fact) -> None:
        """Called on the listener's thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, fact)

    def add_gap(self) -> None:
        """Something may have been missed."""
        self._facts, self._gap = [], True

    def take(self) -> Batch | None:
        """All that arrived; None if it says nothing but to look after the session."""
        self._arrived.clear()
        facts, gap = tuple(self._facts), self._gap
        self._facts, self._gap = [], False
        return Batch(facts=facts, complete=not gap) if facts or gap else None

    async def wait(self, *, until: datetime) -> None:
        """Return when something arrives, or shortly after that moment."""
        remaining_s = (until - datetime.now(UTC)).total_seconds()
        # Not wait_for, which in Python 3.11 can lose a cancellation: the watcher would never end.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(remaining_s, 0) + _MARGIN_S):
                await self._arrived.wait()

    def _put(self, fact: Fact) -> None:
        self._arrived.set()
        if isinstance(fact, Notice) and fact.kind in _ONLY_LOOK:
            return
        self._facts.append(fact)
        if fact.kind is EventKind.RESYNC or len(self._facts) > _LONGEST_BACKLOG:
            self.add_gap()
