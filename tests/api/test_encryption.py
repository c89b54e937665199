"""Secrets at rest: sealed, bound to their place, under keys that the database knows."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Connection, Status
from integrations_app.services.credentials import key_ring
from tests import processes
from tests.api.conftest import ANN, BOB, KEY, OTHER_KEY, Register
from tests.api.providers import MANY_FIELDS, Contributing
from tests.conftest import ENCRYPTION_KEY
from tests.postgresql import DatabaseUnderTest

NEW_KEY = base64.b64encode(b"a key that came a little later !").decode()
THIRD_KEY = base64.b64encode(b"yet another key of thirty-two by").decode()


def use_keys(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ",".join(keys))


def sealed(db: DatabaseUnderTest) -> list[dict[str, Any]]:
    return db.rows("SELECT * FROM integration_secrets ORDER BY connection_uuid, field")


@pytest.fixture
def lost(db: DatabaseUnderTest, register: Register, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A connection whose key is gone; the newest key is another one."""
    register(Contributing(MANY_FIELDS))
    values = {"api_key": KEY, "webhook_secret": "hook", "note": "first"}
    added = integrations.add_connection("acme", "main", values=values, actor=ANN)
    use_keys(monkeypatch, NEW_KEY, ENCRYPTION_KEY)
    key_ring.check()
    use_keys(monkeypatch, NEW_KEY)
    return added


# At rest


def test_no_secret_stands_in_the_database(db: DatabaseUnderTest, connection: Connection) -> None:
    tables = [
        row["name"]
        for row in db.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    ]

    everything = "".join(
        row["text"] for table in tables for row in db.rows(f"SELECT t::text AS text FROM {table} t")
    )

    assert str(connection.uuid) in everything
    assert KEY not in everything
    assert KEY.encode().hex() not in everything


def test_the_ciphertext_names_its_key(db: DatabaseUnderTest, connection: Connection) -> None:
    [row] = sealed(db)

    assert row["sealed"][1:9].hex() == row["key_id"]


def test_a_secret_is_sealed_differently_each_time(db: DatabaseUnderTest) -> None:
    for name in ("a", "b"):
        integrations.add_connection("mistral", name, values={"api_key": KEY})

    first, second = sealed(db)
    assert first["sealed"][9:21] != second["sealed"][9:21]


