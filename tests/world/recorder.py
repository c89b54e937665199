"""The memory of the world: everything that arrived, for tests to assert on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from .messages import Request

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """One `CONNECT host:port` at the proxy, whether or not a request followed."""

    at: datetime
    host: str
    port: int


class Recorder:
    """Keeps every request and every CONNECT in the order of arrival; safe in any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: list[Request] = []
        self._connects: list[Connect] = []

    def record(self, event: Request | Connect) -> None:
        """Keep what arrived and wake everyone who waits for it."""
        with self._changed:
            if isinstance(event, Request):
                self._requests.append(event)
            else:
                self._connects.append(event)
            self._changed.notify_all()

    def requests(
        self,
        *,
        host: str | None = None,
        key: str | None = None,
        method: str | None = None,
        path: str | None = None,
    ) -> list[Request]:
        """The requests so far for which everything given is true.

        Args:
            host: Whom they were sent to.
            key: A credential that they carry, wherever in them it is.
            method: In upper case.
            path: Exactly, without query.
        """
        with self._changed:
            everything = list(self._requests)
        return [
            request
            for request in everything
            if host in (None, request.host)
            and method in (None, request.method)
            and path in (None, request.path)
            and (key is None or request.carries(key))
        ]

    def connects(self, *, host: str | None = None) -> list[Connect]:
        """The CONNECTs so far, to this host if one is given."""
        with self._changed:
            return [connect for connect in self._connects if host in (None, connect.host)]

    def wait_for(self, condition: Callable[[], Found], *, timeout_s: float = 5.0) -> Found:
        """Wait until the condition holds; it is looked at anew whenever something arrives.

        Args:
            condition: Asks this recorder, nothing that itself needs the world to go on; anything
                true ends the wait.
            timeout_s: How long to wait at most.

        Returns:
            What the condition gave.

        Raises:
            TimeoutError: It did not come true in time; says what had arrived.
        """
        with self._changed:
            found = self._changed.wait_for(condition, timeout_s)
            if not found:
                raise TimeoutError(f"not within {timeout_s} s; arrived: {self._summary()}")
            return found

    def _summary(self) -> list[str]:
        return [f"{request.method} {request.host}{request.path}" for request in self._requests]
