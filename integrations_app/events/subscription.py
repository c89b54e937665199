"""What a program holds while it listens: `with integrations.subscribe() as events`."""

import queue
from collections.abc import Iterator
from types import TracebackType

from integrations_app.domain.event import Event
from integrations_app.events.hub import Fact, Hub, resync

_LONGEST_BACKLOG = 10_000


class Subscription:
    """The public events from the moment it was made until it is closed.

    A reader that falls `_LONGEST_BACKLOG` events behind gets one `resync` in their place, instead
    of holding up anyone else.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._events: queue.Queue[Event] = queue.Queue(_LONGEST_BACKLOG)
        hub.add(self._receive)

    def get(self, timeout_s: float | None = None) -> Event | None:
        """The next event, or None after `timeout_s` seconds without one."""
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

    def _receive(self, fact: Fact) -> None:
        if isinstance(fact, Event):
            if self._events.full():
                with self._events.mutex:
                    self._events.queue.clear()
                fact = resync()
            self._events.put_nowait(fact)
