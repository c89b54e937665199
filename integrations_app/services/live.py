"""This process's ear to what happens: one hub and one listener per database."""

import atexit
import threading
from dataclasses import dataclass

from sqlalchemy import text

from integrations_app import forks
from integrations_app.errors import DatabaseUnavailable
from integrations_app.events.hub import Hub
from integrations_app.events.listener import Listener
from integrations_app.events.subscription import Subscription
from integrations_app.storage.engine import database

_LISTENING_WITHIN_S = 10.0
_NAME = "integrations listener"


@dataclass(frozen=True, slots=True)
class _Ear:
    hub: Hub
    listener: Listener


_ears: dict[str, _Ear] = {}
_lock = threading.Lock()


def hub() -> Hub:
    """The hub of this process's database; its listener runs, or is about to.

    Raises:
        DatabaseUnavailable: The embedded server cannot be started.
    """
    ear = _ear()
    ear.listener.wait_until_listening(timeout_s=0)
    return ear.hub


def is_listening() -> bool:
    """Whether what is committed now will arrive.

    Raises:
        DatabaseUnavailable: The embedded server cannot be started.
    """
    return _ear().listener.wait_until_listening(timeout_s=0)


def subscribe() -> Subscription:
    """Everything that is committed from now on.

    Raises:
        DatabaseUnavailable: The database cannot be listened to.
    """
    return Subscription(_listened)


def _listened() -> Hub:
    database().fetch(text("SELECT 1"))  # says at once what waiting would say much later
    ear = _ear()
    if not ear.listener.wait_until_listening(timeout_s=_LISTENING_WITHIN_S):
        raise DatabaseUnavailable("The database cannot be reached.")
    return ear.hub


def stop() -> None:
    """Stop listening; the threads end with their connections."""
    with _lock:
        for ear in _ears.values():
            ear.listener.stop()
        _ears.clear()


def _ear() -> _Ear:
    used = database()
    with _lock:
        if used.url not in _ears:
            fresh = Hub()
            listener = Listener(fresh, lambda: used.connect(application_name=_NAME))
            _ears[used.url] = _Ear(fresh, listener)
            atexit.register(listener.stop)  # before the embedded server stops, registered earlier
        return _ears[used.url]


def _after_fork() -> None:
    """Threads do not come along: the child listens for itself, once it wants to."""
    global _lock  # noqa: PLW0603 - what a thread of the parent held stays held here
    _lock = threading.Lock()
    _ears.clear()


forks.after_in_child(_after_fork)
