"""Old data of modules is migrated at start, by one process at a time, and failures are known."""

from __future__ import annotations

import pytest

from integrations_app import errors
from integrations_app.modules import Module
from integrations_app.services.operations import legacy_migrations, startup
from tests import processes
from tests.api.conftest import ANN, Register
from tests.api.facts import audit
from tests.postgresql import DatabaseUnderTest

MIGRATE = """
from integrations_app.modules import Module, registry
class Failing(Module):
    key = "failing"
    def migrate_legacy(self):
        raise RuntimeError("sk-123456")
registry.register(Failing())
import sys
sys.argv = ["integrations", "migrate"]
from integrations_app.cli import main
main()
"""


class Shaky(Module):
    """A module that fails as long as it is told to."""

    key = "shaky"
    title = "Shaky table"
    error: Exception | None = None

    def migrate_legacy(self) -> None:
        if self.error is not None:
            raise self.error


@pytest.fixture
def shaky(register: Register) -> Shaky:
    module = Shaky()
    register(module)
    return module


def about(key: str) -> tuple[bool, str | None]:
    """Whether a module was asked, and why it failed."""
    [run] = [run for run in legacy_migrations.runs() if run.module == key]
    return run.at is not None, run.error


def test_a_start_has_every_module_asked_and_remembers_it(
    db: DatabaseUnderTest, shaky: Shaky
) -> None:
    assert about("shaky") == (False, None)

    assert startup.prepare().warnings == ()

    assert about("shaky") == (True, None)
    assert about("projects") == (True, None)
    assert legacy_migrations.failed() == 0


def test_a_module_that_fails_stops_no_start_and_is_warned_of(
    db: DatabaseUnderTest, shaky: Shaky
) -> None:
    shaky.error = errors.UnknownProvider("gone")

    [warning] = startup.prepare().warnings

    told = "No provider is declared as 'gone'."
    assert warning == f"Module shaky could not migrate its old data: {told}"
    assert about("shaky") == (True, told)
    assert legacy_migrations.failed() == 1


def test_the_text_of_a_foreign_error_is_stored_nowhere(db: DatabaseUnderTest, shaky: Shaky) -> None:
    shaky.error = RuntimeError("sk-123456")

    [warning] = startup.prepare().warnings

    assert "RuntimeError" in warning
    stored = db.rows("SELECT * FROM integration_module_runs")
    assert "RuntimeError" in str(stored)
    assert "sk-123456" not in warning + str(stored) + str(audit(db))


def test_once_it_works_the_failure_is_over(db: DatabaseUnderTest, shaky: Shaky) -> None:
    shaky.error = RuntimeError()
    startup.prepare()

    shaky.error = None
    startup.prepare()

    assert about("shaky") == (True, None)
    assert legacy_migrations.failed() == 0


def test_starts_are_audited_only_where_something_else_came_of_it(
    db: DatabaseUnderTest, shaky: Shaky
) -> None:
    for error in (None, RuntimeError(), RuntimeError(), None, None):
        shaky.error = error
        startup.prepare()

    entries = [(entry["action"], entry["name"]) for entry in audit(db)]
    assert entries == [("legacy_data_failed", "shaky"), ("legacy_data_migrated", "shaky")]


def test_an_admin_who_runs_it_again_is_remembered(db: DatabaseUnderTest, shaky: Shaky) -> None:
    assert legacy_migrations.migrate(actor=ANN)["shaky"] == "ok"

    [entry] = [entry for entry in audit(db) if entry["name"] == "shaky"]
    assert (entry["action"], entry["actor_id"]) == ("legacy_data_migrated", ANN.id)


def test_a_failure_of_a_module_that_is_gone_is_no_failure(
    db: DatabaseUnderTest, shaky: Shaky
) -> None:
    db.execute("INSERT INTO integration_module_runs (module, error) VALUES ('gone', 'x')")

    assert legacy_migrations.failed() == 0


def test_two_starts_take_turns(db: DatabaseUnderTest) -> None:
    holding = f"SELECT pg_advisory_xact_lock(hashtextextended('{legacy_migrations._LOCK}', 0))"
    with db.held(holding):
        started = processes.start(
            "from integrations_app.services.operations import startup; startup.migrate()"
        )
        db.wait_for_waiters()
        assert db.rows("SELECT FROM integration_module_runs") == []

    processes.finished(started)

    assert db.rows("SELECT FROM integration_module_runs") != []


def test_an_operator_who_migrates_reads_one_line_about_a_module_that_failed(
    unmigrated_db: DatabaseUnderTest,
) -> None:
    process = processes.start(MIGRATE)
    out, err = process.communicate(timeout=processes.LONGEST_S)

    assert process.returncode == 0
    assert out == "The database is at the newest revision.\n"
    assert "Warning: Module failing could not migrate its old data: RuntimeError" in err
    assert "sk-123456" not in err
