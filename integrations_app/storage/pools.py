"""SQLAlchemy's pools of connections, for all but the read that programs make all the time.

Imported at their first use: a program that only wants credentials never waits for SQLAlchemy.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, Executable, Row, create_engine, event, exc
from sqlmodel import Session

from integrations_app.errors import DatabaseUnavailable
from integrations_app.storage.faults import ALL_IN_USE, in_our_words, of_driver_translated

_TIMEOUT_S = 10
_SIZE = 5
_OVERFLOW = 15
MOST_CONNECTIONS = 2 * (_SIZE + _OVERFLOW)
"""Of both pools together."""


class Pools:
    """Two pools to one server, that of the writer and that of the reader.

    Args:
        parameters: What the driver is told with each new connection.
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.writer = _engine(parameters, pool_pre_ping=True)
        self.reader = _engine(parameters, isolation_level="AUTOCOMMIT")
        event.listen(self.reader, "connect", _plan_for_what_is_asked)

    def fetch(
        self, statement: Executable, parameters: Mapping[str, Any] | None
    ) -> Sequence[Row[Any]]:
        """All rows of a read, which is repeated once if its connection turns out to be dead."""
        with translated():
            try:
                return self._fetch_once(statement, parameters)
            except exc.DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                return self._fetch_once(statement, parameters)

    def _fetch_once(
        self, statement: Executable, parameters: Mapping[str, Any] | None
    ) -> Sequence[Row[Any]]:
        with self.reader.connect() as connection:
            return connection.execute(statement, parameters).all()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end of the block, or not at all."""
        with (
            translated(),
            Session(self.writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def dispose(self, *, close: bool = True) -> None:
        """Close what is pooled, or leave it to the process that opened it."""
        self.writer.dispose(close=close)
        self.reader.dispose(close=close)


def _engine(parameters: Mapping[str, Any], **options: Any) -> Engine:
    return create_engine(
        "postgresql+psycopg://",
        pool_size=_SIZE,
        max_overflow=_OVERFLOW,
        pool_timeout=_TIMEOUT_S,
        hide_parameters=True,
        connect_args=dict(parameters),
        **options,
    )


def _plan_for_what_is_asked(connection: psycopg.Connection, _record: object) -> None:
    # A plan that serves any beginning of a name reads the whole table (5 ms at 10,000 rows
    # instead of 0.1); to plan anew takes 0.1 ms. What is read all the time is `fetch_fast`.
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver or a pool says of a lost or empty database into our own error."""
    try:
        with of_driver_translated():
            yield
    except exc.TimeoutError as error:
        raise DatabaseUnavailable(ALL_IN_USE) from error
    except exc.DBAPIError as error:
        ours = in_our_words(error.orig)
        if ours is None:
            raise
        raise ours from error
