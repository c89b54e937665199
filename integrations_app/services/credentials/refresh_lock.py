"""One caller at a time, over all threads of all processes, for each connection."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID
from weakref import WeakValueDictionary

from integrations_app import forks
from integrations_app.errors import DatabaseUnavailable
from integrations_app.storage.engine import database

LONGEST_S = 25.0


class _Turn:
    def __init__(self) -> None:
        self.lock = threading.Lock()


_turns: WeakValueDictionary[UUID, _Turn] = WeakValueDictionary()
_choosing = threading.Lock()
_of_provider: dict[str, threading.BoundedSemaphore] = {}


@contextmanager
def hold(uuid: UUID, *, provider: str) -> Generator[None]:
    """Wait until nobody else is at this connection's tokens, and keep it so.

    Threads of this process wait here, so that only one of them waits in the database.

    Args:
        uuid: The connection.
        provider: Key of its provider, of which only so many are asked at once.

    Raises:
        DatabaseUnavailable: The lock cannot be had within `LONGEST_S`.
    """
    used = database()
    with _choosing:
        turn = _turns.setdefault(uuid, _Turn())
        # Each turn holds a database connection; a provider that hangs leaves others their half.
        places = _of_provider.setdefault(provider, threading.BoundedSemaphore(used.most_locks // 2))
    with (
        _held(turn.lock),
        _held(places),
        used.single_flight(f"tokens {uuid}", timeout_s=LONGEST_S),
    ):
        yield


@contextmanager
def _held(lock: "threading.Lock | threading.BoundedSemaphore") -> Generator[None]:
    if not lock.acquire(timeout=LONGEST_S):
        raise DatabaseUnavailable("Other threads hold the lock for too long.")
    try:
        yield
    finally:
        lock.release()


def _after_fork() -> None:
    global _choosing  # noqa: PLW0603 - what a thread of the parent held stays held here
    _choosing = threading.Lock()
    _turns.clear()
    _of_provider.clear()


forks.after_in_child(_after_fork)
