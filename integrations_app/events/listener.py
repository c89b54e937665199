"""One LISTEN per process, on a connection of its own, for as long as the process lives."""

import logging
import threading
from collections.abc import Callable

import psycopg

from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.events import wire
from integrations_app.events.hub import Hub, resync

logger = logging.getLogger(__name__)

_RETRY_FIRST_S = 0.05
_RETRY_LONGEST_S = 2.0
_LOOK_UP_EVERY_S = 1.0
_LATE_BY_S = 5.0
_LATE_FOR_S = 60.0


class Listener:
    """Feeds a hub from PostgreSQL; a lost connection is made anew and told as `resync`.

    Where no notice arrives, it tells `resync` every few seconds in place of them.

    Args:
        hub: Whom to tell.
        connect: Makes a connection in autocommit; what it raises is logged.
        hears: Tells whether notices reach such a connection.
    """

    def __init__(
        self,
        hub: Hub,
        connect: Callable[[], psycopg.Connection],
        *,
        hears: Callable[[psycopg.Connection], bool],
    ) -> None:
        self._hub = hub
        self._connect = connect
        self._hears = hears
        self._is_late = False
        self._settled = threading.Event()
        self._start_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def is_late(self) -> bool:
        """Return whether changes are announced late, and without saying what they are."""
        return self._settled.is_set() and self._is_late

    def wait_until_listening(self, *, timeout_s: float) -> bool:
        """Start if need be, and say whether facts committed from now on will arrive."""
        with self._start_lock:
            if self._thread is None or not self._thread.is_alive():
                self._settled.clear()
                self._thread = threading.Thread(
                    target=self._run, name="integrations-listener", daemon=True
                )
                self._thread.start()
        return self._settled.wait(timeout_s) and not self._is_late

    def stop(self) -> None:
        """End the thread soon, without waiting for it."""
        self._stopping.set()

    def _run(self) -> None:
        pause_s = _RETRY_FIRST_S
        was_settled = False
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    is_late = not self._hears(connection)
                    if not is_late:
                        connection.execute(f"LISTEN {wire.CHANNEL}")
                    if was_settled:
                        self._hub.publish(resync())
                    was_settled, pause_s = True, _RETRY_FIRST_S
                    self._settle(is_late=is_late)
                    if not is_late:
                        self._hand_on(connection)
                if is_late:
                    self._tell_late()
            except Exception as error:  # noqa: BLE001 - a thread's outermost edge: log, go on
                if self._settled.is_set():
                    self._settled.clear()
                    self._hub.publish(Notice(kind=NoticeKind.INTERRUPTED))
                if not self._stopping.is_set():
                    logger.warning("Listening to the database was interrupted: %s", _line(error))
            self._stopping.wait(pause_s)
            pause_s = min(pause_s * 2, _RETRY_LONGEST_S)

    def _settle(self, *, is_late: bool) -> None:
        if is_late and not self._is_late:
            logger.warning(
                "No notice of a change arrives; open pages look for themselves every %d seconds.",
                _LATE_BY_S,
            )
        self._is_late = is_late
        self._settled.set()

    def _hand_on(self, connection: psycopg.Connection) -> None:
        while not self._stopping.is_set():
            for notification in connection.notifies(timeout=_LOOK_UP_EVERY_S):
                fact = wire.decode(notification.payload)
                if fact is not None:
                    self._hub.publish(fact)

    def _tell_late(self) -> None:
        """Have everybody look for themselves, until it is time to try again."""
        for _ in range(int(_LATE_FOR_S / _LATE_BY_S)):
            if self._stopping.wait(_LATE_BY_S):
                return
            self._hub.publish(resync())


def _line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
