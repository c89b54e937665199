"""Handlers of events by their names, among them Reflex's own."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from reflex.event import EventSpec
from reflex.istate.delta import Delta
from reflex.middleware.middleware import Middleware
from reflex.state import (
    BaseState,
    FrontendEventExceptionState,
    OnLoadInternalState,
    State,
    StateUpdate,
    UpdateVarsInternalState,
)
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import format_event_handler

__all__ = [
    "BaseState",
    "Event",
    "Middleware",
    "StateUpdate",
    "answer",
    "function",
    "load_again",
    "loading",
    "own",
    "snapshots",
    "state",
    "states",
]

# Reflex's own handlers that a page cannot load without, by exact name: every state also has
# `setvar`, and an app whose states had setters would be open through it.
_OWN: tuple[tuple[type[BaseState], str], ...] = (
    (State, "hydrate"),
    (State, "hydrate_and_load"),
    (State, "set_is_hydrated"),
    (OnLoadInternalState, "on_load_internal"),
    (OnLoadInternalState, "set_is_hydrated"),
    (UpdateVarsInternalState, "update_vars_internal"),
    (FrontendEventExceptionState, "handle_frontend_exception"),
)


def function(name: str) -> Callable[..., object] | None:
    """Return what handles events of this name; None if nothing does."""
    registered = RegistrationContext.get().event_handlers.get(name)
    return registered.handler.fn if registered else None


def state(name: str) -> type[BaseState] | None:
    """Return the state that a handler belongs to."""
    registered = RegistrationContext.get().event_handlers.get(name)
    return registered.states[0] if registered else None


def states(name: str) -> Iterator[type[State]]:
    """Give all states that a handler belongs to or that are above it, mixins left out."""
    registered = RegistrationContext.get().event_handlers.get(name)
    for each in registered.states if registered else ():
        for above in each.__mro__:
            if issubclass(above, State) and not above._mixin:
                yield above


def answer(*events: EventSpec, delta: Delta | None = None) -> StateUpdate:
    """Return what a tab is told in place of what it asked for."""
    return StateUpdate(
        delta=delta or {}, events=[each for one in events for each in Event.from_event_type(one)]
    )


def load_again() -> Any:
    """Return the handler that loads the page which is shown."""
    return OnLoadInternalState.on_load_internal  # whose type Reflex cannot express


@cache
def own() -> frozenset[str]:
    """Return the names of Reflex's own handlers that no page loads without."""
    return frozenset(format_event_handler(of.event_handlers[name]) for of, name in _OWN)


@cache
def snapshots() -> frozenset[str]:
    """Return the names of those that tell a tab all that its states show."""
    return frozenset(
        format_event_handler(State.event_handlers[name]) for name in ("hydrate", "hydrate_and_load")
    )


@cache
def loading() -> str:
    """Return the name of the one that loads the page which is shown."""
    return format_event_handler(OnLoadInternalState.event_handlers["on_load_internal"])
