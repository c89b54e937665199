"""Who is signed in at a tab, and what is shown there only as long as they are.

A tab belongs to the session of its first event with a valid cookie. When the session ends, or
another one takes over the tab, everything the tab's states know is forgotten.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import TypeVar, cast
from uuid import uuid4

import reflex as rx
from reflex.istate.delta import Delta, _resolve_delta
from reflex.istate.proxy import StateProxy
from reflex.state import BaseState, _override_base_method
from reflex_base.constants import CompileVars
from reflex_base.event import Event
from reflex_base.event.context import EventContext

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.admin import AdminSession
from integrations_app.errors import NotSignedIn
from integrations_app.http import cookies
from integrations_app.http.sign_in import SIGN_OUT
from integrations_app.security import passwords
from integrations_app.services import sessions
from integrations_app.state import outage
from integrations_app.state.watching import Batch, Follower, Line, following

_PROCESS = uuid4().hex

_F = TypeVar("_F", bound=Callable[..., object])


class AdminState(Follower, rx.State):
    """Base of every state that shows or does what is for admins only.

    Nothing of it, or of a state below it, is sent to a tab without a session.
    """

    admin_email: str = ""

    _process: str = ""

    _session: str = ""
    _expires_at: datetime = datetime.min.replace(tzinfo=UTC)

    @rx.event(background=True)
    async def watch_session(self) -> None:
        """For pages that watch nothing else: go dark when the session ends."""
        async for _batch in watching(self):
            pass

    async def _actor(self) -> Actor:
        """Who acts; every handler asks anew.

        Raises:
            NotSignedIn: Nobody (any more); the app answers with the way to the sign-in page.
            DatabaseUnavailable: The database cannot be asked.
        """
        session = await signed_in(self)
        if session is None:
            raise NotSignedIn
        return session.admin.acting(request_id=event_id())

    def _leave_behind(self) -> None:
        """Wait no more for work that was begun in another process, if it still goes on there."""

    @_override_base_method
    def get_delta(self) -> Delta:
        """What changed; nothing once the session is over, whatever is still running for it."""
        if not self._session or datetime.now(UTC) >= self._expires_at:
            return {}
        return super().get_delta()


async def watching(state: AdminState) -> AsyncGenerator[Batch, None]:
    """What happens, for as long as the tab's session lasts; then the tab goes dark.

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
    token = token_of(state)
    known: AdminSession | None = None

    async def admitted(line: Line) -> datetime | None:
        nonlocal known
        ends_at = known.expires_at if known else None
        known = await line.ask(lambda: sessions.find(token), until=ends_at)
        return known.expires_at if known else None

    async def tell(is_up: bool) -> None:  # noqa: FBT001 - what a line says
        async with state:
            await outage.tell(state, away=not is_up)

    # Closed at once, not when it is collected: it stays subscribed until then.
    async with contextlib.aclosing(following(state, admitted=admitted, on_line=tell)) as batches:
        async for batch in batches:
            yield batch
    await _go_dark(state, token)


def sign_out() -> rx.event.EventSpec:
    """End the session, then leave for the sign-in page; what runs is the browser's own request."""
    return rx.call_script(
        f"fetch('{SIGN_OUT}', {{method: 'POST'}})"
        f".then((r) => {{ if (r.ok) window.location.assign('{routes.LOGIN}'); }})"
    )


async def signed_in(state: BaseState) -> AdminSession | None:
    """The session of the browser behind a tab.

    Raises:
        DatabaseUnavailable: The database cannot be asked.
    """
    return await asyncio.to_thread(sessions.find, token_of(state))


def without_database(handler: _F) -> _F:
    """Let this handler run for the tab's own admin while nobody can look after their session.

    For what changes nothing but how the tab behaves; goes beneath `@rx.event`.
    """
    handler.__dict__["_needs_no_database"] = True
    return handler


async def was_signed_in(root: BaseState) -> bool:
    """Whether the tab belongs to the browser behind it, as far as was known last."""
    tab = await root.get_state(AdminState)
    return tab._session == _fingerprint(token_of(root)) and datetime.now(UTC) < tab._expires_at


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
    owner = _fingerprint(token_of(root)) if session else ""
    stale = tab._session != owner or (tells_all and not owner)
    if stale:
        await _forget(root)
    if session:
        tab._session, tab._expires_at = owner, session.expires_at
        if tab.admin_email != session.admin.email:
            tab.admin_email = session.admin.email
    if tells_all and tab._process != _PROCESS:
        tab._process = _PROCESS
        for state in tab.substates.values():
            cast("AdminState", state)._leave_behind()
    return stale


async def emptied(root: BaseState) -> Delta:
    """All that a reset tab knows, to be told in place of what it showed."""
    delta = await _resolve_delta(root.dict())
    root._clean()
    return delta


async def news(root: BaseState) -> Delta:
    """All that changed in a tab since it was last told."""
    delta = await root._get_resolved_delta()
    root._clean()
    return delta


async def _forget(root: BaseState) -> None:
    for state in _below(type(root)):
        await root.get_state(state)  # Redis loads only what an event needs
    hydrated = root.get_value(CompileVars.IS_HYDRATED)
    root.reset()
    setattr(root, CompileVars.IS_HYDRATED, hydrated)  # about the connection, not about anyone


def _below(state: type[BaseState]) -> list[type[BaseState]]:
    return [found for sub in state.get_substates() for found in (sub, *_below(sub))]


async def _go_dark(state: AdminState, token: str) -> None:
    context = EventContext.get()
    async with state:
        root = state._get_root_state()
        tab = await root.get_state(AdminState)
        if tab._session not in ("", _fingerprint(token)):
            return
        await _forget(root)
        await context.emit_delta(await emptied(root))
    # A full page load: nothing of before stays in the browser's memory.
    leave = rx.call_script(f"window.location.assign('{routes.LOGIN}')")
    await context.emit_event(*Event.from_event_type(leave))


def token_of(state: BaseState | StateProxy) -> str:
    """The token of the browser's session, as its cookie says; empty if there is none."""
    return cookies.session_token(state.router.headers.cookie)


def _fingerprint(token: str) -> str:
    return passwords.token_hash(token).hex()


def event_id() -> str | None:
    """What ties audit entries and log lines to the event that is handled now."""
    try:
        return EventContext.get().txid
    except LookupError:
        return None
