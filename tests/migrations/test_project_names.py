"""Revision 106: projects and templates may share a name, two of a kind may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.util import CommandError

from integrations_app import errors
from integrations_app.storage import migrations
from integrations_app.storage.engine import database
from tests import processes
from tests.conftest import used_by_the_product
from tests.migrations.test_revisions import alembic, everything
from tests.postgresql import DatabaseUnderTest, Server

MIGRATE = "from integrations_app.cli import main; main()"


@pytest.fixture(scope="module")
def old_template(postgresql_server: Server, migrated_template: str) -> Iterator[str]:
    """The name of a database of the revision before; copying it is faster than migrating."""
    with postgresql_server.migrated("105d") as template:
        yield template


@pytest.fixture
def old_db(
    postgresql_server: Server, old_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseUnderTest]:
    """A database whose projects and templates have one name each."""
    with postgresql_server.database(template=old_template) as fresh:
        yield from used_by_the_product(fresh, tmp_path, monkeypatch)


@pytest.fixture
def early_db(old_db: DatabaseUnderTest) -> DatabaseUnderTest:
    """The same as an early 105d made it: with an index on the name as it is written."""
    old_db.execute("DROP INDEX uq_projects_name")
    old_db.execute("CREATE UNIQUE INDEX uq_projects_name ON projects (name)")
    return old_db


def add(db: DatabaseUnderTest, name: str, *, template: bool = False) -> None:
    db.execute("INSERT INTO projects (name, is_template) VALUES (%s, %s)", name, template)


def projects(db: DatabaseUnderTest) -> set[tuple[str, bool]]:
    rows = db.rows("SELECT name, is_template FROM projects")
    return {(row["name"], row["is_template"]) for row in rows}


@pytest.mark.parametrize("name", ["Apollo", "apollo"])
def test_before_it_a_template_takes_the_name_from_projects_in_any_case(
    old_db: DatabaseUnderTest, name: str
) -> None:
    add(old_db, "Apollo", template=True)

    with pytest.raises(psycopg.errors.UniqueViolation):
        add(old_db, name)


def test_what_was_there_stays_and_a_project_may_be_called_like_a_template(
    old_db: DatabaseUnderTest,
) -> None:
    add(old_db, "Apollo", template=True)
    add(old_db, "Gemini")

    migrations.upgrade("106")
    add(old_db, "Apollo")

    assert projects(old_db) == {("Apollo", True), ("Gemini", False), ("Apollo", False)}


@pytest.mark.parametrize("template", [False, True])
def test_after_it_no_two_of_a_kind_differ_only_in_case(
    old_db: DatabaseUnderTest, template: bool
) -> None:
    migrations.upgrade("106")
    add(old_db, "Apollo", template=template)

    with pytest.raises(psycopg.errors.UniqueViolation):
        add(old_db, "APOLLO", template=template)


def test_names_of_a_kind_that_differ_only_in_case_stop_it_before_any_change(
    early_db: DatabaseUnderTest,
) -> None:
    for name in ("Apollo", "apollo", "Gemini"):
        add(early_db, name)
    add(early_db, "GEMINI", template=True)
    before = everything(early_db)

    with pytest.raises(errors.StartRefused, match="differ only in case") as refused:
        migrations.upgrade()

    assert "pollo'" in str(refused.value)
    assert "emini" not in str(refused.value).lower()
    assert "\n" not in str(refused.value)
    assert migrations.current(database()) == "105d"
    assert everything(early_db) == before


def test_many_names_in_the_way_are_counted(early_db: DatabaseUnderTest) -> None:
    for number in range(7):
        add(early_db, f"a line\nof {number}")
        add(early_db, f"A line\nof {number}")

    with pytest.raises(errors.StartRefused, match=r" and 2 more\.") as refused:
        migrations.upgrade()

    assert "\n" not in str(refused.value)


def test_an_operator_reads_one_line(early_db: DatabaseUnderTest) -> None:
    add(early_db, "Apollo")
    add(early_db, "apollo")

    process = processes.start(f"import sys; sys.argv = ['integrations', 'migrate']; {MIGRATE}")
    out, err = process.communicate(timeout=processes.LONGEST_S)

    assert (process.returncode, out) == (1, "")
    [line] = err.splitlines()
    assert "apollo" in line.lower()


def test_it_waits_for_whoever_adds_a_name_right_now(old_db: DatabaseUnderTest) -> None:
    add(old_db, "Apollo")
    with old_db.held("INSERT INTO projects (name) VALUES ('Gemini')"):
        started = processes.start(
            "from integrations_app.storage import migrations; migrations.upgrade('106')"
        )
        old_db.wait_for_waiters()
        assert migrations.current(database()) == "105d"

    processes.finished(started)

    assert migrations.current(database()) == "106"


def test_a_name_of_both_kinds_stops_the_way_down_before_any_index_is_dropped(
    db: DatabaseUnderTest,
) -> None:
    command.downgrade(alembic(), "106")
    add(db, "Apollo", template=True)
    add(db, "Apollo")
    add(db, "Gemini")
    before = everything(db)

    with pytest.raises(CommandError, match="'Apollo'") as refused:
        command.downgrade(alembic(), "105d")

    assert "Gemini" not in str(refused.value)
    assert migrations.current(database()) == "106"
    assert everything(db) == before
    assert len(projects(db)) == 3


def test_a_name_of_both_kinds_in_another_case_stops_it_too(db: DatabaseUnderTest) -> None:
    command.downgrade(alembic(), "106")
    add(db, "Apollo", template=True)
    add(db, "apollo")

    with pytest.raises(CommandError, match=r"(?i)apollo"):
        command.downgrade(alembic(), "105d")


def test_once_renamed_the_way_down_is_free(db: DatabaseUnderTest) -> None:
    add(db, "Apollo", template=True)
    add(db, "Apollo")
    db.execute("UPDATE projects SET name = 'Apollo 2' WHERE NOT is_template")

    command.downgrade(alembic(), "105d")

    assert projects(db) == {("Apollo", True), ("Apollo 2", False)}
    with pytest.raises(psycopg.errors.UniqueViolation):
        add(db, "APOLLO 2", template=True)


def test_what_an_early_database_became_is_what_every_other_is(early_db: DatabaseUnderTest) -> None:
    add(early_db, "Apollo")
    migrations.upgrade()
    indexes = everything(early_db)

    command.downgrade(alembic(), "105d")
    migrations.upgrade()

    assert everything(early_db) == indexes
