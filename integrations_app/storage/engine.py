"""One process's way to PostgreSQL, and what it says when there is none."""

import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from integrations_app import extras, forks, settings
from integrations_app.errors import (
    DatabaseMisconfigured,
    DatabaseUnavailable,
    InvalidSetting,
    NoEmbeddedDatabase,
)
from integrations_app.settings import Settings, database_url
from integrations_app.storage import poolers
from integrations_app.storage.budget import shared_out
from integrations_app.storage.faults import ALL_IN_USE, of_driver_translated
from integrations_app.storage.reader import Reader, Rows
from integrations_app.storage.schemas import OurSchema

if TYPE_CHECKING:
    from sqlalchemy import Engine, Executable, Row
    from sqlalchemy.orm import Session

    from integrations_app.storage.pools import Pools

_CONNECT: Mapping[str, Any] = {
    "connect_timeout": 5,
    "application_name": "integrations",
    # Firewalls forget connections that rest, without a word: who writes to one would wait for the
    # system to give up, a quarter of an hour, and every page that asks in the same batch with them.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_READ_ONLY = "SELECT current_setting('transaction_read_only')::bool"
_DIRECT = "INTEGRATIONS_LISTEN_URL"
_WHERE = (
    "SELECT oid::bigint, pg_postmaster_start_time() FROM pg_database"
    " WHERE datname = current_database()"
)
_NOTIFY = "SELECT pg_notify(%s, '')"
_LOCK_TIMEOUT = "SELECT set_config('lock_timeout', %s, true)"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class Database:
    """Ways to one server: reads in autocommit without a ping, writes in transactions.

    A read that meets a dead connection is repeated once on a fresh one; a write is begun on a
    connection that has just answered, because it cannot be repeated blindly.
    """

    def __init__(
        self,
        url: str,
        *,
        connections: int,
        schema: str = "",
        direct_url: str | None = None,
        place: str = "",
    ) -> None:
        parameters = database_url.parameters(url)
        self.url = url
        self.place = place or database_url.place(parameters)
        """Where that is, in words and without a password."""
        self._parameters: dict[str, Any] = {**_CONNECT, **parameters}
        self.direct_url = direct_url
        """Another way there, on which a session stays one's own; None if there is none."""
        self._budget = shared_out(connections)
        self._locks = threading.BoundedSemaphore(self._budget.locking)
        self._pools: Pools | None = None
        self._fast = Reader(
            lambda: poolers.heeded(psycopg.connect(**self._parameters, autocommit=True)),
            most=self._budget.looking_up,
        )
        self.schema = OurSchema(schema, self._fast.fetch)
        """The one that our tables are in."""

    @property
    def writer(self) -> "Engine":
        """Connections for transactions; each has just answered."""
        return self._pooled().writer

    @property
    def reader(self) -> "Engine":
        """Connections in autocommit, taken as they are."""
        return self._pooled().reader

    def _pooled(self) -> "Pools":
        from integrations_app.storage.pools import Pools  # noqa: PLC0415 - it says why

        if self._pools is None:
            with _lock:
                self._pools = self._pools or Pools(
                    self._parameters, self._budget, schema=self.schema, give_up=self.dispose
                )
        return self._pools

    def fetch(
        self, statement: "Executable", parameters: Mapping[str, Any] | None = None
    ) -> "Sequence[Row[Any]]":
        """All rows of a read.

        Raises:
            DatabaseUnavailable: The database cannot be reached, or has no tables.
        """
        return self._pooled().fetch(statement, parameters)

    def connect(self, *, autocommit: bool = True, **options: Any) -> psycopg.Connection:
        """A connection of the caller's own.

        Args:
            autocommit: Whether each statement is a transaction.
            options: What it shall have instead of what all have, by libpq's keywords.

        Raises:
            DatabaseUnavailable: The database cannot be reached.
        """
        with of_driver_translated():
            return psycopg.connect(**(self._parameters | options), autocommit=autocommit)

    def connect_directly(self, *, autocommit: bool = True, **options: Any) -> psycopg.Connection:
        """The same past a pooler, if the operator says how: for what needs a session of its own.

        Args:
            autocommit: As for `connect`.
            options: As for `connect`.

        Raises:
            DatabaseUnavailable: The database cannot be reached.
            DatabaseMisconfigured: That way leads to another one.
        """
        if self.direct_url is None:
            return self.connect(autocommit=autocommit, **options)
        parameters: dict[str, Any] = {**_CONNECT, **database_url.parameters(self.direct_url)}
        with of_driver_translated(variable=_DIRECT):
            direct = psycopg.connect(**(parameters | options), autocommit=autocommit)
            there = direct.execute(_WHERE).fetchall()
        if there != self.fetch_fast(_WHERE, ()):  # where a lock would keep nobody out
            direct.close()
            raise DatabaseMisconfigured(f"{_DIRECT} leads to another database than DATABASE_URL.")
        return direct

    def notify(self, channel: str) -> None:
        """Have whoever listens on a channel wake up, by the way that changes take.

        Raises:
            DatabaseUnavailable: The database cannot be reached.
        """
        self.fetch_fast(_NOTIFY, [channel])

    def fetch_fast(self, sql: str, parameters: Sequence[Any]) -> Rows:
        """All rows of a read that is made all the time; see `Reader.fetch`.

        Raises:
            DatabaseUnavailable: The database cannot be reached, or has no tables.
        """
        try:
            return self._fast.fetch(self.schema.spell(sql), parameters)
        except psycopg.Error:  # which costs calls that succeed nothing
            self.schema.forget()
            with of_driver_translated():
                raise

    def transaction(self) -> AbstractContextManager["Session"]:
        """A session whose work is committed at the end of the block, or not at all.

        It waits ten seconds for each lock, and reads through `Within`, never beside it.

        Raises:
            DatabaseUnavailable: The database cannot be reached, or has no tables.
            DatabaseReadOnly: It takes no changes.
            LockTimeout: Another transaction holds what this one needs for too long.
        """
        return self._pooled().transaction()

    def takes_changes(self) -> bool:
        """Tell whether the database can be written to, now and by this role.

        Raises:
            DatabaseUnavailable: The database cannot be reached.
        """
        if not self.fetch_fast(_READ_ONLY, ())[0][0]:
            return True
        self.dispose()
        return not self.fetch_fast(_READ_ONLY, ())[0][0]

    @contextmanager
    def single_flight(self, name: str, *, timeout_s: float) -> Generator[None]:
        """Hold a lock that one caller of all processes has at a time.

        It is held by a connection of its own, so that whoever waits for it takes none of those
        that its holder needs; it ends with the block, and with the process.

        Args:
            name: What the lock is about.
            timeout_s: How long to wait for it.

        Raises:
            DatabaseUnavailable: The database cannot be reached, or the lock not be had in time.
        """
        if not self._locks.acquire(timeout=timeout_s):
            raise DatabaseUnavailable(ALL_IN_USE)
        try:
            with closing(self.connect_directly(autocommit=False)) as holder:
                with of_driver_translated():
                    holder.execute(_LOCK_TIMEOUT, [f"{int(timeout_s * 1000)}ms"])
                    holder.execute(_LOCK, [name])
                yield
        finally:
            self._locks.release()

    @property
    def most_locks(self) -> int:
        """Return how many locks of `single_flight` this process can hold at once, two at least."""
        return self._budget.locking

    def dispose(self) -> None:
        """Close the pooled connections that nobody uses, and the others once they are free."""
        self.schema.forget()
        if self._pools is not None:
            self._pools.dispose()
        self._fast.close()

    def forget_connections(self) -> None:
        """Leave the pooled connections to the process that opened them (after a fork)."""
        if self._pools is not None:
            self._pools.dispose(close=False)
        self._fast.forget_connections()
        self._locks = threading.BoundedSemaphore(self._budget.locking)


_lock = threading.Lock()
_databases: dict[tuple[str, str, int, str | None], Database] = {}


def database(configured: Settings | None = None, *, may_create: bool = False) -> Database:
    """This process's database, as the environment names it now.

    Args:
        configured: The environment's settings, by a caller that has read them already.
        may_create: Whether to make an embedded one where there is none.

    Raises:
        InvalidSetting: The environment cannot be used.
        NoDatabase: The environment names none, there is no embedded one, and none is to be made.
        DatabaseUnavailable: The embedded server cannot be started.
    """
    configured = configured or settings.load()
    place = configured.database_url or str(configured.data_dir)
    key = (place, configured.schema, configured.db_connections, configured.listen_url)
    existing = _databases.get(key)
    if existing is not None:
        return existing
    with _lock:
        if key not in _databases:
            _databases[key] = _opened(configured, may_create=may_create)
        return _databases[key]


def _opened(configured: Settings, *, may_create: bool) -> Database:
    if configured.database_url:
        return Database(
            configured.database_url,
            connections=configured.db_connections,
            schema=configured.schema,
            direct_url=configured.listen_url,
        )
    if configured.listen_url:
        raise InvalidSetting(
            _DIRECT, "is for a database that DATABASE_URL names, and none is named"
        )
    if not extras.is_installed("embedded"):
        raise NoEmbeddedDatabase
    from integrations_app.storage import embedded  # noqa: PLC0415 - only where none is named

    url = embedded.start(configured.data_dir, may_create=may_create)
    return Database(
        url,
        connections=configured.db_connections,
        schema=configured.schema,
        place=f"the embedded database in {configured.data_dir}",
    )


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - what a thread of the parent held stays held here
    _lock = threading.Lock()
    for existing in _databases.values():
        existing.forget_connections()


forks.after_in_child(_after_fork)
