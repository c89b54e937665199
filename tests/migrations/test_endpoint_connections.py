"""Revision 107: texts of AI endpoints become references to connections, their names unique."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from alembic import command

from integrations_app import errors
from integrations_app.storage import migrations
from integrations_app.storage.engine import database
from tests import processes
from tests.conftest import used_by_the_product
from tests.migrations.test_revisions import alembic, everything
from tests.postgresql import DatabaseUnderTest, Server

MIGRATE = (
    "import sys; sys.argv = ['integrations', 'migrate'];"
    " from integrations_app.cli import main; main()"
)
FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


@pytest.fixture(scope="module")
def old_template(postgresql_server: Server, migrated_template: str) -> Iterator[str]:
    """The name of a database of the revision before; copying it is faster than migrating."""
    with postgresql_server.migrated("106") as template:
        yield template


@pytest.fixture
def old_db(
    postgresql_server: Server, old_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseUnderTest]:
    """A database whose endpoints know a provider's name at most."""
    with postgresql_server.database(template=old_template) as fresh:
        yield from used_by_the_product(fresh, tmp_path, monkeypatch)


def connect(
    db: DatabaseUnderTest, uuid: UUID, provider: str, name: str, validated_at: str | None = None
) -> None:
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name, last_validated_at)"
        " VALUES (%s, %s, %s, %s)",
        uuid,
        provider,
        name,
        validated_at,
    )


def add(db: DatabaseUnderTest, name: str, provider: str | None = None) -> None:
    db.execute("INSERT INTO ai_endpoints (name, provider) VALUES (%s, %s)", name, provider)


def meant(db: DatabaseUnderTest) -> dict[str, UUID | None]:
    """The connection of each endpoint, by the endpoint's name."""
    rows = db.rows("SELECT name, integration_uuid FROM ai_endpoints")
    return {row["name"]: row["integration_uuid"] for row in rows}


def test_a_full_reference_becomes_that_connection_whatever_was_validated_last(
    old_db: DatabaseUnderTest,
) -> None:
    connect(old_db, FIRST, "mistral", "default", LATE)
    connect(old_db, SECOND, "mistral", "team")
    connect(old_db, THIRD, "deepseek", "team", LATE)
    add(old_db, "chat", "mistral:team")

    migrations.upgrade("107")

    assert meant(old_db) == {"chat": SECOND}


def test_a_bare_provider_becomes_the_connection_that_was_validated_last(
    old_db: DatabaseUnderTest,
) -> None:
    connect(old_db, FIRST, "mistral", "default", EARLY)
    connect(old_db, SECOND, "mistral", "team", LATE)
    connect(old_db, THIRD, "deepseek", "newer", "2026-03-01T00:00:00Z")
    add(old_db, "chat", "mistral")

    migrations.upgrade("107")

    assert meant(old_db) == {"chat": SECOND}


def test_of_those_validated_at_the_same_moment_the_lowest_uuid_is_taken(
    old_db: DatabaseUnderTest,
) -> None:
    for uuid, name in ((THIRD, "a"), (FIRST, "c"), (SECOND, "b")):
        connect(old_db, uuid, "mistral", name, LATE)
    add(old_db, "chat", "mistral")

    migrations.upgrade("107")

    assert meant(old_db) == {"chat": FIRST}


def test_a_connection_that_was_never_validated_comes_last(old_db: DatabaseUnderTest) -> None:
    connect(old_db, FIRST, "mistral", "a")
    connect(old_db, SECOND, "mistral", "b", EARLY)
    add(old_db, "chat", "mistral")

    migrations.upgrade("107")

    assert meant(old_db) == {"chat": SECOND}


def test_where_none_was_ever_validated_the_lowest_uuid_is_taken(old_db: DatabaseUnderTest) -> None:
    connect(old_db, SECOND, "mistral", "a")
    connect(old_db, FIRST, "mistral", "default")
    add(old_db, "chat", "mistral")

    migrations.upgrade("107")

    assert meant(old_db) == {"chat": FIRST}


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "openai",
        "deepseek",
        "Mistral",
        "MISTRAL:team",
        "mistral:Team",
        "mistral:gone",
        "mistral:",
        ":team",
        ":",
        "mistral:team:",
        "mistral:team:more",
        "integration:mistral:team",
        " mistral",
        "mistral:team ",
        "mistral:%",
        "m_stral",
        "mistral%",
        "mistral'; DROP TABLE ai_endpoints; --",
        "místral",
        "mistral\n",
    ],
)
def test_a_text_that_means_no_connection_stays_without_one(
    old_db: DatabaseUnderTest, text: str | None
) -> None:
    connect(old_db, FIRST, "mistral", "team", LATE)
    add(old_db, "chat", text)

    migrations.upgrade("107")

    assert meant(old_db) == {"chat": None}


