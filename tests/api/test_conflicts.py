"""Two people, one connection."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection
from integrations_app.events.subscription import Subscription
from tests.api.conftest import ANN, BOB, KEY, OTHER_KEY
from tests.api.facts import kinds, told
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once


def test_a_save_that_has_read_the_newest_version_goes_through(connection: Connection) -> None:
    saved = integrations.save_setup(
        connection.uuid, {"api_key": OTHER_KEY}, expected_version=connection.version, actor=BOB
    )

    assert saved.version == connection.version + 1


def test_a_stale_save_is_refused_and_changes_nothing(
    connection: Connection, events: Subscription
) -> None:
    anns = integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=ANN)

    with pytest.raises(errors.Conflict) as caught:
        integrations.save_setup(
            connection.uuid, {"api_key": KEY}, expected_version=connection.version, actor=BOB
        )

    assert caught.value.code == "conflict"
    assert caught.value.fields == ("api_key",)
    assert caught.value.version == anns.version
    assert integrations.get_credentials(connection.uuid)["api_key"] == OTHER_KEY
    assert kinds(events) == ["setup_saved"]


def test_a_conflict_names_everything_that_changed_meanwhile(connection: Connection) -> None:
    integrations.rename_connection(connection.uuid, "second", actor=ANN)
    integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=ANN)

    with pytest.raises(errors.Conflict) as caught:
        integrations.rename_connection(
            connection.uuid, "third", expected_version=connection.version, actor=BOB
        )

    assert caught.value.fields == ("api_key", "name")


def test_a_conflict_does_not_name_what_had_changed_before(connection: Connection) -> None:
    read = integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=ANN)
    integrations.rename_connection(connection.uuid, "second", actor=ANN)

    with pytest.raises(errors.Conflict) as caught:
        integrations.update_connection(
            connection.uuid, name="third", expected_version=read.version, actor=BOB
        )

    assert caught.value.fields == ("name",)


def test_a_disconnect_meanwhile_is_a_conflict(connection: Connection) -> None:
    integrations.disconnect(connection.uuid, actor=ANN)

    with pytest.raises(errors.Conflict) as caught:
        integrations.save_setup(
            connection.uuid, {"api_key": ""}, expected_version=connection.version, actor=BOB
        )

    assert caught.value.fields == ("api_key",)


def test_a_check_meanwhile_is_no_conflict(connection: Connection) -> None:
    integrations.record_validation(connection.uuid, CheckResult(ok=True), actor=ANN)

    saved = integrations.save_setup(
        connection.uuid, {"api_key": OTHER_KEY}, expected_version=connection.version, actor=BOB
    )

    assert saved.version == connection.version + 1


def test_of_two_saves_at_once_exactly_one_wins(
    connection: Connection, events: Subscription
) -> None:
    def save(key: str) -> Callable[[], object]:
        return lambda: integrations.save_setup(
            connection.uuid, {"api_key": key}, expected_version=connection.version
        )

    outcomes = at_once(*(save(f"key-{number}") for number in range(4)))

    assert outcomes.count("conflict") == 3
    assert kinds(events) == ["setup_saved"]


def test_saves_without_a_version_follow_each_other(connection: Connection) -> None:
    at_once(
        *(
            lambda number=number: integrations.save_setup(
                connection.uuid, {"api_key": f"key-{number}"}
            )
            for number in range(4)
        )
    )

    assert integrations.get_integration_by_uuid(connection.uuid).version == 5


def test_of_two_connections_of_one_name_at_once_exactly_one_is_added(
    db: DatabaseUnderTest, events: Subscription
) -> None:
    outcomes = at_once(*4 * [lambda: integrations.add_connection("mistral", "main")])

    assert outcomes.count("already_exists") == 3
    assert len(integrations.list_connections()) == 1
    assert kinds(events) == ["connection_added"]


def test_a_removal_and_a_save_at_once_leave_nothing_behind(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    outcomes = at_once(
        lambda: integrations.remove_connection(connection.uuid, actor=ANN),
        lambda: integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=BOB),
    )

    assert outcomes[0] is True
    assert db.rows("SELECT * FROM integration_secrets") == []


def test_two_connections_that_swap_names_at_once_never_lose_one(
    connection: Connection, events: Subscription
) -> None:
    other = integrations.add_connection("mistral", "other", actor=BOB)

    outcomes = at_once(
        lambda: integrations.rename_connection(connection.uuid, "other"),
        lambda: integrations.rename_connection(other.uuid, "main"),
    )

    assert outcomes == ["already_exists", "already_exists"]
    assert {each.name for each in integrations.list_connections()} == {"main", "other"}
    assert told(events)[1:] == []
