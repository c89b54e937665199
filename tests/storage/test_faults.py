"""What is wrong with a statement or with an embedded server, in our own errors.

What needs passwords, TLS or a server's configuration is in tests/operations.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from threading import Barrier
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import exc, text

from integrations_app import errors, integrations
from integrations_app.storage import migrations
from integrations_app.storage.engine import database
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once

SLOWLY = text("SELECT pg_sleep(30)")
LOCK = text("SELECT FROM integration_connections WHERE name = :name FOR UPDATE")


def stored(*names: str) -> None:
    for name in names:
        integrations.add_connection("mistral", name)


def test_a_database_that_is_not_there_is_named(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = urlsplit(db.url).path[1:]
    monkeypatch.setenv("DATABASE_URL", db.url.replace(name, "nothing_here"))

    with pytest.raises(errors.DatabaseMisconfigured, match="has no database nothing_here"):
        integrations.list_connections()


def test_a_role_that_is_not_there_is_named(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{db.url}&user=nobody_here")

    with pytest.raises(errors.DatabaseMisconfigured, match="no role nobody_here"):
        integrations.list_connections()


def test_a_database_that_turns_read_only_says_so_to_whoever_writes(db: DatabaseUnderTest) -> None:
    stored("main")

    def delete() -> None:
        with database().transaction() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            session.execute(text("DELETE FROM integration_connections"))

    with pytest.raises(errors.DatabaseReadOnly, match="takes no changes"):
        delete()

    assert [connection.name for connection in integrations.list_connections()] == ["main"]


def test_a_schema_that_is_not_there_is_told_to_whoever_migrates(
    unmigrated_db: DatabaseUnderTest,
) -> None:
    name = urlsplit(unmigrated_db.url).path[1:]
    unmigrated_db.execute(f"ALTER DATABASE {name} SET search_path = nothing")

    with pytest.raises(errors.DatabaseMisconfigured, match="search_path"):
        migrations.upgrade()


def test_of_two_transactions_that_wait_for_each_other_one_is_given_up(
    db: DatabaseUnderTest,
) -> None:
    stored("one", "two")
    both_hold = Barrier(2)

    def lock(first: str, second: str) -> Callable[[], str]:
        def in_this_order() -> str:
            with database().transaction() as session:
                session.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
                session.execute(LOCK, {"name": first})
                both_hold.wait(10)
                session.execute(LOCK, {"name": second})
            return "done"

        return in_this_order

    outcomes = at_once(lock("one", "two"), lock("two", "one"))

    assert sorted(map(str, outcomes)) == ["deadlock", "done"]


def test_whoever_waits_too_long_for_a_lock_is_told(db: DatabaseUnderTest) -> None:
    stored("one")

    def lock() -> None:
        with database().transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '10ms'"))
            session.execute(LOCK, {"name": "one"})

    with (
        db.held("SELECT FROM integration_connections FOR UPDATE"),
        pytest.raises(errors.LockTimeout, match="nothing was done"),
    ):
        lock()


def test_a_statement_that_the_server_ends_is_told(db: DatabaseUnderTest) -> None:
    def sleep() -> None:
        with database().transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = '10ms'"))
            session.execute(SLOWLY)

    with pytest.raises(errors.StatementCancelled):
        sleep()

    assert integrations.list_connections() == []


def test_a_mistake_in_a_statement_is_not_called_an_outage(db: DatabaseUnderTest) -> None:
    with pytest.raises(exc.ProgrammingError):
        database().fetch(text("SELECT nonsense("))
    with pytest.raises(psycopg.ProgrammingError):
        database().fetch_fast("SELECT %s, %s", ["one"])


def test_no_cause_tells_the_password(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{db.url}&user=nobody_here&password=hunter2")

    with pytest.raises(errors.DatabaseMisconfigured) as caught:
        integrations.get_credentials("mistral:main")

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in repr(database())
    assert "hunter2" not in repr(database().writer)
