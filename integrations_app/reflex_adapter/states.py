"""States of a tab as Reflex keeps them, and the event that is handled now."""

from dataclasses import dataclass

from reflex.event import EventSpec
from reflex.istate.delta import Delta, _resolve_delta
from reflex.istate.proxy import StateProxy
from reflex.state import BaseState, _override_base_method
from reflex_base.event import Event
from reflex_base.event.context import EventContext

__all__ = [
    "BaseState",
    "Browser",
    "Delta",
    "StateProxy",
    "browser",
    "event_id",
    "everything",
    "news",
    "overrides_reflexs",
    "root_of",
]

overrides_reflexs = _override_base_method
"""Marks a method that takes the place of one of Reflex's, which otherwise refuses the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """The browser of the tab whose event is handled, to be told before the handler ends."""

    context: EventContext

    async def show(self, delta: Delta) -> None:
        """Have it show what has changed."""
        await self.context.emit_delta(delta)

    async def perform(self, event: EventSpec) -> None:
        """Have it carry out an event."""
        await self.context.emit_event(*Event.from_event_type(event))


def browser() -> Browser:
    """Return the browser of the event that is handled now."""
    return Browser(context=EventContext.get())


def event_id() -> str | None:
    """Return what tells the event that is handled now from others; None outside of one."""
    try:
        return EventContext.get().txid
    except LookupError:
        return None


def root_of(state: BaseState | StateProxy) -> BaseState:
    """Return the root of a tab's states."""
    return state._get_root_state()


async def news(root: BaseState) -> Delta:
    """Return all that changed in a tab since it was last told, which it is taken to be now."""
    delta = await root._get_resolved_delta()
    root._clean()
    return delta


async def everything(state: BaseState) -> Delta:
    """Return all that a state shows, which the tab is taken to be told now."""
    delta = await _resolve_delta(state.dict())
    state._clean()
    return delta
