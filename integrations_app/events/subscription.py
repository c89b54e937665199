"""A program's subscription: `with integrations.subscribe() as events`."""

import queue
from collections.abc import Callable, Iterator
from types import TracebackType
from weakref import WeakSet

from integrations_app import forks
from integrations_app.domain.event import Event
from integrations_app.events.hub import Fact, Hub, resync

_LONGEST_BACKLOG = 10_000


class Subscription:
    """The public events from the moment it was made until it is closed.

    A reader that falls `_LONGEST_BACKLOG` events behind gets one `resync` in their place, instead
    of holding up anyone else. After a fork the child listens for itself, with its first look.

    Args:
        listened: Gives the hub of this process, once its listener hears what is committed.
    """

    def __init__(self, listened: Callable[[], Hub]) -> None:
        self._listened = listened
        self._is_closed = False
        self._events: queue.Queue[Event] = queue.Queue(_LONGEST_BACKLOG)
        self._hub: Hub | None = None
        self._join()
        _subscriptions.add(self)

    def get(self, timeout_s: float | None = None) -> Event | None:
        """The next event, or None after `timeout_s` seconds without one.

        Raises:
            DatabaseUnavailable: In a child of a fork, at first: the database cannot be listened to.
        """
        if self._hub is None and not self._is_closed:
            self._join()
            self._receive(resync())  # nobody has heard what was committed since the fork
        try:
            return self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def __iter__(self) -> Iterator[Event]:
        while True:
            event = self.get()
            if event is not None:
                yield event

    def close(self) -> None:
        """Receive nothing more."""
        self._is_closed = True
        if self._hub is not None:
            self._hub.remove(self._receive)

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _join(self) -> None:
        self._hub = self._listened()
        self._hub.add(self._receive)

    def _leave_to_parent(self) -> None:
        self._events = queue.Queue(_LONGEST_BACKLOG)
        self._hub = None

    def _receive(self, fact: Fact) -> None:
        if isinstance(fact, Event):
            if self._events.full():
                with self._events.mutex:
                    self._events.queue.clear()
                fact = resync()
            self._events.put_nowait(fact)


_subscriptions: WeakSet[Subscription] = WeakSet()


def _after_fork() -> None:
    """The thread that feeds them is the parent's, and so is whatever it has locked."""
    for subscription in _subscriptions:
        subscription._leave_to_parent()


forks.after_in_child(_after_fork)
