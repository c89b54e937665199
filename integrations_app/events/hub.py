"""Handing facts to everyone in this process who wants them, without waiting for anyone."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from uuid_utils.compat import uuid7

from integrations_app.domain.event import Event, EventKind, Notice

Fact = Event | Notice
Receiver = Callable[[Fact], None]
"""Called on the listener's thread: must return at once and never raise."""


class Hub:
    """A set of receivers that may change while facts are handed out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._receivers: tuple[Receiver, ...] = ()

    def add(self, receiver: Receiver) -> None:
        """Hand every fact from now on to this receiver too."""
        with self._lock:
            self._receivers = (*self._receivers, receiver)

    def remove(self, receiver: Receiver) -> None:
        """Stop; quiet if it was removed before."""
        with self._lock:
            self._receivers = tuple(
                listener for listener in self._receivers if listener != receiver
            )

    def publish(self, fact: Fact) -> None:
        """Hand a fact to every receiver."""
        for receiver in self._receivers:
            receiver(fact)


def resync() -> Event:
    """Says that events were missed: whoever keeps a copy of anything reads it again."""
    return Event(id=uuid7(), kind=EventKind.RESYNC, at=datetime.now(UTC))
