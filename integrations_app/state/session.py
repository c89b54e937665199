"""The session of a tab, and what is shown there only as long as it lasts.

A tab belongs to the session of its first event with a valid cookie. When the session ends, or
another one takes over the tab, everything the tab's states know is forgotten.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast
from uuid import uuid4

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.domain.admin import AdminSession
from integrations_app.errors import NotSignedIn
from integrations_app.http import authentication
from integrations_app.reflex_adapter import states
from integrations_app.reflex_adapter.states import (
    BaseState,
    Delta,
    StateProxy,
    event_id,
    overrides_reflexs,
)
from integrations_app.security import passwords
from integrations_app.services.identity import sessions
from integrations_app.state import leaving, outage
from integrations_app.state.batching import Together
from integrations_app.state.seen import read_only
from integrations_app.state.watching import Batch, DatabaseWatch, Follower, following

_PROCESS = uuid4().hex

_looking = Together(sessions.find_all)
"""Every open page looks after its session whenever something happens."""

_F = TypeVar("_F", bound=Callable[..., object])


class AdminState(Follower, rx.State):
    """Base of every state that shows or does what is for admins only.

    Nothing of it, or of a state below it, is sent to a tab without a session.
    """

    admin_email: str = ""

    _process: str = ""

    _path: str = ""
    """The page that was last opened, or acted on."""
    _socket: str = ""
    """The websocket over which that page was last opened; empty if it was not asked for."""

    _session: str = ""
    _expires_at: datetime = datetime.min.replace(tzinfo=UTC)

    @rx.event(background=True)
    @read_only
    async def watch_session(self) -> None:
        """For pages that watch nothing else: go dark when the session ends."""
        async for _batch in watching(self):
            pass

    async def _actor(self) -> Actor:
        """Return who acts; every handler asks anew.

        Raises:
            NotSignedIn: Nobody (any more); the app answers with the way to the sign-in page.
            DatabaseUnavailable: The database cannot be asked.
        """
        session = await known_session(self)
        path = self.router.url.path
        if self._path != path and not isinstance(self, StateProxy):  # no page is opened by one
            self._path, self._socket = path, ""
        return session.admin.acting(request_id=event_id())

    def _close_questions(self) -> None:
        """Ask no more whether to do what was refused, because it is not what is shown."""

    def _leave_behind(self) -> None:
        """Wait no more for work that was begun in another process, if it still goes on there."""

    def _is_back(self) -> bool:
        """Return whether this page stayed open while the line to the browser was cut.

        To be asked once by a page that is opened.
        """
        socket = self.router.session.session_id
        before, self._socket = self._socket, socket
        return before not in ("", socket)

    def _shows(self, subject: str) -> bool:
        """Return whether this is what a page of this state shows now, in this version.

        Args:
            subject: As the page spelled it at a click; empty where there is only one.
        """
        return subject == ""

    @overrides_reflexs
    def get_delta(self) -> Delta:
        """Return what changed; nothing once the session is over, whatever still runs for it."""
        if not self._session or datetime.now(UTC) >= self._expires_at:
            return {}
        return super().get_delta()


_OURS = (AdminState, outage.Outage)
"""What a tab knows of us; everything else in it is the business of the app around us."""


async def watching(state: AdminState) -> AsyncGenerator[Batch, None]:
    """Return what happens, for as long as the tab's session lasts; then the tab goes dark.

    The first batch is empty and comes at once, when nothing can be missed any more; bursts come
    as one, the first fact of them at once. Before each batch the session is checked; while the
    database is away there is none, the tab says so, and the next one is incomplete. To be used by
    a background event started from `on_load`:

        async for batch in watching(self):
            async with self:
                await self._reload()

    Args:
        state: The state of the background event, outside of `async with self`.
    """
    headers = headers_of(state)
    owner = await _owner(state)
    known: AdminSession | None = None

    async def admitted(line: DatabaseWatch) -> datetime | None:
        nonlocal known
        ends_at = known.expires_at if known else None
        known = await line.ask(lambda: session_of(headers), until=ends_at)
        if known is None:
            return None
        await _prolong(state, owner, known.expires_at)
        return _look_again_at(known)

    async def tell(is_up: bool) -> None:  # noqa: FBT001 - what a line says
        async with state:
            await outage.tell(state, away=not is_up)

    # Closed at once, not when it is collected: it stays subscribed until then.
    async with contextlib.aclosing(following(state, admitted=admitted, on_line=tell)) as batches:
        async for batch in batches:
            yield batch
    await _go_dark(state, owner)


async def signed_in(state: BaseState) -> AdminSession | None:
    """The session of the browser behind a tab.

    Raises:
        DatabaseUnavailable: The database cannot be asked.
    """
    return await session_of(headers_of(state))


async def session_of(headers: authentication.Headers) -> AdminSession | None:
    """Return the session of the browser that sent these headers.

    Raises:
        DatabaseUnavailable: The database cannot be asked.
    """
    if authentication.are_told():
        return await asyncio.to_thread(authentication.find, headers)
    return await _looking.ask(authentication.token(headers))


async def known_session(state: BaseState) -> AdminSession:
    """The session of the browser behind a tab.

    Raises:
        NotSignedIn: There is none (any more).
        DatabaseUnavailable: The database cannot be asked.
    """
    session = await signed_in(state)
    if session is None:
        raise NotSignedIn
    return session


def without_database(handler: _F) -> _F:
    """Let this handler run for the tab's own admin while nobody can look after their session.

    For what changes nothing but how the tab behaves; goes beneath `@rx.event`.
    """
    handler.__dict__["_needs_no_database"] = True
    return handler


async def is_somebodys(root: BaseState) -> bool:
    """Return whether the tab belongs to a session, be it over by now."""
    tab = await root.get_state(AdminState)
    return bool(tab._session)


def is_strangers(state: BaseState) -> bool:
    """Return whether nobody has been signed in at a tab, as far as its loaded states tell."""
    tab = states.root_of(state).substates.get(AdminState.get_name())
    return isinstance(tab, AdminState) and not tab._session


async def was_signed_in(root: BaseState) -> bool:
    """Return whether the tab belongs to the browser behind it, as far as was known last."""
    tab = await root.get_state(AdminState)
    token = await asyncio.to_thread(authentication.token, headers_of(root))
    return tab._session == _fingerprint(token) and datetime.now(UTC) < tab._expires_at


async def hand_over(root: BaseState, session: AdminSession | None, *, tells_all: bool) -> bool:
    """Leave a tab to whoever is signed in there now, without what it showed to anyone else.

    Args:
        root: The tab's root state, locked.
        session: The session of the browser behind it; None if nobody is signed in.
        tells_all: Whether the browser is about to be told everything the tab knows.

    Returns:
        Whether the tab was somebody else's, so that its states were reset.
    """
    tab = await root.get_state(AdminState)
    owner = _fingerprint(session.token) if session else ""
    stale = tab._session != owner or (tells_all and not owner)
    if stale:
        await _forget(root)
    if session:
        tab._session, tab._expires_at = owner, session.expires_at
        if tab.admin_email != session.admin.label:
            tab.admin_email = session.admin.label
    if tells_all and tab._process != _PROCESS:
        tab._process = _PROCESS
        for state in tab.substates.values():
            cast("AdminState", state)._leave_behind()
    return stale


async def emptied(root: BaseState) -> Delta:
    """All that a reset tab knows of us, to be told in place of what it showed."""
    delta: Delta = {}
    for each in _OURS:
        delta |= await states.everything(await root.get_state(each))
    return delta


async def _forget(root: BaseState) -> None:
    for each in _OURS:
        state = await root.get_state(each)
        for below in _below(each):
            await root.get_state(below)  # Redis loads only what an event needs
        state.reset()


def _below(state: type[BaseState]) -> list[type[BaseState]]:
    return [found for sub in state.get_substates() for found in (sub, *_below(sub))]


async def _owner(state: AdminState) -> str:
    """Return whose tab it is as a watcher begins, right after its event was let through."""
    async with state:
        tab = await state.get_state(AdminState)
        return tab._session


async def _prolong(state: AdminState, owner: str, expires_at: datetime) -> None:
    """Go on showing what a session sees whose end has moved; ours never does."""
    if state._expires_at == expires_at:
        return
    async with state:
        tab = await state.get_state(AdminState)
        if tab._session == owner:
            tab._expires_at = expires_at


def _look_again_at(known: AdminSession) -> datetime:
    if known.look_again_s is None:
        return known.expires_at
    return min(known.expires_at, datetime.now(UTC) + timedelta(seconds=known.look_again_s))


async def _go_dark(state: AdminState, owner: str) -> None:
    browser = states.browser()
    async with state:
        root = states.root_of(state)
        tab = await root.get_state(AdminState)
        if tab._session not in ("", owner):
            return
        await _forget(root)
        await browser.show(await emptied(root))
    await browser.perform(leaving.go_dark())


def headers_of(state: BaseState | StateProxy) -> authentication.Headers:
    """Return what the browser sent when it opened the tab's websocket, cookies included."""
    return state.router.headers.raw_headers


def _fingerprint(token: str) -> str:
    return passwords.token_hash(token).hex()
