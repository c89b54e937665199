"""Observations for metrics; they cost nothing in a program that counts none.

with observation.request_to(provider):
    answer = egress.send(…)
observation.checked(provider, result.reason)
"""

import time
from collections.abc import Generator
from contextlib import contextmanager

from integrations_app.domain.check import CheckReason
from integrations_app.domain.provider import Provider


class Observer:
    """Overrides what it wants to know; called on any thread, must neither wait nor raise."""

    def checked(self, provider: str, reason: CheckReason | str | None) -> None:
        """A check was judged, recorded or not; no reason means that it worked."""

    def refreshed(self, provider: str, reason: CheckReason | None) -> None:
        """A provider was asked to renew a token; no reason means that it did."""

    def asked(self, provider: str, *, duration_s: float) -> None:
        """A request of ours to a provider has ended, however it ended."""

    def answered(self, *, route: str, method: str, status: int, duration_s: float) -> None:
        """A request to us was answered."""


_observers: tuple[Observer, ...] = ()


def add(observer: Observer) -> None:
    """Tell this observer too, from now on."""
    global _observers  # noqa: PLW0603 - replaced as a whole, so that telling needs no lock
    _observers = (*_observers, observer)


def remove(observer: Observer) -> None:
    """Stop; quiet if it was removed before."""
    global _observers  # noqa: PLW0603
    _observers = tuple(listener for listener in _observers if listener is not observer)


def checked(provider: Provider, reason: CheckReason | str | None) -> None:
    """See `Observer.checked`."""
    for listener in _observers:
        listener.checked(provider.key, reason)


def refreshed(provider: Provider, reason: CheckReason | None) -> None:
    """See `Observer.refreshed`."""
    for listener in _observers:
        listener.refreshed(provider.key, reason)


@contextmanager
def request_to(provider: Provider) -> Generator[None]:
    """Measure a request of ours."""
    began_at = time.monotonic()
    try:
        yield
    finally:
        duration_s = time.monotonic() - began_at
        for listener in _observers:
            listener.asked(provider.key, duration_s=duration_s)


def answered(*, route: str, method: str, status: int, duration_s: float) -> None:
    """See `Observer.answered`."""
    for listener in _observers:
        listener.answered(route=route, method=method, status=status, duration_s=duration_s)
