"""One process's way to PostgreSQL, and what it says when there is none."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Engine, Executable, Row, create_engine, event, exc
from sqlmodel import Session

from integrations_app import forks, settings
from integrations_app.errors import DatabaseFull, DatabaseUnavailable
from integrations_app.settings import Settings
from integrations_app.storage.reader import MOST_CONNECTIONS, Reader, Rows

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
_POOL_TIMEOUT_S = 10
_POOL_SIZE = 5
_POOL_OVERFLOW = 15
_LISTENERS = 1
_UNDEFINED_TABLE = "42P01"
_UNDEFINED_COLUMN = "42703"
_DISK_FULL = "53100"
_INSUFFICIENT_PRIVILEGE = "42501"
_LOCK_TIMEOUT = "SELECT set_config('lock_timeout', %s, true)"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_LOST = (
    exc.OperationalError,
    exc.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)


class Database:
    """Ways to one server: reads in autocommit without a ping, writes in transactions.

    A read that meets a dead connection is repeated once on a fresh one; a write is begun on a
    connection that has just answered, because it cannot be repeated blindly.
    """

    def __init__(self, url: str, *, place: str = "") -> None:
        self.url = url
        self.place = place or _place(url)
        """Where that is, in words and without a password."""
        self.writer = _engine(url, pool_pre_ping=True)
        self.reader = _engine(url, isolation_level="AUTOCOMMIT")
        event.listen(self.reader, "connect", _plan_for_what_is_asked)
        self._fast = Reader(conninfo(url), **_CONNECT)

    def fetch(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """All rows of a read.

        Raises:
            DatabaseUnavailable: The database cannot be reached, or has no tables.
        """
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

    def connect(self) -> psycopg.Connection:
        """A connection of the caller's own, in autocommit.

        Raises:
            DatabaseUnavailable: The database cannot be reached.
        """
        with translated():
            return psycopg.connect(conninfo(self.url), autocommit=True, **_CONNECT)

    def fetch_fast(self, sql: str, parameters: Sequence[Any]) -> Rows:
        """All rows of a read that is made all the time; see `Reader.fetch`.

        Raises:
            DatabaseUnavailable: The database cannot be reached, or has no tables.
        """
        try:
            return self._fast.fetch(sql, parameters)
        except psycopg.Error:
            with translated():
                raise

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end of the block, or not at all.

        Raises:
            DatabaseUnavailable: The database cannot be reached, or has no tables.
        """
        with (
            translated(),
            Session(self.writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def single_flight(self, name: str, *, timeout_s: float) -> Iterator[None]:
        """Hold a lock that one caller of all processes has at a time.

        It is held by a connection of its own, so that whoever waits for it takes none of those
        that its holder needs; it ends with the block, and with the process.

        Args:
            name: What the lock is about.
            timeout_s: How long to wait for it.

        Raises:
            DatabaseUnavailable: The database cannot be reached, or the lock not be had in time.
        """
        with translated():
            holder = psycopg.connect(conninfo(self.url), **_CONNECT)
        try:
            with translated():
                holder.execute(_LOCK_TIMEOUT, [f"{int(timeout_s * 1000)}ms"])
                holder.execute(_LOCK, [name])
            yield
        finally:
            holder.close()

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.writer.dispose()
        self.reader.dispose()
        self._fast.close()

    def forget_connections(self) -> None:
        """Leave the pooled connections to the process that opened them (after a fork)."""
        self.writer.dispose(close=False)
        self.reader.dispose(close=False)
        self._fast.forget_connections()


def _engine(url: str, **options: Any) -> Engine:
    return create_engine(
        url,
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_OVERFLOW,
        pool_timeout=_POOL_TIMEOUT_S,
        hide_parameters=True,
        connect_args=dict(_CONNECT),
        **options,
    )


def _plan_for_what_is_asked(connection: psycopg.Connection, _record: object) -> None:
    # A plan that serves any beginning of a name reads the whole table (5 ms at 10,000 rows
    # instead of 0.1); to plan anew takes 0.1 ms. What is read all the time is `fetch_fast`.
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver says of a lost or empty database into our own error."""
    try:
        yield
    except (*_LOST, exc.TimeoutError) as error:
        if _sqlstate(error) == _DISK_FULL:
            raise DatabaseFull("The database has no room left on its disk.") from error
        raise DatabaseUnavailable("The database cannot be reached.") from error
    except (exc.ProgrammingError, psycopg.ProgrammingError) as error:
        if _sqlstate(error) in (_UNDEFINED_TABLE, _UNDEFINED_COLUMN):
            message = "The database is not at the newest revision; run `integrations migrate`."
            raise DatabaseUnavailable(message) from error
        if _sqlstate(error) == _INSUFFICIENT_PRIVILEGE:
            message = "The database's role lacks a right; `integrations doctor` says which."
            raise DatabaseUnavailable(message) from error
        raise


def _sqlstate(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", error), "sqlstate", None)


_lock = threading.Lock()
_databases: dict[str, Database] = {}


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
    key = configured.database_url or str(configured.data_dir)
    known = _databases.get(key)
    if known is not None:
        return known
    with _lock:
        if key not in _databases:
            _databases[key] = _opened(configured, may_create=may_create)
        return _databases[key]


def _opened(configured: Settings, *, may_create: bool) -> Database:
    if configured.database_url:
        return Database(_with_driver(configured.database_url))
    from integrations_app.storage import embedded  # noqa: PLC0415 - only where none is named

    url = embedded.start(configured.data_dir, may_create=may_create)
    return Database(_with_driver(url), place=f"the embedded database in {configured.data_dir}")


def most_connections() -> int:
    """How many connections a process takes at most; locks that are waited for come on top."""
    pools = 2 * (_POOL_SIZE + _POOL_OVERFLOW)
    return pools + MOST_CONNECTIONS + _LISTENERS


def _place(url: str) -> str:
    try:
        known = conninfo_to_dict(conninfo(url))
    except psycopg.ProgrammingError:
        return ""
    host = known.get("host") or known.get("hostaddr") or "the local socket"
    port = f":{known['port']}" if known.get("port") else ""
    return f"database {known.get('dbname') or known.get('user') or ''} on {host}{port}"


def _with_driver(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme != "postgresql+psycopg" else url


def conninfo(url: str) -> str:
    """The same address as libpq and psycopg spell it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - what a thread of the parent held stays held here
    _lock = threading.Lock()
    for each in _databases.values():
        each.forget_connections()


forks.after_in_child(_after_fork)
