"""Default deny: no event is handled without a signed-in admin, unless it says that it may.

`rx.App(...)` gets the guard in front of everything else, and an answer for what slips through:

    app = rx.App(backend_exception_handler=guard.answer, ...)
    app.add_middleware(Guard(), index=0)

In another app only what is ours is guarded; what its own handlers do is its own business.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

import reflex as rx
from redis.exceptions import RedisError
from reflex.app import App
from structlog.contextvars import bind_contextvars

from integrations_app import routes
from integrations_app.errors import DatabaseUnavailable, NotSignedIn
from integrations_app.i18n import _
from integrations_app.reflex_adapter import handlers, states, websocket
from integrations_app.reflex_adapter.handlers import BaseState, Event, Middleware, StateUpdate
from integrations_app.reflex_adapter.states import Delta
from integrations_app.state import outage, seen, session, wording

logger = logging.getLogger(__name__)

_F = TypeVar("_F", bound=Callable[..., object])

_PACKAGE = "integrations_app."


def public(handler: _F) -> _F:
    """Let anyone call this handler, signed in or not; goes beneath `@rx.event`."""
    handler.__dict__["_is_public"] = True
    return handler


class Guard(Middleware):
    """Turns away every event without a valid session that is not public.

    Args:
        websockets_only: Whether to turn away, too, what did not come over a tab's own websocket:
            calls that some plugin of the app around us makes, in whoever's name.
    """

    def __init__(self, *, websockets_only: bool = False) -> None:
        self._websockets_only = websockets_only

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """Nothing for what may pass; for the rest the way to the sign-in page, and no more."""
        if routes.is_embedded() and not _concerns_us(event.name):
            return None
        bind_contextvars(request_id=states.event_id())  # an event has a task of its own
        root = states.root_of(state)
        tells_all = event.name in handlers.snapshots()
        if self._websockets_only and not websocket.carries_current_event():
            if is_ours(event.name) or (tells_all and await session.is_somebodys(root)):
                logger.warning("%s was not called by a page, and is refused.", event.name)
                return StateUpdate()
            return None
        try:
            found = await session.signed_in(root)
        except DatabaseUnavailable:
            return await _without_database(root, event.name, tells_all=tells_all)
        was_anothers = await session.hand_over(root, found, tells_all=tells_all)
        if found and not is_public(event.name):
            return await _refused(root, event)
        if is_public(event.name):
            return None
        delta = await session.emptied(root) if was_anothers else {}
        if routes.is_for_anyone(root.router.url.path):
            return StateUpdate(delta=delta)
        return _told(rx.redirect(routes.LOGIN), delta=delta)


async def _refused(root: BaseState, event: Event) -> StateUpdate | None:
    """Turn away an act that was meant for something else than what is shown now."""
    owner, function = handlers.state(event.name), handlers.function(event.name)
    if owner is None or function is None or not issubclass(owner, session.AdminState):
        return None
    if not seen.needs_seen(function):
        return None
    page_state = await root.get_state(owner)
    sentence = seen.refusal(
        event.payload.get(seen.SEEN),
        page=routes.within(root.router.url.path),
        is_shown=page_state._shows,
    )
    if not sentence:
        return None
    page_state._close_questions()
    return _told(rx.toast.error(sentence), delta=await states.news(root))


async def _without_database(root: BaseState, name: str, *, tells_all: bool) -> StateUpdate | None:
    if tells_all:  # to whom is unknown, so there is to be nothing to tell
        await session.hand_over(root, None, tells_all=True)
    on_public_page = routes.is_for_anyone(root.router.url.path)
    if not on_public_page:
        await outage.tell(root, away=True)
    if name == handlers.loading() and not on_public_page:
        return _told(outage.load_again(), delta=await states.news(root))
    if is_public(name) or (
        _is_marked(name, "_needs_no_database") and await session.was_signed_in(root)
    ):
        return None
    return _told(_database_is_away(), delta=await states.news(root))


def _concerns_us(name: str) -> bool:
    """Return whether it is for a state of ours, or for all states of a tab."""
    return name in handlers.own() or is_ours(name)


def is_ours(name: str) -> bool:
    """Return whether an event of this name is for a state of this package, or below one."""
    return any(each.__module__.startswith(_PACKAGE) for each in handlers.states(name))


def is_public(name: str) -> bool:
    """Return whether an event of this name may be handled for anyone."""
    return name in handlers.own() or _is_marked(name, "_is_public")


def _is_marked(name: str, mark: str) -> bool:
    return getattr(handlers.function(name), mark, False)


def answer(exception: Exception) -> rx.event.EventSpec | None:
    """Return what a page is told when a handler failed; nothing of the error itself."""
    if isinstance(exception, NotSignedIn):
        return rx.redirect(routes.LOGIN)
    if isinstance(exception, DatabaseUnavailable):
        is_away = type(exception) is DatabaseUnavailable
        return _database_is_away() if is_away else rx.toast.error(wording.of_error(exception))
    bind_contextvars(request_id=states.event_id())  # Reflex asks for the answer in another task
    if isinstance(exception, RedisError):  # the page is on its way out, and comes back by itself
        logger.warning("A handler lost its state: %s", exception)
        return None
    logger.error("A handler failed.", exc_info=exception)
    return rx.toast.error(_("Something went wrong; the log says what."))


def _told(event: rx.event.EventSpec, *, delta: Delta | None = None) -> StateUpdate:
    return handlers.answer(event, delta=delta)


def _database_is_away() -> rx.event.EventSpec:
    return rx.toast.error(_("The database cannot be reached. Try again in a moment."))
