"""Connections come, change their names and go."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID, uuid4

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.provider import AuthType
from integrations_app.domain.usage import Usage
from integrations_app.events.subscription import Subscription
from tests.api.conftest import ANN, BOB, KEY, OTHER_KEY, Register
from tests.api.facts import actions, audit, kinds, told
from tests.api.providers import Broken, Contributing, Using, declared
from tests.postgresql import DatabaseUnderTest

NAMES = ["a", "Z", "0", "default", "a_b-c", "9-", "A" * 100]
NOT_NAMES = ["-a", "_a", "a b", "a:b", "a.b", "ä", "a\nb", "a\x00", "A" * 101, "é", "a/b", "１"]


# Adding


def test_a_new_connection_has_a_uuid_of_version_7(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("mistral", "main")

    assert isinstance(added.uuid, UUID)
    assert added.uuid.version == 7


def test_a_connection_without_values_is_disconnected(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("mistral", "main", actor=ANN)

    assert added.status is Status.DISCONNECTED
    assert added.version == 1
    assert added.setup_values == {}
    assert added.saved_secrets == ()
    assert added.last_validated_at is added.connected_at is added.validation_reason is None
    assert added == integrations.get_integration_by_uuid(added.uuid)


def test_a_connection_with_values_is_configured_and_never_connected(
    connection: Connection,
) -> None:
    assert connection.status is Status.CONFIGURED
    assert connection.version == 1
    assert connection.saved_secrets == ("api_key",)
    assert integrations.get_credentials(connection.uuid)["api_key"] == KEY


def test_the_authentication_is_the_declarations(db: DatabaseUnderTest) -> None:
    key = integrations.add_connection("mistral", "main")
    account = integrations.add_connection("google", "main")

    assert (key.auth_type, account.auth_type) == (AuthType.API_KEY, AuthType.OAUTH2)


def test_times_are_in_utc_wherever_the_server_is(db: DatabaseUnderTest) -> None:
    db.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET timezone = ''Asia/Tokyo'' ',"
        " current_database()); END $$"
    )
    added = integrations.add_connection("mistral", "main")

    integrations.record_validation(added.uuid, CheckResult(ok=True))

    found = integrations.get_integration_by_uuid(added.uuid)
    times = (found.created_at, found.updated_at, found.last_validated_at, found.connected_at)
    assert [moment and moment.tzinfo for moment in times] == [UTC] * 4


def test_values_that_cannot_be_saved_leave_no_connection(db: DatabaseUnderTest) -> None:
    with pytest.raises(errors.InvalidFields):
        integrations.add_connection("mistral", "main", values={"api_key": "with spaces"})

    assert integrations.list_connections() == []
    assert audit(db) == []


@pytest.mark.parametrize("provider", ["unknown", "", "Mistral", "mistral ", "mis:tral"])
def test_a_connection_needs_a_declared_provider(db: DatabaseUnderTest, provider: str) -> None:
    with pytest.raises(errors.UnknownProvider) as caught:
        integrations.add_connection(provider, "main")

    assert caught.value.code == "unknown_provider"


# Names


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_letters_digits_underscores_and_hyphens(db: DatabaseUnderTest, name: str) -> None:
    added = integrations.add_connection("mistral", f"  {name}\t\n")

    assert added.name == name
    assert added.storage_key == f"integration:mistral:{name}"


@pytest.mark.parametrize("name", NOT_NAMES)
def test_nothing_else_is_a_name(connection: Connection, name: str) -> None:
    with pytest.raises(errors.InvalidName) as adding:
        integrations.add_connection("mistral", name)
    with pytest.raises(errors.InvalidName):
        integrations.rename_connection(connection.uuid, name)

    assert adding.value.code == "invalid_name"
    assert integrations.list_connections() == [connection]


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u2003"])
def test_a_name_is_needed(connection: Connection, name: str) -> None:
    with pytest.raises(errors.EmptyName) as adding:
        integrations.add_connection("mistral", name)
    with pytest.raises(errors.EmptyName):
        integrations.rename_connection(connection.uuid, name)
    with pytest.raises(errors.EmptyName):
        integrations.update_connection(connection.uuid, name=name)

    assert adding.value.code == "empty_name"
    assert integrations.list_connections() == [connection]


def test_a_name_is_taken_once_a_provider_whoever_took_it(connection: Connection) -> None:
    with pytest.raises(errors.AlreadyExists) as caught:
        integrations.add_connection("mistral", " main ", actor=BOB)

    assert caught.value.code == "already_exists"
    assert (caught.value.provider, caught.value.name) == ("mistral", "main")


def test_another_provider_and_another_case_make_another_name(connection: Connection) -> None:
    integrations.add_connection("deepseek", "main")
    integrations.add_connection("mistral", "MAIN")

    assert len(integrations.list_connections()) == 3


def test_default_is_a_name_like_any_other(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("mistral", "default")

    renamed = integrations.rename_connection(added.uuid, "other")
    removed = integrations.remove_connection(added.uuid)

    assert (added.name, renamed.name, removed) == ("default", "other", True)


# Renaming


def test_a_rename_keeps_everything_but_name_key_and_version(connection: Connection) -> None:
    renamed = integrations.rename_connection(str(connection.uuid), "second", actor=BOB)

    assert renamed.uuid == connection.uuid
    assert (renamed.name, renamed.storage_key) == ("second", "integration:mistral:second")
    assert renamed.version == connection.version + 1
    assert renamed.status is connection.status
    assert integrations.get_credentials(connection.uuid)["api_key"] == KEY


def test_a_rename_to_the_current_name_leaves_no_trace(
    db: DatabaseUnderTest, connection: Connection, events: Subscription
) -> None:
    before = actions(db)

    renamed = integrations.rename_connection(connection.uuid, " main ", actor=BOB)

    assert renamed == connection
    assert actions(db) == before
    assert told(events) == []


def test_a_rename_tells_the_old_name(connection: Connection, events: Subscription) -> None:
    integrations.rename_connection(connection.uuid, "second")

    [event] = told(events)
    assert (event.kind, event.name, event.old_name) == ("connection_renamed", "second", "main")


def test_a_rename_to_anothers_name_is_refused(connection: Connection) -> None:
    other = integrations.add_connection("mistral", "other", actor=BOB)

    with pytest.raises(errors.AlreadyExists):
        integrations.rename_connection(connection.uuid, "other")

    assert integrations.list_connections("mistral") == [connection, other]


def test_a_name_that_became_free_can_be_taken(connection: Connection) -> None:
    integrations.rename_connection(connection.uuid, "second", actor=ANN)

    other = integrations.add_connection("mistral", "main", actor=BOB)

    assert other.uuid != connection.uuid
    assert integrations.find_uuid_by_provider_name("mistral:main") == other.uuid


def test_a_rename_works_for_a_provider_that_is_no_longer_declared(
    db: DatabaseUnderTest, register: Register
) -> None:
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name) VALUES (%s, 'gone', 'main')",
        uuid := uuid4(),
    )

    renamed = integrations.rename_connection(uuid, "second")

    assert (renamed.name, renamed.auth_type) == ("second", None)


# Renaming and saving at once


def test_rename_and_save_are_one_step(
    db: DatabaseUnderTest, connection: Connection, events: Subscription
) -> None:
    updated = integrations.update_connection(
        connection.uuid, name="second", values={"api_key": OTHER_KEY}, actor=BOB
    )

    assert updated.version == connection.version + 1
    assert updated.name == "second"
    assert integrations.get_credentials(connection.uuid)["api_key"] == OTHER_KEY
    assert kinds(events) == ["connection_renamed", "setup_saved"]
    assert [entry["version"] for entry in audit(db)[2:4]] == [2, 2]


def test_a_refused_save_takes_the_rename_back(connection: Connection, events: Subscription) -> None:
    with pytest.raises(errors.InvalidFields):
        integrations.update_connection(connection.uuid, name="second", values={"nonsense": "1"})

    assert integrations.get_integration_by_uuid(connection.uuid) == connection
    assert told(events) == []


def test_a_refused_rename_takes_the_save_back(connection: Connection) -> None:
    integrations.add_connection("mistral", "taken", actor=BOB)

    with pytest.raises(errors.AlreadyExists):
        integrations.update_connection(connection.uuid, name="taken", values={"api_key": OTHER_KEY})

    assert integrations.get_credentials(connection.uuid)["api_key"] == KEY


def test_an_update_of_nothing_changes_nothing(connection: Connection, events: Subscription) -> None:
    assert integrations.update_connection(connection.uuid) == connection
    assert integrations.update_connection(connection.uuid, values={}) == connection
    assert told(events) == []


# Disconnecting


def test_disconnect_removes_the_credentials_and_keeps_the_row(
    connection: Connection, events: Subscription
) -> None:
    changed = integrations.disconnect(connection.uuid, actor=BOB)

    left = integrations.get_integration_by_uuid(connection.uuid)
    assert changed is True
    assert (left.uuid, left.name) == (connection.uuid, "main")
    assert (left.status, left.saved_secrets) == (Status.DISCONNECTED, ())
    assert kinds(events) == ["disconnected"]
    with pytest.raises(errors.NotConfigured):
        integrations.get_credentials(connection.uuid)


def test_a_second_disconnect_changes_nothing(connection: Connection, events: Subscription) -> None:
    integrations.disconnect(connection.uuid, actor=ANN)

    assert integrations.disconnect(connection.uuid, actor=BOB) is False
    assert kinds(events) == ["disconnected"]


def test_disconnecting_oauth2_keeps_client_id_and_secret(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection(
        "google", "main", values={"client_id": "id", "client_secret": "secret"}
    )

    integrations.disconnect(added.uuid)

    left = integrations.get_integration_by_uuid(added.uuid)
    assert left.setup_values == {"client_id": "id"}
    assert left.saved_secrets == ("client_secret",)


def test_nothing_can_be_had_of_what_was_disconnected(
    db: DatabaseUnderTest, register: Register
) -> None:
    fields = [{"key": "api_key", "label": "API key", "secret": True}]
    register(Contributing(declared("lax", fields=fields)))
    added = integrations.add_connection("lax", "main", values={"api_key": "abc"})

    integrations.disconnect(added.uuid)

    assert not integrations.is_connected(added.uuid)


# Removing


def test_removal_is_for_good_and_remembered_by_the_audit_log(
    db: DatabaseUnderTest, connection: Connection, events: Subscription
) -> None:
    removed = integrations.remove_connection(connection.uuid, actor=BOB)

    entry = audit(db)[-1]
    assert removed is True
    assert integrations.list_connections() == []
    assert db.rows("SELECT * FROM integration_secrets") == []
    assert (entry["action"], entry["connection_uuid"]) == ("connection_removed", connection.uuid)
    assert (entry["provider"], entry["name"]) == ("mistral", "main")
    assert kinds(events) == ["connection_removed"]


def test_the_uuid_of_a_removed_connection_is_not_used_again(connection: Connection) -> None:
    integrations.remove_connection(connection.uuid, actor=ANN)

    again = integrations.add_connection("mistral", "main", actor=BOB)

    assert again.uuid != connection.uuid
    with pytest.raises(errors.Deleted):
        integrations.get_credentials(connection.uuid)


def test_what_is_gone_is_disconnected_and_removed_quietly(
    connection: Connection, events: Subscription
) -> None:
    integrations.remove_connection(connection.uuid, actor=ANN)

    assert integrations.remove_connection(connection.uuid, actor=BOB) is False
    assert integrations.disconnect(str(uuid4()), actor=BOB) is False
    assert kinds(events) == ["connection_removed"]


def test_a_blocking_use_refuses_removal_and_says_who(
    connection: Connection, register: Register
) -> None:
    register(Using(Usage(label="Nightly report", url="/reports/1", blocking=True)))

    with pytest.raises(errors.InUse) as caught:
        integrations.remove_connection(connection.uuid, actor=BOB)

    assert caught.value.code == "in_use"
    assert [usage.label for usage in caught.value.usages] == ["Nightly report"]
    assert integrations.list_connections() == [connection]


def test_a_use_that_does_not_block_lets_removal_through(
    connection: Connection, register: Register
) -> None:
    register(Using(Usage(label="Nightly report")))

    assert integrations.remove_connection(connection.uuid) is True


def test_a_module_that_cannot_say_blocks_removal(
    connection: Connection, register: Register
) -> None:
    register(Broken())

    with pytest.raises(errors.InUse, match="broken"):
        integrations.remove_connection(connection.uuid)


def test_removing_what_is_gone_is_quiet_whoever_uses_it(
    db: DatabaseUnderTest, register: Register
) -> None:
    register(Using(Usage(label="Nightly report", blocking=True)))

    assert integrations.remove_connection(uuid4()) is False


def test_a_reference_to_a_connection_may_dangle(db: DatabaseUnderTest) -> None:
    foreign_keys = db.rows(
        "SELECT conrelid::regclass::text AS of FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid = 'integration_connections'::regclass"
    )

    assert {row["of"] for row in foreign_keys} == {
        "integration_secrets",
        "integration_authorizations",
        "integration_account_changes",
    }, "a consumer's row must not be among them"


# Listing


def test_connections_are_listed_by_provider_then_name_whatever_the_case(
    db: DatabaseUnderTest,
) -> None:
    for provider, name in [
        ("openrouter", "a"),
        ("mistral", "b"),
        ("mistral", "C"),
        ("mistral", "a"),
        ("mistral", "B"),
    ]:
        integrations.add_connection(provider, name)

    listed = [(each.provider, each.name.lower()) for each in integrations.list_connections()]

    assert listed == [
        ("mistral", "a"),
        ("mistral", "b"),
        ("mistral", "b"),
        ("mistral", "c"),
        ("openrouter", "a"),
    ]


def test_a_providers_connections_can_be_listed_alone(connection: Connection) -> None:
    integrations.add_connection("deepseek", "other", actor=BOB)

    assert integrations.list_connections("mistral") == [connection]


@pytest.mark.parametrize("provider", ["unknown", "", "a:b", "a\x00", "\ud800", "%"])
def test_a_provider_without_connections_has_an_empty_list(
    connection: Connection, provider: str
) -> None:
    assert integrations.list_connections(provider) == []


# Providers


def test_the_providers_are_listed_by_title() -> None:
    titles = [provider.title for provider in integrations.list_providers()]

    assert titles == sorted(titles, key=str.casefold)
    assert {"google", "microsoft", "openrouter", "mistral", "deepseek"} <= {
        provider.key for provider in integrations.list_providers()
    }


def test_an_undeclared_provider_is_unknown() -> None:
    with pytest.raises(errors.UnknownProvider) as caught:
        integrations.get_provider("unknown")

    assert caught.value.code == "unknown_provider"
    assert integrations.get_provider("mistral").title == "Mistral"


# Who is meant


NOT_UUIDS = [None, "", "mistral:main", "mistral", 7, b"0" * 16, "0" * 32, " " * 36, ["a"]]


@pytest.mark.parametrize("value", NOT_UUIDS)
def test_only_a_uuid_or_its_string_names_what_is_to_change(
    connection: Connection, value: Any
) -> None:
    calls = [
        lambda: integrations.get_integration_by_uuid(value),
        lambda: integrations.update_connection(value, name="x"),
        lambda: integrations.save_setup(value, {}),
        lambda: integrations.rename_connection(value, "x"),
        lambda: integrations.disconnect(value),
        lambda: integrations.remove_connection(value),
        lambda: integrations.validate_connection(value),
        lambda: integrations.record_validation(value, CheckResult(ok=True)),
    ]

    for call in calls:
        with pytest.raises(errors.InvalidUuid) as caught:
            call()
        assert caught.value.code == "invalid_uuid"


def test_an_unknown_uuid_is_not_found(db: DatabaseUnderTest) -> None:
    uuid = uuid4()
    calls = [
        lambda: integrations.get_integration_by_uuid(uuid),
        lambda: integrations.update_connection(uuid, name="x"),
        lambda: integrations.save_setup(uuid, {}),
        lambda: integrations.rename_connection(uuid, "x"),
        lambda: integrations.validate_connection(uuid),
        lambda: integrations.validate_credentials("mistral", {}, uuid=uuid),
    ]

    for call in calls:
        with pytest.raises(errors.NotFound) as caught:
            call()
        assert caught.value.code == "not_found"


def test_every_spelling_of_a_uuid_is_understood(connection: Connection) -> None:
    assert integrations.get_integration_by_uuid(str(connection.uuid).upper()) == connection