def test_a_ciphertext_does_not_open_in_another_row(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    other = integrations.add_connection("mistral", "other", values={"api_key": "x"}, actor=BOB)

    db.execute(
        "UPDATE integration_secrets SET sealed = (SELECT sealed FROM integration_secrets"
        " WHERE connection_uuid = %s) WHERE connection_uuid = %s",
        connection.uuid,
        other.uuid,
    )

    with pytest.raises(errors.Undecryptable):
        integrations.get_credentials(other.uuid)


def test_a_ciphertext_does_not_open_in_another_field(
    db: DatabaseUnderTest, register: Register
) -> None:
    register(Contributing(MANY_FIELDS))
    values = {"api_key": "a", "webhook_secret": "b"}
    added = integrations.add_connection("acme", "main", values=values)

    db.execute(
        "UPDATE integration_secrets SET sealed = (SELECT sealed FROM integration_secrets"
        " WHERE field = 'api_key')"
    )

    with pytest.raises(errors.Undecryptable) as caught:
        integrations.get_credentials(added.uuid)
    assert caught.value.field == "webhook_secret"


@pytest.mark.parametrize(
    "changed",
    [
        "substring(sealed FOR 20)",
        "''::bytea",
        "set_byte(sealed, 0, 2)",
        "set_byte(sealed, 5, get_byte(sealed, 5) # 1)",
        "set_byte(sealed, 30, get_byte(sealed, 30) # 1)",
        "sealed || ''::bytea || '\\x00'::bytea",
    ],
)
def test_a_changed_ciphertext_does_not_open(
    db: DatabaseUnderTest, connection: Connection, changed: str
) -> None:
    db.execute(f"UPDATE integration_secrets SET sealed = {changed}")

    with pytest.raises(errors.Undecryptable) as caught:
        integrations.get_credentials(connection.uuid)

    assert caught.value.code == "undecryptable"
    assert KEY not in str(caught.value)


# A lost key


def test_a_row_of_a_lost_key_says_so_and_breaks_nothing_else(lost: Connection) -> None:
    other = integrations.add_connection("mistral", "other", values={"api_key": "x"}, actor=BOB)

    with pytest.raises(errors.Undecryptable) as caught:
        integrations.get_credentials(lost.uuid)

    assert (caught.value.uuid, caught.value.code) == (lost.uuid, "undecryptable")
    assert not integrations.is_connected(lost.uuid)
    assert integrations.list_connections() == [lost, other]
    assert integrations.get_integration_by_uuid(lost.uuid) == lost
    assert integrations.get_credentials(other.uuid)["api_key"] == "x"


def test_writes_that_do_not_touch_a_lost_secret_keep_its_ciphertext(
    db: DatabaseUnderTest, lost: Connection
) -> None:
    before = sealed(db)

    integrations.rename_connection(lost.uuid, "second", actor=BOB)
    integrations.save_setup(lost.uuid, {"note": "second", "api_key": ""}, actor=BOB)
    integrations.record_validation(lost.uuid, integrations.validate_connection(lost.uuid))

    assert sealed(db) == before


def test_one_lost_secret_can_be_replaced_and_the_other_is_kept(
    db: DatabaseUnderTest, lost: Connection
) -> None:
    before = {row["field"]: row["sealed"] for row in sealed(db)}

    integrations.save_setup(lost.uuid, {"api_key": OTHER_KEY}, actor=BOB)

    after = {row["field"]: row["sealed"] for row in sealed(db)}
    assert after["webhook_secret"] == before["webhook_secret"]
    assert after["api_key"] != before["api_key"]


def test_replacing_all_lost_secrets_heals_the_row(lost: Connection) -> None:
    integrations.save_setup(lost.uuid, {"api_key": OTHER_KEY, "webhook_secret": "new"}, actor=BOB)

    assert integrations.get_credentials(lost.uuid)["api_key"] == OTHER_KEY


def test_a_check_of_a_lost_secret_fails_as_undecryptable(lost: Connection) -> None:
    result = integrations.validate_connection(lost.uuid, actor=BOB)

    integrations.record_validation(lost.uuid, result, actor=BOB)

    stored = integrations.get_integration_by_uuid(lost.uuid)
    assert result.reason is CheckReason.UNDECRYPTABLE
    assert (stored.status, stored.validation_reason) == (Status.ERROR, CheckReason.UNDECRYPTABLE)


def test_a_dry_run_over_a_lost_secret_fails_as_undecryptable(lost: Connection) -> None:
    result = integrations.validate_credentials("acme", {"api_key": "typed"}, uuid=lost.uuid)

    assert result.reason is CheckReason.UNDECRYPTABLE


def test_a_lost_row_can_be_disconnected_and_removed(lost: Connection) -> None:
    assert integrations.disconnect(lost.uuid, actor=BOB)
    assert integrations.remove_connection(lost.uuid, actor=BOB)


# The key ring


def test_a_new_key_seals_and_the_old_one_still_opens(
    db: DatabaseUnderTest, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keys(monkeypatch, NEW_KEY, ENCRYPTION_KEY)

    other = integrations.add_connection("mistral", "other", values={"api_key": OTHER_KEY})

    assert integrations.get_credentials(connection.uuid)["api_key"] == KEY
    assert integrations.get_credentials(other.uuid)["api_key"] == OTHER_KEY
    assert len({row["key_id"] for row in sealed(db)}) == 2


def test_a_ring_without_the_newest_key_is_refused_in_one_line(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keys(monkeypatch, NEW_KEY)

    with pytest.raises(errors.KeyRingMismatch) as caught:
        key_ring.check()

    assert isinstance(caught.value, errors.StartRefused)
    assert "\n" not in str(caught.value)
    assert NEW_KEY not in str(caught.value)


def test_nothing_is_written_under_a_ring_that_is_refused(
    db: DatabaseUnderTest, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sealed(db)
    use_keys(monkeypatch, NEW_KEY)

    with pytest.raises(errors.KeyRingMismatch):
        integrations.save_setup(connection.uuid, {"api_key": "new"}, actor=BOB)

    assert sealed(db) == before
    assert len(db.rows("SELECT * FROM integration_keys")) == 1


def test_a_ring_without_an_older_key_starts_and_says_how_many_secrets_need_it(
    db: DatabaseUnderTest, lost: Connection
) -> None:
    checked = key_ring.check()

    [[key_id, count]] = checked.missing.items()
    assert count == 2
    assert {row["key_id"] for row in sealed(db)} == {key_id}


def test_the_database_knows_ids_and_check_values_and_no_key(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    [known] = db.rows("SELECT * FROM integration_keys")

    assert base64.b64decode(ENCRYPTION_KEY) not in (
        known["check_value"],
        bytes.fromhex(known["id"]),
    )
    assert len(known["check_value"]) == 32


def test_a_first_key_is_made_in_a_file_for_its_owner_alone(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_keys(monkeypatch)

    added = integrations.add_connection("mistral", "main", values={"api_key": KEY})

    [file] = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert integrations.get_credentials(added.uuid)["api_key"] == KEY


def test_a_key_file_that_others_can_read_is_refused(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "data" / "encryption.keys"
    file.parent.mkdir()
    file.write_text(NEW_KEY)
    file.chmod(0o644)
    use_keys(monkeypatch)

    with pytest.raises(errors.StartRefused, match="chmod 600"):
        key_ring.check()


def test_no_key_is_made_for_a_database_that_knows_one(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_keys(monkeypatch)

    with pytest.raises(errors.KeyRingMismatch):
        key_ring.check()

    assert not (tmp_path / "data" / "encryption.keys").exists()


def test_processes_that_start_at_once_make_one_key(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keys(monkeypatch)
    script = (
        "from integrations_app.services.credentials import key_ring\n"
        "print(key_ring.check().ring.newest.id)"
    )

    started = [processes.start(script) for _ in range(3)]

    ids = {processes.finished(process) for process in started}
    assert ids == {row["id"] for row in db.rows("SELECT id FROM integration_keys")}
    assert len(ids) == 1


def test_a_key_that_is_added_while_a_program_runs_is_used_by_it(
    db: DatabaseUnderTest, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keys(monkeypatch, NEW_KEY, ENCRYPTION_KEY)
    integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=BOB)
    use_keys(monkeypatch, THIRD_KEY, NEW_KEY)

    checked = key_ring.check()

    assert list(checked.missing.values()) == [0]
    assert integrations.get_credentials(connection.uuid)["api_key"] == OTHER_KEY
