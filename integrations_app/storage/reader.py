"""The shortest way to a row, for the one read that programs make all the time.

SQLAlchemy's pool and rows cost more than the query itself, see tests/benchmarks/credentials.py.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, LiteralString, cast

import psycopg

from integrations_app.errors import DatabaseUnavailable
from integrations_app.storage import faults

Rows = list[tuple[Any, ...]]

_WAIT_S = 10.0


class Reader:
    """Autocommit connections with a cursor each, handed from call to call as they are.

    Args:
        connect: Makes one.
        most: How many there may be at once.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection], *, most: int) -> None:
        self._connect = connect
        self._most = most
        self.forget_connections()

    def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        """All rows of a read; repeated once if the connection turns out to be dead.

        Args:
            sql: In the driver's own spelling, see `credential_queries`.
            parameters: What its placeholders stand for.

        Raises:
            psycopg.Error: What the driver says, also of a lost database.
            DatabaseUnavailable: All connections are in use, for too long.
        """
        if not self._free.acquire(timeout=_WAIT_S):
            raise DatabaseUnavailable(faults.ALL_IN_USE)
        try:
            return self._fetch(sql, parameters)
        finally:
            self._free.release()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().connection.close()

    def forget_connections(self) -> None:
        """Leave the connections to the process that opened them (after a fork)."""
        self._idle: list[psycopg.Cursor] = []
        self._free = threading.BoundedSemaphore(self._most)

    def _fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        try:
            cursor = self._idle.pop()
        except IndexError:
            return self._fetch_through(self._connect().cursor(), sql, parameters)
        try:
            return self._fetch_through(cursor, sql, parameters)
        except psycopg.OperationalError:
            self.close()  # what cut this connection has cut the others too
            return self._fetch_through(self._connect().cursor(), sql, parameters)

    def _fetch_through(self, cursor: psycopg.Cursor, sql: str, parameters: Sequence[Any]) -> Rows:
        try:
            rows = cursor.execute(cast("LiteralString", sql), parameters, prepare=True).fetchall()
        except BaseException:  # an interrupt too leaves it in an unknown state
            cursor.connection.close()
            raise
        self._idle.append(cursor)
        return rows
