"""One caller at a time, over all threads of all processes, for each connection."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID
from weakref import WeakValueDictionary

from integrations_app.errors import DatabaseUnavailable
from integrations_app.storage.engine import database

LONGEST_S = 25.0
_MOST_AT_ONCE = 8
"""Each turn holds a database connection of its own."""


class _Turn:
    def __init__(self) -> None:
        self.lock = threading.Lock()


_turns: WeakValueDictionary[UUID, _Turn] = WeakValueDictionary()
_choosing = threading.Lock()
_at_once = threading.BoundedSemaphore(_MOST_AT_ONCE)


@contextmanager
def alone(uuid: UUID) -> Iterator[None]:
    """Wait until nobody else is at this connection's tokens, and keep it so.

    Threads of this process wait here, so that only one of them waits in the database.

    Raises:
        DatabaseUnavailable: The lock cannot be had within `LONGEST_S`.
    """
    with _choosing:
        turn = _turns.setdefault(uuid, _Turn())
    if not turn.lock.acquire(timeout=LONGEST_S):
        raise DatabaseUnavailable("Another thread holds the lock for too long.")
    try:
        with _at_once, database().single_flight(f"tokens {uuid}", timeout_s=LONGEST_S):
            yield
    finally:
        turn.lock.release()


def _after_fork() -> None:
    global _choosing, _at_once  # what a thread of the parent held stays held here
    _choosing, _at_once = threading.Lock(), threading.BoundedSemaphore(_MOST_AT_ONCE)
    _turns.clear()


os.register_at_fork(after_in_child=_after_fork)
