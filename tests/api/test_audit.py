"""Who did what: remembered with the change, never with a value, never changed afterwards."""

from __future__ import annotations

import psycopg
import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection
from tests.api.conftest import ANN, BOB, KEY, OTHER_KEY
from tests.api.facts import actions, audit
from tests.postgresql import DatabaseUnderTest


def test_every_change_leaves_an_entry(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("mistral", "a", values={"api_key": KEY}, actor=ANN)
    integrations.rename_connection(added.uuid, "b", actor=BOB)
    integrations.record_validation(added.uuid, CheckResult(ok=True), actor=ANN)
    integrations.disconnect(added.uuid, actor=BOB)
    integrations.remove_connection(added.uuid, actor=ANN)

    assert [(entry["action"], entry["name"], entry["fields"]) for entry in audit(db)] == [
        ("connection_added", "a", []),
        ("setup_saved", "a", ["api_key"]),
        ("connection_renamed", "b", ["name"]),
        ("validated", "b", []),
        ("disconnected", "b", ["api_key"]),
        ("connection_removed", "b", []),
    ]
    assert [entry["actor_id"] for entry in audit(db)] == [
        "ann-id",
        "ann-id",
        "bob-id",
        "ann-id",
        "bob-id",
        "ann-id",
    ]


def test_an_entry_says_who_and_through_which_door(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    entry = audit(db)[0]

    assert (entry["actor_kind"], entry["actor_id"]) == ("admin", "ann-id")
    assert entry["actor_label"] == "ann@example.com"
    assert (entry["origin"], entry["request_id"]) == ("web", "r-1")
    assert entry["connection_uuid"] == connection.uuid
    assert (entry["provider"], entry["at"]) == ("mistral", connection.created_at)


def test_a_text_is_a_users_id(db: DatabaseUnderTest) -> None:
    integrations.add_connection("mistral", "main", actor="user-7")

    [entry] = audit(db)
    assert (entry["actor_kind"], entry["actor_id"], entry["origin"]) == ("user", "user-7", "api")


def test_nobody_is_the_running_program(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["/opt/jobs/nightly.py"])

    integrations.add_connection("mistral", "main")

    [entry] = audit(db)
    assert (entry["actor_kind"], entry["actor_label"]) == ("system", "system:nightly.py")


def test_no_entry_has_a_value(db: DatabaseUnderTest, connection: Connection) -> None:
    google = integrations.add_connection("google", "main", values={"client_id": "an-id"})
    integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=BOB)
    integrations.save_setup(google.uuid, {"client_id": "another-id", "client_secret": "hidden"})

    everything = str(audit(db))
    for value in (KEY, OTHER_KEY, "an-id'", "another-id", "hidden"):
        assert value not in everything


def test_what_was_refused_leaves_no_entry(db: DatabaseUnderTest, connection: Connection) -> None:
    before = actions(db)

    with pytest.raises(errors.AlreadyExists):
        integrations.add_connection("mistral", "main", actor=BOB)
    with pytest.raises(errors.Conflict):
        integrations.rename_connection(connection.uuid, "b", expected_version=9, actor=BOB)

    assert actions(db) == before


def test_a_dry_run_leaves_no_entry(db: DatabaseUnderTest, connection: Connection) -> None:
    before = actions(db)

    integrations.validate_credentials("google", {"client_secret": "typed"})

    assert actions(db) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE integration_audit SET actor_id = 'nobody'",
        "DELETE FROM integration_audit",
        "TRUNCATE integration_audit",
    ],
)
def test_the_log_can_only_grow(
    db: DatabaseUnderTest, connection: Connection, statement: str
) -> None:
    before = audit(db)

    with pytest.raises(psycopg.errors.RaiseException, match="can only grow"):
        db.execute(statement)

    assert audit(db) == before


def test_an_entry_outlives_its_connection(db: DatabaseUnderTest, connection: Connection) -> None:
    integrations.remove_connection(connection.uuid, actor=BOB)

    assert {entry["connection_uuid"] for entry in audit(db)} == {connection.uuid}
