"""SQLAlchemy's pools of connections, for all but the read that programs make all the time.

Imported at their first use: a program that only wants credentials never waits for SQLAlchemy.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, Executable, Row, create_engine, event, exc, text
from sqlalchemy.orm import Session

from integrations_app.errors import DatabaseReadOnly, DatabaseUnavailable
from integrations_app.storage import poolers
from integrations_app.storage.budget import Budget
from integrations_app.storage.faults import (
    ALL_IN_USE,
    TAKES_NO_CHANGES,
    in_our_words,
    of_driver_translated,
)
from integrations_app.storage.schemas import OurSchema

_TIMEOUT_S = 10
_LOCKS_WITHIN_MS = 10_000
_BEGUN = text(
    f"SELECT set_config('lock_timeout', '{_LOCKS_WITHIN_MS}', true),"
    " current_setting('transaction_read_only')::bool"
)


class Pools:
    """Two pools to one server, that of the writer and that of the reader.

    Args:
        parameters: What the driver is told with each new connection.
        budget: How many there may be.
        schema: The one that our tables are in.
        give_up: Closes all connections, be they of these pools or not.
    """

    def __init__(
        self,
        parameters: Mapping[str, Any],
        budget: Budget,
        *,
        schema: OurSchema,
        give_up: Callable[[], None],
    ) -> None:
        self._give_up = give_up
        self.writer = _engine(parameters, budget.writing, pool_pre_ping=True)
        self.reader = _engine(parameters, budget.reading, isolation_level="AUTOCOMMIT")
        event.listen(self.writer, "connect", _ready_to_write)
        event.listen(self.reader, "connect", _ready_to_read)

        def forget_schema(_context: object) -> None:
            schema.forget()

        for engine in (self.writer, self.reader):
            event.listen(engine, "engine_connect", schema.qualify)
            event.listen(engine, "handle_error", forget_schema)

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
    def transaction(self) -> Generator[Session]:
        """A session whose work is committed at the end of the block, or not at all."""
        with translated(), self._begun() as session:
            yield session
            session.commit()

    def _begun(self) -> Session:
        """A session in a transaction that may write, on a fresh connection if need be."""
        for _ in range(2):
            session = Session(self.writer, expire_on_commit=False)
            try:
                if not session.execute(_BEGUN).one()[1]:
                    return session
            except BaseException:
                session.close()
                raise
            session.close()
            self._give_up()  # they lead to a server that was the primary one
        raise DatabaseReadOnly(TAKES_NO_CHANGES)

    def dispose(self, *, close: bool = True) -> None:
        """Close what is pooled, or leave it to the process that opened it."""
        self.writer.dispose(close=close)
        self.reader.dispose(close=close)


def _engine(parameters: Mapping[str, Any], connections: int, **options: Any) -> Engine:
    return create_engine(
        "postgresql+psycopg://",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_TIMEOUT_S,
        hide_parameters=True,
        connect_args=dict(parameters),
        **options,
    )


def _ready_to_write(connection: psycopg.Connection, _record: object) -> None:
    poolers.heeded(connection)


def _ready_to_read(connection: psycopg.Connection, _record: object) -> None:
    if poolers.heeded(connection).prepare_threshold is None:
        return  # what is not prepared is planned anew in any case
    # A plan that serves any beginning of a name reads the whole table (5 ms at 10,000 rows
    # instead of 0.1); to plan anew takes 0.1 ms. What is read all the time is `fetch_fast`.
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()


@contextmanager
def translated() -> Generator[None]:
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
