"""Every revision goes up and down on a real PostgreSQL, with rows in the tables."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from integrations_app import errors, integrations, package_files
from integrations_app.storage import migrations
from integrations_app.storage.engine import database
from tests import processes
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once

VERSION_TABLE = "integrations_alembic_version"
MIGRATE = "from integrations_app.storage import migrations; migrations.upgrade()"

ROWS = {
    "integration_connections": "(uuid, provider, name) VALUES (gen_random_uuid(), 'mistral', 'a')",
    "integration_secrets": (
        "SELECT uuid, 'api_key', '\\x00'::bytea, 'key' FROM integration_connections"
    ),
    "integration_keys": "(id, check_value) VALUES ('key', '\\x00')",
    "integration_audit": (
        "(actor_kind, actor_id, actor_label, action, origin) VALUES ('a', 'a', 'a', 'a', 'api')"
    ),
    "integration_admins": (
        "(uuid, email, password_hash) VALUES (gen_random_uuid(), 'Ann@example.com', 'x')"
    ),
    "integration_sessions": (
        "(token_hash, admin_uuid, expires_at)"
        " SELECT '\\x00'::bytea, uuid, now() FROM integration_admins"
    ),
    "integration_setup_tokens": "(token_hash) VALUES ('\\x00')",
    "integration_authorizations": (
        "(state_hash, connection_uuid, session_hash, credential_revision, expires_at)"
        " SELECT '\\x00'::bytea, uuid, '\\x00'::bytea, 1, now() FROM integration_connections"
    ),
    "integration_account_changes": (
        "(connection_uuid, session_hash, account_id, sealed, credential_revision, expires_at)"
        " SELECT uuid, '\\x00'::bytea, 'a', '\\x00'::bytea, 1, now() FROM integration_connections"
    ),
    "integration_module_runs": "(module) VALUES ('a')",
    "ai_endpoints": "(name) VALUES ('a')",
    "projects": "(name) VALUES ('a')",
}
"""A row for each table, as a plain INSERT of its required columns; in the order of references."""


def alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(package_files.migrations()))
    return config


def revisions() -> list[str]:
    """All of them, oldest first."""
    walked = ScriptDirectory.from_config(alembic()).walk_revisions()
    return [script.revision for script in walked][::-1]


def tables(db: DatabaseUnderTest) -> set[str]:
    rows = db.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    return {row["name"] for row in rows}


def everything(db: DatabaseUnderTest) -> dict[str, list[dict[str, Any]]]:
    """What there is beside rows: columns, indexes, constraints, functions."""
    return {
        "columns": db.rows(
            "SELECT table_name, column_name, data_type, column_default, is_nullable,"
            " is_generated, collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY table_name, column_name"
        ),
        "indexes": db.rows(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef"
        ),
        "constraints": db.rows(
            "SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY conname"
        ),
        "functions": db.rows(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " ORDER BY proname"
        ),
        "triggers": db.rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"),
    }


def fill(db: DatabaseUnderTest) -> None:
    """A row in every table that has none."""
    there = tables(db)
    for table, row in ROWS.items():
        if table in there and not db.rows(f"SELECT FROM {table}"):
            db.execute(f"INSERT INTO {table} {row}")


def test_every_revision_goes_up_and_down_with_rows_in_the_tables(
    unmigrated_db: DatabaseUnderTest,
) -> None:
    shapes = [everything(unmigrated_db)]
    for revision in revisions():
        migrations.upgrade(revision)
        fill(unmigrated_db)
        shapes.append(everything(unmigrated_db))

    for number in reversed(range(len(revisions()))):
        command.downgrade(alembic(), "-1")

        before = shapes[number]
        after = everything(unmigrated_db)
        if number == 0:  # Alembic's own table stays
            assert tables(unmigrated_db) == {VERSION_TABLE}
            assert (after["functions"], after["triggers"]) == ([], [])
        else:
            assert after == before


def test_sessions_of_another_app_end_where_every_session_has_an_admin(
    unmigrated_db: DatabaseUnderTest,
) -> None:
    migrations.upgrade("105e")
    fill(unmigrated_db)
    unmigrated_db.execute(
        "INSERT INTO integration_sessions (token_hash, expires_at) VALUES ('\\x01', now())"
    )

    command.downgrade(alembic(), "105d")

    left = unmigrated_db.rows("SELECT token_hash FROM integration_sessions")
    assert left == [{"token_hash": b"\x00"}]


def test_what_went_down_to_nothing_comes_up_again(unmigrated_db: DatabaseUnderTest) -> None:
    migrations.upgrade()
    fill(unmigrated_db)
    first = everything(unmigrated_db)
    command.downgrade(alembic(), "base")

    migrations.upgrade()

    assert everything(unmigrated_db) == first
    assert integrations.add_connection("mistral", "main").name == "main"


def test_migrating_again_changes_nothing(db: DatabaseUnderTest) -> None:
    fill(db)
    before = everything(db)

    migrations.upgrade()

    assert everything(db) == before
    assert len(db.rows("SELECT * FROM integration_connections")) == 1


def test_the_tables_are_those_the_code_declares(db: DatabaseUnderTest) -> None:
    command.check(alembic())


def test_a_plain_insert_of_the_named_columns_works(db: DatabaseUnderTest) -> None:
    uuid = uuid4()
    db.execute(
        "INSERT INTO integration_connections"
        " (uuid, provider, name, status, last_validated_at, connected_at, version)"
        " VALUES (%s, 'mistral', 'main', 'connected', now(), now(), 3)",
        uuid,
    )

    found = integrations.get_integration_by_uuid(uuid)

    assert (found.storage_key, found.version) == ("integration:mistral:main", 3)


def test_processes_that_migrate_at_once_wait_for_each_other(
    unmigrated_db: DatabaseUnderTest,
) -> None:
    started = [processes.start(MIGRATE) for _ in range(3)]

    for process in started:
        processes.finished(process)

    assert migrations.current(database()) == migrations.newest() == revisions()[-1]


def test_a_start_waits_for_a_migration_that_is_under_way(
    unmigrated_db: DatabaseUnderTest,
) -> None:
    with unmigrated_db.held(f"SELECT pg_advisory_lock({migrations._LOCK_ID})"):
        started = processes.start(MIGRATE)
        unmigrated_db.wait_for_waiters()
        assert migrations.current(database()) is None

    processes.finished(started)

    assert migrations.current(database()) == migrations.newest()


def test_threads_that_migrate_at_once_wait_for_each_other(
    unmigrated_db: DatabaseUnderTest,
) -> None:
    at_once(*4 * [migrations.upgrade])

    assert migrations.current(database()) == migrations.newest()


def test_the_version_table_is_our_own(db: DatabaseUnderTest) -> None:
    assert "alembic_version" not in tables(db)
    assert db.rows(f"SELECT version_num FROM {VERSION_TABLE}") == [{"version_num": revisions()[-1]}]


def test_other_peoples_tables_are_left_alone(unmigrated_db: DatabaseUnderTest) -> None:
    unmigrated_db.execute("CREATE TABLE alembic_version (version_num text)")
    unmigrated_db.execute("INSERT INTO alembic_version VALUES ('theirs')")
    unmigrated_db.execute("CREATE TABLE customers (id int PRIMARY KEY, name text UNIQUE)")
    unmigrated_db.execute("INSERT INTO customers VALUES (1, 'Ann')")
    before = everything(unmigrated_db)

    migrations.upgrade()
    command.check(alembic())
    command.downgrade(alembic(), "base")

    unmigrated_db.execute(f"DROP TABLE {VERSION_TABLE}")
    assert everything(unmigrated_db) == before
    assert unmigrated_db.rows("SELECT * FROM alembic_version") == [{"version_num": "theirs"}]
    assert unmigrated_db.rows("SELECT * FROM customers") == [{"id": 1, "name": "Ann"}]


def test_before_the_first_revision_there_is_none(unmigrated_db: DatabaseUnderTest) -> None:
    assert migrations.current(database()) is None


def test_a_lost_database_stops_a_migration_with_our_own_error(
    unmigrated_db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:9/nothing")

    with pytest.raises(errors.DatabaseUnavailable):
        migrations.upgrade()


def test_revisions_are_found_below_a_path_of_any_name(
    unmigrated_db: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = tmp_path / "100% a+b, c;%(here)s" / "alembic"
    shutil.copytree(package_files.migrations(), strange)
    monkeypatch.setattr(package_files, "migrations", lambda: strange)

    migrations.upgrade()

    assert migrations.current(database()) == migrations.newest()
