"""An outage of the database as open pages know it, and how they go on afterwards."""

import reflex as rx

from integrations_app.reflex_adapter import handlers
from integrations_app.reflex_adapter.states import BaseState, StateProxy
from integrations_app.services.changes import event_stream

_RETRY_MS = 1_000


class Outage(rx.State):
    """Told to anyone, as `/readyz` is: it says nothing of what is stored."""

    database_away: bool = False
    updates_late: bool = False
    """Whether what others change shows only after some seconds."""


async def tell(state: BaseState | StateProxy, *, away: bool) -> None:
    """Have the tab say that the database is away, or late, or say it no more.

    Args:
        state: Any state of the tab, locked.
        away: Whether it is.
    """
    outage = await state.get_state(Outage)
    if outage.database_away != away:
        outage.database_away = away
    is_late = not away and event_stream.is_late()
    if outage.updates_late != is_late:
        outage.updates_late = is_late


def load_again() -> rx.event.EventSpec:
    """Have the browser ask in a moment for what could not be loaded now."""
    in_a_moment = f"new Promise((resolve) => setTimeout(resolve, {_RETRY_MS}))"
    return rx.call_script(in_a_moment, callback=handlers.load_again())
