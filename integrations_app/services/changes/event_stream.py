"""This process's ear to what happens: one hub and one listener per database."""

import atexit
import threading
from dataclasses import dataclass

import psycopg
from sqlalchemy import text

from integrations_app import forks
from integrations_app.errors import DatabaseMisconfigured, DatabaseUnavailable
from integrations_app.events.hub import Hub
from integrations_app.events.listener import Listener
from integrations_app.events.subscription import Subscription
from integrations_app.storage import inspection, poolers
from integrations_app.storage.engine import Database, database

_LISTENING_WITHIN_S = 10.0
_PROVEN_WITHIN_S = 2.0
_NAME = "integrations listener"

NO_NOTICES = (
    "Notices of changes do not arrive through the pooler in front of the database. Set "
    "INTEGRATIONS_LISTEN_URL to the server's own address, or let the pooler hand out sessions."
)
"""What an operator is told to do about it."""


@dataclass(frozen=True, slots=True)
class _Listening:
    hub: Hub
    listener: Listener


_listening: dict[tuple[str, str | None], _Listening] = {}
_lock = threading.Lock()


def hub() -> Hub:
    """The hub of this process's database; its listener runs, or is about to.

    Raises:
        DatabaseUnavailable: The embedded server cannot be started.
    """
    current = _current()
    current.listener.wait_until_listening(timeout_s=0)
    return current.hub


def is_listening() -> bool:
    """Return whether what is committed now will arrive.

    Raises:
        DatabaseUnavailable: The embedded server cannot be started.
    """
    return _current().listener.wait_until_listening(timeout_s=0)


def is_late() -> bool:
    """Return whether open pages learn of changes seconds later, since no notice arrives."""
    try:
        current = _current()
    except DatabaseUnavailable:
        return False
    current.listener.wait_until_listening(timeout_s=0)
    return current.listener.is_late


def subscribe() -> Subscription:
    """Everything that is committed from now on.

    Raises:
        DatabaseUnavailable: The database cannot be listened to.
        DatabaseMisconfigured: No notice arrives.
    """
    return Subscription(_listened)


def followed() -> Hub:
    """The hub, once nothing that is committed can be missed, be it told late.

    Raises:
        DatabaseUnavailable: The database cannot be listened to.
    """
    current = _settled()
    if not current.listener.is_late and not current.listener.wait_until_listening(timeout_s=0):
        raise DatabaseUnavailable("The database cannot be reached.")
    return current.hub


def hears(used: Database, listening: psycopg.Connection) -> bool:
    """Tell whether notices of changes arrive, by trying it where a pooler stands in between.

    Args:
        used: How whoever writes reaches the database.
        listening: A connection of whoever listens, in autocommit.

    Raises:
        psycopg.Error: It is cut off.
        DatabaseUnavailable: Nobody can be notified.
    """
    if not poolers.stands_between(listening):
        return True
    took_s = inspection.notification_round_trip(listening, used.notify, within_s=_PROVEN_WITHIN_S)
    return took_s is not None


def _listened() -> Hub:
    current = _settled()
    if current.listener.is_late:
        raise DatabaseMisconfigured(NO_NOTICES)
    if not current.listener.wait_until_listening(timeout_s=0):
        raise DatabaseUnavailable("The database cannot be reached.")
    return current.hub


def _settled() -> _Listening:
    """The ear, once it is known whether it hears, or that it does not get to know."""
    used = database()
    used.fetch(text("SELECT 1"))  # says at once what waiting would say much later
    if used.direct_url is not None:
        used.connect_directly().close()
    current = _current()
    current.listener.wait_until_listening(timeout_s=_LISTENING_WITHIN_S)
    return current


def stop() -> None:
    """Stop listening; the threads end with their connections."""
    with _lock:
        for current in _listening.values():
            current.listener.stop()
        _listening.clear()


def _current() -> _Listening:
    used = database()
    key = (used.url, used.direct_url)
    with _lock:
        if key not in _listening:
            fresh = Hub()
            listener = Listener(
                fresh,
                lambda: used.connect_directly(application_name=_NAME),
                hears=lambda connection: hears(used, connection),
            )
            _listening[key] = _Listening(fresh, listener)
            atexit.register(listener.stop)  # before the embedded server stops, registered earlier
        return _listening[key]


def _after_fork() -> None:
    """Threads do not come along: the child listens for itself, once it wants to."""
    global _lock  # noqa: PLW0603 - what a thread of the parent held stays held here
    _lock = threading.Lock()
    _listening.clear()


forks.after_in_child(_after_fork)
