"""One LISTEN per process, on a connection of its own, for as long as the process lives."""

import logging
import threading
import time
from collections.abc import Callable

import psycopg

from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.events import wire
from integrations_app.events.hub import Hub, resync

logger = logging.getLogger(__name__)

_RETRY_FIRST_S = 0.05
_RETRY_LONGEST_S = 2.0
_LOOK_UP_EVERY_S = 1.0


class Listener:
    """Feeds a hub from PostgreSQL; a lost connection is made anew and told as `resync`.

    Args:
        hub: Whom to tell.
        connect: Makes a connection in autocommit; what it raises is logged.
    """

    def __init__(self, hub: Hub, connect: Callable[[], psycopg.Connection]) -> None:
        self._hub = hub
        self._connect = connect
        self._listening = threading.Event()
        self._start_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def wait_until_listening(self, *, timeout_s: float) -> bool:
        """Start if need be, and say whether facts committed from now on will arrive."""
        with self._start_lock:
            if self._thread is None or not self._thread.is_alive():
                self._listening.clear()
                self._thread = threading.Thread(
                    target=self._run, name="integrations-listener", daemon=True
                )
                self._thread.start()
        return self._listening.wait(timeout_s)

    def stop(self) -> None:
        """End the thread soon, without waiting for it."""
        self._stopping = True

    def _run(self) -> None:
        pause_s = _RETRY_FIRST_S
        was_listening = False
        while not self._stopping:
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {wire.CHANNEL}")
                    if was_listening:
                        self._hub.publish(resync())
                    was_listening, pause_s = True, _RETRY_FIRST_S
                    self._listening.set()
                    self._hand_on(connection)
            except Exception as error:  # noqa: BLE001 - a thread's outermost edge: log, go on
                if self._listening.is_set():
                    self._listening.clear()
                    self._hub.publish(Notice(kind=NoticeKind.INTERRUPTED))
                if not self._stopping:
                    logger.warning("Listening to the database was interrupted: %s", _line(error))
            time.sleep(0 if self._stopping else pause_s)
            pause_s = min(pause_s * 2, _RETRY_LONGEST_S)

    def _hand_on(self, connection: psycopg.Connection) -> None:
        while not self._stopping:
            for notification in connection.notifies(timeout=_LOOK_UP_EVERY_S):
                fact = wire.decode(notification.payload)
                if fact is not None:
                    self._hub.publish(fact)


def _line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
