"""A renewal that fails says why, waits, and recovers by itself (O-5)."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from integrations_app.security.egress import DEADLINE_S
from integrations_app.services.checking import run
from tests.api.conftest import BOB, CLOCK
from tests.api.facts import actions, audit, kinds, told
from tests.api.oauth.accounts import Connected, moment
from tests.api.oauth.conftest import Connect
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once
from tests.world import Trouble, World

REFUSED = (Trouble.INVALID_GRANT, Trouble.INVALID_CLIENT)
DETAILS = {
    Trouble.INVALID_GRANT: {"http_status": 400, "provider_code": "invalid_grant"},
    Trouble.INVALID_CLIENT: {"http_status": 401, "provider_code": "invalid_client"},
    Trouble.SERVER_ERROR: {"http_status": 500, "provider_code": "server_error"},
    Trouble.UNAVAILABLE: {
        "http_status": 503,
        "provider_code": "temporarily_unavailable",
        "retry_after_s": 30,
    },
    Trouble.RATE_LIMITED: {
        "http_status": 429,
        "provider_code": "rate_limit_exceeded",
        "retry_after_s": 30,
    },
    Trouble.GARBAGE: {},
    Trouble.HTML: {"http_status": 200},
    Trouble.CUT_BODY: {},
    Trouble.REDIRECT_ELSEWHERE: {"http_status": 307},
    Trouble.NO_ACCESS_TOKEN: {"http_status": 200},
}
every_trouble = pytest.mark.parametrize("trouble", DETAILS)
each_kind = pytest.mark.parametrize("trouble", [Trouble.INVALID_GRANT, Trouble.SERVER_ERROR])


def reason_for(trouble: Trouble) -> str:
    return "needs_reconnect" if trouble in REFUSED else "unreachable"


def refused(account: Connected) -> errors.TokenRefreshFailed:
    """Ask for credentials that cannot be had."""
    with pytest.raises(errors.TokenRefreshFailed) as caught:
        integrations.get_credentials(account.uuid)
    return caught.value


# What the answers mean


@every_trouble
def test_a_renewal_that_fails_is_an_error_with_its_reason(
    connect: Connect, outside: World, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    account = connect()
    token = account.token
    account.expire()
    outside.oauth.refreshes(account.client.id, trouble)

    with caplog.at_level(logging.DEBUG):
        error = refused(account)

    assert (error.code, error.reason.value) == ("token_refresh_failed", reason_for(trouble))
    assert account.status == ("error", reason_for(trouble))
    assert error.details == account.stored.validation_details == DETAILS[trouble]
    assert len(account.refreshes) == 1
    shown = f"{error} {error!r} {caplog.text}"
    assert token not in shown
    assert account.client.secret not in shown


@every_trouble
def test_a_token_that_is_still_good_is_handed_out_when_its_renewal_fails(
    connect: Connect, outside: World, trouble: Trouble
) -> None:
    account = connect()
    token = account.token
    account.become_due()
    outside.oauth.refreshes(account.client.id, trouble)

    assert account.token == token
    assert integrations.is_connected(account.uuid)
    assert account.status == ("error", reason_for(trouble))
    assert len(account.refreshes) == 1


def test_a_redirect_carries_nothing_elsewhere(connect: Connect, outside: World) -> None:
    account = connect()
    account.expire()
    outside.oauth.refreshes(account.client.id, Trouble.REDIRECT_ELSEWHERE)
    visits = len(outside.recorder.connects(host="evil.example"))

    refused(account)

    assert outside.requests(host="evil.example", key=account.client.id) == []
    assert outside.requests(host="evil.example", key=account.client.secret) == []
    assert len(outside.recorder.connects(host="evil.example")) == visits


def test_a_provider_that_hangs_costs_one_deadline_for_everyone(
    connect: Connect, outside: World
) -> None:
    account = connect()
    account.expire()
    outside.oauth.refreshes(account.client.id, Trouble.HANGING)
    started = time.monotonic()

    outcomes = at_once(*[lambda: account.token] * 5)

    assert outcomes == ["token_refresh_failed"] * 5
    assert DEADLINE_S - 0.5 < time.monotonic() - started < DEADLINE_S + 3
    assert account.status == ("error", "unreachable")
    assert len(account.refreshes) == 1


def test_an_account_that_took_its_permission_back_needs_reconnecting(
    connect: Connect, outside: World
) -> None:
    account = connect()
    account.expire()
    outside.oauth.withdraw(account.client.id)

    assert refused(account).reason is CheckReason.NEEDS_RECONNECT
    assert not integrations.is_connected(account.uuid)


# The pause after it


@each_kind
def test_nobody_asks_again_during_the_pause(
    connect: Connect, outside: World, trouble: Trouble
) -> None:
    account = connect()
    account.fail_once(trouble)

    error = refused(account)

    assert error.reason.value == reason_for(trouble)
    assert len(account.refreshes) == 1


@pytest.mark.parametrize(
    ("trouble", "shortest", "longest"),
    [
        (Trouble.SERVER_ERROR, timedelta(seconds=30), timedelta(seconds=36)),
        (Trouble.INVALID_GRANT, timedelta(minutes=30), timedelta(minutes=36)),
    ],
)
def test_the_pause_is_longer_where_the_provider_refused(
    connect: Connect, trouble: Trouble, shortest: timedelta, longest: timedelta
) -> None:
    account = connect()
    before = datetime.now(UTC)

    account.fail_once(trouble)

    retry_at = moment(account, "token_retry_at")
    assert before + shortest <= retry_at <= datetime.now(UTC) + longest


def test_the_pause_doubles_with_every_failure_up_to_half_a_day(
    connect: Connect, outside: World
) -> None:
    account = connect()
    outside.oauth.refreshes(account.client.id, Trouble.SERVER_ERROR)
    account.expire()
    pauses_s: list[float] = []

    for _ in range(3):
        refused(account)
        pauses_s.append((moment(account, "token_retry_at") - datetime.now(UTC)).total_seconds())
        account.cool_down()
    account.db.execute("UPDATE integration_connections SET token_failures = 1000")
    refused(account)
    last = moment(account, "token_retry_at") - datetime.now(UTC)

    for pause_s, first_s in zip(pauses_s, (30, 60, 120), strict=True):
        assert first_s - 5 < pause_s <= first_s * 1.2
    assert timedelta(hours=11) < last <= timedelta(hours=12) * 1.2


def test_a_person_who_checks_does_not_wait_for_the_pause(connect: Connect) -> None:
    account = connect()
    account.fail_once(Trouble.SERVER_ERROR)

    result = integrations.validate_connection(account.uuid)

    assert result.ok
    assert account.status == ("connected", None)
    assert len(account.refreshes) == 2


def test_a_person_who_asks_for_a_token_does_not_wait_for_the_pause(connect: Connect) -> None:
    account = connect()
    account.fail_once(Trouble.INVALID_GRANT)

    token = integrations.refresh_access_token(account.uuid, actor=BOB)

    assert account.token == token
    assert account.status == ("connected", None)


def test_a_check_by_the_clock_waits_for_the_pause(connect: Connect) -> None:
    account = connect()
    account.fail_once(Trouble.SERVER_ERROR)

    result = run.run(account.uuid, actor=CLOCK)

    assert result.reason is CheckReason.UNREACHABLE
    assert len(account.refreshes) == 1


def test_a_check_that_cannot_renew_says_why(connect: Connect, outside: World) -> None:
    account = connect()
    account.expire()
    outside.oauth.refreshes(account.client.id, Trouble.INVALID_GRANT)

    result = integrations.validate_connection(account.uuid)

    assert (result.ok, result.reason) == (False, CheckReason.NEEDS_RECONNECT)
    assert result.details == DETAILS[Trouble.INVALID_GRANT]
    assert result.message


# Recovery


@each_kind
def test_a_connection_recovers_by_itself_after_the_pause(
    connect: Connect, trouble: Trouble
) -> None:
    account = connect()
    account.fail_once(trouble)
    account.cool_down()

    token = account.token

    assert account.token == token
    assert account.status == ("connected", None)
    assert account.stored.validation_details == {}
    assert (account.row["token_failures"], account.row["token_retry_at"]) == (0, None)


def test_failure_and_recovery_are_one_event_each(connect: Connect, events) -> None:
    account = connect()
    told(events)

    account.fail_once(Trouble.SERVER_ERROR)
    failed = told(events)
    account.cool_down()
    assert account.token
    recovered = told(events)

    assert [(each.kind, each.status) for each in failed] == [("validated", Status.ERROR)]
    assert [(each.kind, each.status) for each in recovered] == [("validated", Status.CONNECTED)]


def test_a_manual_check_that_recovers_is_one_event(connect: Connect, events) -> None:
    account = connect()
    account.fail_once(Trouble.SERVER_ERROR)
    told(events)

    run.run(account.uuid, actor=BOB)

    assert kinds(events) == ["validated"]


def test_a_failure_like_the_one_before_is_no_event(
    connect: Connect, outside: World, events
) -> None:
    account = connect()
    account.fail_once(Trouble.SERVER_ERROR)
    outside.oauth.refreshes(account.client.id, Trouble.SERVER_ERROR)
    account.cool_down()
    told(events)

    refused(account)

    assert len(account.refreshes) == 2
    assert told(events) == []


def test_failure_and_recovery_are_audited_as_automatic(
    connect: Connect, db: DatabaseUnderTest
) -> None:
    account = connect()
    before = len(actions(db))

    account.fail_once(Trouble.SERVER_ERROR)
    account.cool_down()
    assert account.token

    entries = audit(db)[before:]
    assert [(each["action"], each["origin"]) for each in entries] == [
        ("validated", "schedule"),
        ("token_refreshed", "schedule"),
    ]


def test_a_renewal_does_not_undo_what_a_check_found(connect: Connect, outside: World) -> None:
    account = connect()
    outside.oauth.api_trouble(account.client.id, status=403)
    result = integrations.validate_connection(account.uuid)
    integrations.record_validation(account.uuid, result, actor=BOB)
    account.expire()

    assert account.token

    assert account.status == ("error", "access_denied")


def test_a_recovery_does_not_undo_what_a_check_found_meanwhile(
    connect: Connect, outside: World
) -> None:
    account = connect()
    account.become_due()
    outside.oauth.refreshes(account.client.id, Trouble.SERVER_ERROR)
    assert account.token
    outside.oauth.api_trouble(account.client.id, status=403)
    run.run(account.uuid, actor=BOB)
    assert account.status == ("error", "access_denied")
    outside.oauth.recover(account.client.id)
    account.cool_down()

    assert account.token

    assert len(account.refreshes) == 3
    assert account.status == ("error", "access_denied")


def test_connecting_again_ends_the_pause(connect: Connect, outside: World) -> None:
    account = connect()
    account.fail_once(Trouble.INVALID_GRANT)

    account.exchange(account.code())

    assert account.status == ("connected", None)
    account.expire()
    assert account.token
    assert len(account.refreshes) == 2


def test_saving_a_new_secret_ends_the_pause(connect: Connect, outside: World) -> None:
    account = connect()
    account.fail_once(Trouble.INVALID_CLIENT)
    outside.oauth.recover(account.client.id)

    integrations.save_setup(account.uuid, {"client_secret": "GOCSPX-wrong"}, actor=BOB)
    refused(account)
    integrations.save_setup(account.uuid, {"client_secret": account.client.secret}, actor=BOB)

    assert account.token
    assert len(account.refreshes) == 3
