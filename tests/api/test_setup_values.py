"""What is typed, what is stored, what is kept, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckReason, CheckResult
from integrations_app.domain.connection import Connection, Status
from integrations_app.errors import FieldProblem
from integrations_app.events.subscription import Subscription
from tests.api.conftest import ANN, BOB, KEY, OTHER_KEY, Register
from tests.api.facts import actions, audit, kinds, told
from tests.api.providers import MANY_FIELDS, SELF_HOSTED, Contributing
from tests.postgresql import DatabaseUnderTest

RESERVED = ["provider", "name", "status", "uuid", "version", "storage_key"]
FORGE = {"base_url": "https://forge.example", "api_key": "abc"}


@pytest.fixture
def acme(db: DatabaseUnderTest, register: Register) -> Connection:
    """A connection with a value in every field, checked with success."""
    register(Contributing(MANY_FIELDS))
    values = {
        "api_key": "abc",
        "webhook_secret": "def",
        "region": "us",
        "plan": "paid",
        "port": "587",
        "address": "https://acme.example/base",
        "code": "ABC",
        "note": "first",
    }
    added = integrations.add_connection("acme", "main", values=values, actor=ANN)
    return checked(added, CheckResult(ok=True))


@pytest.fixture
def forge(db: DatabaseUnderTest, register: Register) -> Connection:
    """A connection whose admin typed where it is."""
    register(Contributing(SELF_HOSTED))
    return integrations.add_connection("forge", "main", values=FORGE, actor=ANN)


def checked(connection: Connection, result: CheckResult) -> Connection:
    integrations.record_validation(connection.uuid, result)
    return integrations.get_integration_by_uuid(connection.uuid)


# Kept


def test_what_is_not_sent_is_kept(acme: Connection) -> None:
    saved = integrations.save_setup(acme.uuid, {"note": "second"}, actor=BOB)

    assert saved.setup_values == {**acme.setup_values, "note": "second"}
    assert saved.saved_secrets == ("api_key", "webhook_secret")
    assert integrations.get_credentials(acme.uuid)["api_key"] == "abc"


@pytest.mark.parametrize("empty", ["", " ", "\t\n"])
def test_an_empty_secret_keeps_the_stored_one(
    connection: Connection, events: Subscription, empty: str
) -> None:
    saved = integrations.save_setup(connection.uuid, {"api_key": empty}, actor=BOB)

    assert saved == connection
    assert integrations.get_credentials(connection.uuid)["api_key"] == KEY
    assert told(events) == []


def test_an_empty_open_value_is_removed(acme: Connection) -> None:
    saved = integrations.save_setup(acme.uuid, {"note": "", "port": " "}, actor=BOB)

    assert "note" not in saved.setup_values
    assert "port" not in saved.setup_values


def test_values_are_trimmed(acme: Connection) -> None:
    saved = integrations.save_setup(acme.uuid, {"note": " second\n", "api_key": "\tnew "})

    assert saved.setup_values["note"] == "second"
    assert integrations.get_credentials(acme.uuid)["api_key"] == "new"


def test_saving_what_is_stored_changes_nothing(
    db: DatabaseUnderTest, acme: Connection, events: Subscription
) -> None:
    before = actions(db)

    saved = integrations.save_setup(acme.uuid, {**acme.setup_values, "api_key": "abc"}, actor=BOB)

    assert saved == acme
    assert actions(db) == before
    assert told(events) == []


def test_a_save_grows_the_version_by_one_and_tells_once(
    acme: Connection, events: Subscription
) -> None:
    saved = integrations.save_setup(acme.uuid, {"note": "n", "api_key": "new", "region": "eu"})

    assert saved.version == acme.version + 1
    assert kinds(events) == ["setup_saved"]


def test_no_secret_is_among_the_open_values(acme: Connection) -> None:
    assert set(acme.setup_values) == {"region", "plan", "port", "address", "code", "note"}
    assert "abc" not in repr(acme)


# Refused


@pytest.mark.parametrize("key", [*RESERVED, "unknown", "", "metadata", "access_token", "__proto__"])
def test_an_undeclared_key_is_refused_and_nothing_is_stored(acme: Connection, key: str) -> None:
    with pytest.raises(errors.InvalidFields) as caught:
        integrations.save_setup(acme.uuid, {key: "x", "note": "second"}, actor=BOB)

    assert caught.value.code == "invalid_fields"
    assert caught.value.fields == {"values": FieldProblem.UNKNOWN}
    assert integrations.get_integration_by_uuid(acme.uuid) == acme


def test_a_key_and_a_value_that_were_interchanged_are_not_told(acme: Connection) -> None:
    with pytest.raises(errors.InvalidFields) as caught:
        integrations.save_setup(acme.uuid, {"sk_live_0123456789": "api_key"}, actor=BOB)

    assert "0123" not in f"{caught.value!r} {vars(caught.value)}"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"api_key": 7}, FieldProblem.NOT_TEXT),
        ({"note": None}, FieldProblem.NOT_TEXT),
        ({"note": ["x"]}, FieldProblem.NOT_TEXT),
        ({"note": "x" * 1001}, FieldProblem.TOO_LONG),
        ({"code": "ABCD"}, FieldProblem.TOO_LONG),
        ({"note": "a\x00b"}, FieldProblem.CONTROL_CHARACTERS),
        ({"note": "a\nb"}, FieldProblem.CONTROL_CHARACTERS),
        ({"api_key": "a\r\nX-Evil: 1"}, FieldProblem.CONTROL_CHARACTERS),
        ({"note": "\ud800"}, FieldProblem.CONTROL_CHARACTERS),
        ({"code": "abc"}, FieldProblem.PATTERN),
        ({"plan": "gold"}, FieldProblem.NOT_AN_OPTION),
        ({"port": "many"}, FieldProblem.NOT_A_NUMBER),
        ({"port": "१"}, FieldProblem.NOT_A_NUMBER),
        ({"address": "http://acme.example"}, FieldProblem.NOT_AN_ADDRESS),
        ({"address": "https://user@acme.example"}, FieldProblem.NOT_AN_ADDRESS),
        ({"address": "javascript:alert(1)"}, FieldProblem.NOT_AN_ADDRESS),
    ],
)
def test_a_value_of_another_form_is_refused_by_its_field(
    acme: Connection, values: dict[str, str], problem: FieldProblem
) -> None:
    with pytest.raises(errors.InvalidFields) as caught:
        integrations.save_setup(acme.uuid, values, actor=BOB)

    assert caught.value.fields == dict.fromkeys(values, problem)
    assert integrations.get_integration_by_uuid(acme.uuid) == acme


@pytest.mark.parametrize("values", ["api_key", ["api_key"], [("api_key", "x")], 7])
def test_values_are_a_mapping(connection: Connection, values: Any) -> None:
    with pytest.raises(errors.InvalidFields):
        integrations.save_setup(connection.uuid, values)
    with pytest.raises(errors.InvalidFields):
        integrations.validate_credentials("mistral", values)


def test_no_error_repeats_a_value(acme: Connection) -> None:
    with pytest.raises(errors.InvalidFields) as caught:
        integrations.save_setup(acme.uuid, {"api_key": "hidden\x00", "code": "hidden"})

    assert "hidden" not in f"{caught.value} {caught.value!r} {caught.value.fields}"


def test_a_required_field_that_is_sent_empty_and_not_stored_is_refused(
    db: DatabaseUnderTest,
) -> None:
    with pytest.raises(errors.InvalidFields) as caught:
        integrations.add_connection("mistral", "main", values={"api_key": " "})

    assert caught.value.fields == {"api_key": FieldProblem.REQUIRED}


def test_a_required_field_with_a_default_may_be_empty(acme: Connection) -> None:
    saved = integrations.save_setup(acme.uuid, {"region": ""})

    assert "region" not in saved.setup_values


def test_setting_up_in_several_steps_is_fine(db: DatabaseUnderTest, register: Register) -> None:
    register(Contributing(SELF_HOSTED))
    added = integrations.add_connection("forge", "main")

    first = integrations.save_setup(added.uuid, {"base_url": "https://forge.example"}, actor=ANN)
    second = integrations.save_setup(added.uuid, {"api_key": "abc"}, actor=BOB)

    assert (first.status, second.status) == (Status.DISCONNECTED, Status.CONFIGURED)


def test_a_credential_that_no_request_could_carry_is_refused(acme: Connection) -> None:
    with pytest.raises(errors.InvalidFields) as caught:
        integrations.save_setup(acme.uuid, {"api_key": "ключ"}, actor=BOB)

    assert list(caught.value.fields) == ["api_key"]


# What becomes of the status


@pytest.mark.parametrize("values", [{"api_key": "new"}, {"region": "eu"}, {"webhook_secret": "x"}])
def test_a_changed_credential_is_configured_again(acme: Connection, values: dict[str, str]) -> None:
    saved = integrations.save_setup(acme.uuid, values, actor=BOB)

    assert (acme.status, saved.status) == (Status.CONNECTED, Status.CONFIGURED)


@pytest.mark.parametrize("result", [CheckResult(ok=True), CheckResult(ok=False)])
def test_any_other_save_keeps_the_status(acme: Connection, result: CheckResult) -> None:
    before = checked(acme, result)

    saved = integrations.save_setup(acme.uuid, {"note": "second"}, actor=BOB)

    assert saved.status is before.status
    assert saved.connected_at == before.connected_at


def test_a_rename_keeps_the_status(acme: Connection) -> None:
    assert integrations.rename_connection(acme.uuid, "second").status is Status.CONNECTED


def test_a_changed_credential_forgets_what_was_found_out_with_the_old_one(
    connection: Connection,
) -> None:
    refused = CheckReason.CREDENTIALS_REJECTED
    failed = checked(
        connection, CheckResult(ok=False, reason=refused, details={"http_status": 401})
    )

    saved = integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=BOB)

    assert failed.validation_details == {"http_status": 401}
    assert saved.validation_reason is None
    assert saved.validation_details == {}


def test_oauth2_without_tokens_is_disconnected_though_step_1_is_saved(
    db: DatabaseUnderTest,
) -> None:
    added = integrations.add_connection(
        "google", "main", values={"client_id": "id", "client_secret": "secret"}
    )

    assert added.status is Status.DISCONNECTED
    assert added.saved_secrets == ("client_secret",)


# Where a secret is sent


def save(uuid: UUID, values: dict[str, str]) -> object:
    return integrations.save_setup(uuid, values, actor=BOB)


def try_out(uuid: UUID, values: dict[str, str]) -> object:
    return integrations.validate_credentials("forge", values, uuid=uuid)


@pytest.mark.parametrize(
    "base_url",
    ["https://evil.example", "https://forge.example/other", "https://forge.example:8443"],
)
def test_a_changed_destination_asks_for_the_secret_anew_on_save(
    forge: Connection, base_url: str
) -> None:
    with pytest.raises(errors.InvalidFields) as caught:
        save(forge.uuid, {"base_url": base_url, "api_key": ""})

    assert caught.value.fields == {"api_key": FieldProblem.SECRET_REQUIRED}
    assert integrations.get_integration_by_uuid(forge.uuid) == forge


def test_a_changed_destination_asks_for_the_secret_anew_on_test(forge: Connection) -> None:
    with pytest.raises(errors.SecretRequired) as caught:
        try_out(forge.uuid, {"base_url": "https://evil.example"})

    assert caught.value.code == "secret_required"
    assert caught.value.fields == ("api_key",)


def test_a_removed_destination_asks_for_the_secret_anew(forge: Connection) -> None:
    with pytest.raises(errors.SecretRequired):
        try_out(forge.uuid, {"base_url": ""})


def test_a_destination_is_changed_together_with_its_secret(forge: Connection) -> None:
    values = {"base_url": "https://new.example", "api_key": "new"}

    saved = integrations.save_setup(forge.uuid, values, actor=BOB)

    assert dict(integrations.get_credentials(forge.uuid)) == values
    assert saved.status is Status.CONFIGURED


@pytest.mark.parametrize("change", [save, try_out])
def test_the_stored_destination_sent_again_asks_for_nothing(
    forge: Connection, change: Callable[[UUID, dict[str, str]], object]
) -> None:
    change(forge.uuid, {"base_url": "https://forge.example", "note": "same place"})

    assert "api_key" in integrations.get_credentials(forge.uuid)


def test_a_destination_that_was_never_set_may_be_set_without_a_secret(
    db: DatabaseUnderTest, register: Register
) -> None:
    register(Contributing(SELF_HOSTED))
    added = integrations.add_connection("forge", "main", actor=ANN)

    saved = integrations.save_setup(added.uuid, {"base_url": "https://forge.example"}, actor=BOB)

    assert saved.setup_values == {"base_url": "https://forge.example"}


def test_a_stored_secret_is_not_moved_to_another_provider(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    with pytest.raises(errors.NotFound):
        integrations.validate_credentials("deepseek", {}, uuid=connection.uuid)


def test_the_audit_log_names_the_changed_fields_only(
    db: DatabaseUnderTest, acme: Connection
) -> None:
    integrations.save_setup(acme.uuid, {"note": "x", "api_key": "new", "plan": "paid"}, actor=BOB)

    assert audit(db)[-1]["fields"] == ["api_key", "note"]