def test_all_else_in_a_row_stays_as_it_was(old_db: DatabaseUnderTest) -> None:
    connect(old_db, FIRST, "mistral", "team")
    old_db.execute(
        "INSERT INTO ai_endpoints (name, model, provider, api_key, version)"
        " VALUES ('chat', 'small', 'mistral:team', 'old key', 3)"
    )
    [before] = old_db.rows("SELECT * FROM ai_endpoints")

    migrations.upgrade("107")

    assert old_db.rows("SELECT * FROM ai_endpoints") == [{**before, "integration_uuid": FIRST}]


def test_a_hundred_thousand_endpoints_take_seconds(old_db: DatabaseUnderTest) -> None:
    old_db.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'n' || at FROM generate_series(0, 9999) AS at"
    )
    old_db.execute(
        "INSERT INTO ai_endpoints (name, provider)"
        " SELECT 'e' || at, CASE at & 1 WHEN 0 THEN 'mistral' ELSE 'mistral:n' || (at & 8191) END"
        " FROM generate_series(1, 100000) AS at"
    )
    began = time.monotonic()

    migrations.upgrade("107")

    assert time.monotonic() - began < 20
    assert old_db.rows("SELECT FROM ai_endpoints WHERE integration_uuid IS NULL") == []


@pytest.mark.parametrize("other", ["Chat", "CHAT", "chat"])
def test_endpoints_called_alike_stop_it_before_any_change(
    old_db: DatabaseUnderTest, other: str
) -> None:
    connect(old_db, FIRST, "mistral", "team")
    for name in ("chat", other, "search"):
        add(old_db, name, "mistral")
    before = everything(old_db), old_db.rows("SELECT * FROM ai_endpoints")

    with pytest.raises(errors.StartRefused, match="called alike") as refused:
        migrations.upgrade()

    assert "'chat'" in str(refused.value)
    assert repr(other) in str(refused.value)
    assert "search" not in str(refused.value)
    assert (everything(old_db), old_db.rows("SELECT * FROM ai_endpoints")) == before
    assert migrations.current(database()) == "106"


def test_many_that_are_called_alike_are_counted_in_one_line(old_db: DatabaseUnderTest) -> None:
    for number in range(7):
        add(old_db, f"a line\nof \x1b[31m {number}")
        add(old_db, f"A line\nof \x1b[31m {number}")

    with pytest.raises(errors.StartRefused, match="; and 2 more") as refused:
        migrations.upgrade()

    assert str(refused.value).isprintable()


def test_an_operator_reads_one_line(old_db: DatabaseUnderTest) -> None:
    add(old_db, "Chat")
    add(old_db, "chat")

    process = processes.start(MIGRATE)
    out, err = process.communicate(timeout=processes.LONGEST_S)

    assert (process.returncode, out) == (1, "")
    [line] = err.splitlines()
    assert "'Chat'" in line
    assert "'chat'" in line


def test_once_renamed_it_goes_on(old_db: DatabaseUnderTest) -> None:
    add(old_db, "Chat")
    add(old_db, "chat")
    with pytest.raises(errors.StartRefused):
        migrations.upgrade("107")
    old_db.execute("UPDATE ai_endpoints SET name = 'chat 2' WHERE name = 'Chat'")

    migrations.upgrade("107")

    assert set(meant(old_db)) == {"chat", "chat 2"}


def test_after_it_no_two_endpoints_are_called_alike(db: DatabaseUnderTest) -> None:
    add(db, "Chat")

    with pytest.raises(psycopg.errors.UniqueViolation):
        add(db, "CHAT")


def test_it_waits_for_whoever_adds_an_endpoint_right_now(old_db: DatabaseUnderTest) -> None:
    with old_db.held("INSERT INTO ai_endpoints (name) VALUES ('chat')"):
        started = processes.start(
            "from integrations_app.storage import migrations; migrations.upgrade('107')"
        )
        old_db.wait_for_waiters()
        assert migrations.current(database()) == "106"

    processes.finished(started)

    assert migrations.current(database()) == "107"


def test_a_reference_may_dangle(db: DatabaseUnderTest) -> None:
    db.execute("INSERT INTO ai_endpoints (name, integration_uuid) VALUES ('chat', %s)", FIRST)

    assert meant(db) == {"chat": FIRST}


def test_down_undoes_all_three_and_keeps_the_rows(old_db: DatabaseUnderTest) -> None:
    connect(old_db, FIRST, "mistral", "team")
    add(old_db, "chat", "mistral:team")
    before = everything(old_db), old_db.rows("SELECT * FROM ai_endpoints")
    migrations.upgrade("107")

    command.downgrade(alembic(), "106")

    assert (everything(old_db), old_db.rows("SELECT * FROM ai_endpoints")) == before
    add(old_db, "CHAT")  # unique no more


def test_up_again_it_finds_what_the_texts_mean_by_then(old_db: DatabaseUnderTest) -> None:
    connect(old_db, FIRST, "mistral", "team")
    add(old_db, "chat", "mistral")
    migrations.upgrade("107")
    command.downgrade(alembic(), "106")
    connect(old_db, SECOND, "mistral", "newer", LATE)

    migrations.upgrade("107")

    assert meant(old_db) == {"chat": SECOND}
