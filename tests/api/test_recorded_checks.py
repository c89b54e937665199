"""What a recorded check changes, and what it does not."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from integrations_app import integrations
from integrations_app.domain.check import Account, CheckReason, CheckResult
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.events.hub import Fact
from integrations_app.events.subscription import Subscription
from integrations_app.services.changes import event_stream
from tests.api.conftest import ANN, BOB, CLOCK, KEY, OTHER_KEY, Register
from tests.api.facts import actions, audit, kinds, told
from tests.api.providers import UNTESTABLE, Contributing
from tests.postgresql import DatabaseUnderTest
from tests.world import World

GOOD = CheckResult(ok=True, account=Account(id="a-1", name="Acme"))
REFUSED = CheckResult(
    ok=False, reason=CheckReason.CREDENTIALS_REJECTED, details={"http_status": 401}
)
LIMITED = CheckResult(
    ok=False,
    reason=CheckReason.RATE_LIMITED,
    details={"http_status": 429, "retry_after_s": 30, "provider_code": "slow_down"},
)


def recorded(connection: Connection, *results: CheckResult) -> Connection:
    for result in results:
        integrations.record_validation(connection.uuid, result, actor=BOB)
    return integrations.get_integration_by_uuid(connection.uuid)


# Success and failure


def test_a_success_connects(connection: Connection) -> None:
    after = recorded(connection, GOOD)

    assert after.status is Status.CONNECTED
    assert (after.account_id, after.account_name) == ("a-1", "Acme")
    assert after.connected_at == after.last_validated_at is not None


def test_a_failure_is_an_error_with_its_reason_and_details(connection: Connection) -> None:
    after = recorded(connection, LIMITED)

    assert after.status is Status.ERROR
    assert after.validation_reason is CheckReason.RATE_LIMITED
    assert after.validation_details == LIMITED.details


def test_a_reason_may_be_given_as_text(connection: Connection) -> None:
    reason: Any = "no_credit"

    after = recorded(connection, CheckResult(ok=False, reason=reason))

    assert after.validation_reason is CheckReason.NO_CREDIT


def test_every_check_stamps_when_it_was_and_a_success_when_it_succeeded(
    connection: Connection,
) -> None:
    first = recorded(connection, GOOD)
    second = recorded(connection, GOOD)
    third = recorded(connection, REFUSED)
    fourth = recorded(connection, REFUSED)

    succeeded = [each.connected_at for each in (first, second, third, fourth)]
    checked = [each.last_validated_at for each in (first, second, third, fourth)]
    assert sorted({each for each in checked if each}) == checked
    assert succeeded == [checked[0], checked[1], checked[1], checked[1]]


def test_a_success_after_a_failure_forgets_the_reason(connection: Connection) -> None:
    after = recorded(connection, REFUSED, GOOD)

    assert (after.validation_reason, after.validation_details) == (None, {})


def test_a_check_leaves_the_version_alone(connection: Connection) -> None:
    assert recorded(connection, GOOD, REFUSED).version == connection.version


def test_only_listed_facts_of_an_answer_are_kept(connection: Connection) -> None:
    result = CheckResult(
        ok=False,
        reason=CheckReason.PROVIDER_ERROR,
        details={
            "http_status": 500,
            "body": "with a secret",
        },
    )

    assert recorded(connection, result).validation_details == {"http_status": 500}


def test_a_check_that_was_not_possible_leaves_it_configured(
    db: DatabaseUnderTest, register: Register
) -> None:
    register(Contributing(UNTESTABLE))
    added = integrations.add_connection("silent", "main", values={"api_key": "abc"}, actor=ANN)

    result = integrations.validate_connection(added.uuid)

    after = recorded(added, result)
    assert (result.ok, result.reason) == (False, CheckReason.NOT_TESTABLE)
    assert (after.status, after.validation_reason) == (
        Status.CONFIGURED,
        CheckReason.NOT_TESTABLE,
    )


def test_a_failure_without_credentials_is_no_error(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("google", "main")

    after = recorded(added, integrations.validate_connection(added.uuid))

    assert (after.status, after.validation_reason) == (
        Status.DISCONNECTED,
        CheckReason.NEEDS_RECONNECT,
    )


def test_a_failed_check_of_a_connected_one_keeps_its_account(connection: Connection) -> None:
    assert recorded(connection, GOOD, LIMITED).account_name == "Acme"


def test_a_check_of_what_is_gone_is_recorded_nowhere(db: DatabaseUnderTest) -> None:
    integrations.record_validation(uuid4(), GOOD, actor=BOB)

    assert audit(db) == []


def test_asking_alone_stores_nothing(
    db: DatabaseUnderTest, connection: Connection, outside: World, events: Subscription
) -> None:
    before = actions(db)

    result = integrations.validate_connection(connection.uuid, actor=BOB)

    assert result.ok
    assert integrations.get_integration_by_uuid(connection.uuid) == connection
    assert actions(db) == before
    assert told(events) == []


# A result that came too late


def test_a_check_of_credentials_that_were_replaced_meanwhile_is_not_recorded(
    connection: Connection, outside: World
) -> None:
    late = integrations.validate_connection(connection.uuid, actor=ANN)
    saved = integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=BOB)

    integrations.record_validation(connection.uuid, late, actor=ANN)

    assert late.ok
    assert integrations.get_integration_by_uuid(connection.uuid) == saved


def test_a_check_of_credentials_that_were_removed_meanwhile_is_not_recorded(
    connection: Connection, outside: World
) -> None:
    late = integrations.validate_connection(connection.uuid, actor=ANN)
    integrations.disconnect(connection.uuid, actor=BOB)

    after = recorded(connection, late)

    assert (after.status, after.connected_at) == (Status.DISCONNECTED, None)


def test_a_rename_meanwhile_does_not_make_a_check_late(
    connection: Connection, outside: World
) -> None:
    result = integrations.validate_connection(connection.uuid, actor=ANN)
    integrations.rename_connection(connection.uuid, "second", actor=BOB)

    assert recorded(connection, result).status is Status.CONNECTED


# What is told


def test_a_check_is_told_when_status_reason_or_details_changed(
    connection: Connection, events: Subscription
) -> None:
    recorded(connection, GOOD, GOOD, REFUSED, REFUSED, LIMITED, LIMITED, GOOD)

    assert kinds(events) == 4 * ["validated"]


def test_pages_learn_of_every_check_by_a_notice_that_subscriptions_do_not_deliver(
    connection: Connection, events: Subscription
) -> None:
    noticed: list[Fact] = []
    event_stream.hub().add(noticed.append)

    recorded(connection, GOOD, GOOD)

    assert kinds(events) == ["validated"]
    notices = [each for each in noticed if isinstance(each, Notice)]
    assert notices == [Notice(kind=NoticeKind.CHECK_RECORDED, uuid=connection.uuid)]


def test_a_persons_checks_are_all_audited(db: DatabaseUnderTest, connection: Connection) -> None:
    recorded(connection, GOOD, GOOD, REFUSED)

    assert actions(db)[2:] == 3 * ["validated"]


def test_scheduled_checks_are_audited_only_when_the_status_changes(
    db: DatabaseUnderTest, connection: Connection, events: Subscription
) -> None:
    for result in (GOOD, GOOD, REFUSED, LIMITED, LIMITED, GOOD):
        integrations.record_validation(connection.uuid, result, actor=CLOCK)

    assert actions(db)[2:] == 3 * ["validated"]
    assert kinds(events) == 4 * ["validated"]


def test_no_details_of_a_check_reach_the_audit_log(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    recorded(connection, LIMITED)

    assert audit(db)[-1]["fields"] == []
    assert KEY not in str(audit(db))
