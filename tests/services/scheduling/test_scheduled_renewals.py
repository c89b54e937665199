"""Tokens are renewed before anyone needs them, by one worker among many."""

from __future__ import annotations

from datetime import UTC, datetime

from integrations_app import integrations
from integrations_app.domain.connection import Status
from integrations_app.services.scheduling import due_work
from integrations_app.services.scheduling.due_work import RENEWALS
from tests import processes
from tests.api.conftest import BOB
from tests.api.facts import actions
from tests.api.oauth.accounts import exchange, moment
from tests.api.oauth.conftest import Connect, SetUp
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once
from tests.world import TokenBehaviour, Trouble, World

WORK_OFF = """
from integrations_app.services.scheduling.due_work import RENEWALS, claim, perform
while (claimed := claim(RENEWALS)) is not None:
    perform(RENEWALS, claimed)
"""


def work_off() -> int:
    """Renew all that is due, as one worker does; says how much it was."""
    count = 0
    while (claimed := due_work.claim(RENEWALS)) is not None:
        due_work.perform(RENEWALS, claimed)
        count += 1
    return count


def test_a_fresh_token_is_not_renewed(connect: Connect) -> None:
    account = connect()

    assert work_off() == 0
    assert account.refreshes == []


def test_a_due_token_is_renewed_although_nobody_asks(
    db: DatabaseUnderTest, connect: Connect
) -> None:
    account = connect()
    before = actions(db)
    account.become_due()

    assert work_off() == 1

    assert len(account.refreshes) == 1
    assert moment(account, "token_refresh_at") > datetime.now(UTC)
    assert account.stored.status is Status.CONNECTED
    assert actions(db) == before  # the status is what it was


def test_several_workers_renew_a_token_once(connect: Connect) -> None:
    account = connect(TokenBehaviour.SLOW)
    account.become_due()

    at_once(*4 * [work_off])

    assert len(account.refreshes) == 1


def test_several_processes_renew_each_token_once(connect: Connect) -> None:
    accounts = [connect(TokenBehaviour.ROTATING, name=f"n{number}") for number in range(5)]
    for account in accounts:
        account.become_due()

    workers = [processes.start(WORK_OFF) for _ in range(3)]
    for worker in workers:
        processes.finished(worker)

    assert [len(account.refreshes) for account in accounts] == 5 * [1]


def test_a_claim_keeps_nobody_from_renewing_what_they_need(connect: Connect) -> None:
    account = connect()
    account.expire()
    assert due_work.claim(RENEWALS) is not None

    assert account.token

    assert len(account.refreshes) == 1
    assert work_off() == 0


def test_a_claim_whose_worker_died_ends(db: DatabaseUnderTest, connect: Connect) -> None:
    account = connect()
    account.become_due()
    assert due_work.claim(RENEWALS) is not None
    assert due_work.claim(RENEWALS) is None

    db.execute(
        "UPDATE integration_connections SET token_claimed_until = token_claimed_until - %s",
        RENEWALS.lease,
    )

    assert work_off() == 1
    assert len(account.refreshes) == 1


def test_a_failed_renewal_is_not_repeated_before_its_pause_is_over(
    connect: Connect, outside: World
) -> None:
    account = connect()
    outside.oauth.refreshes(account.client.id, Trouble.SERVER_ERROR)
    account.become_due()

    assert work_off() == 1
    assert work_off() == 0

    assert account.status == ("error", "unreachable")
    assert len(account.refreshes) == 1


def test_what_failed_recovers_by_itself(
    db: DatabaseUnderTest, connect: Connect, outside: World
) -> None:
    account = connect()
    outside.oauth.refreshes(account.client.id, Trouble.SERVER_ERROR)
    account.become_due()
    work_off()
    outside.oauth.recover(account.client.id)

    account.cool_down()
    db.execute("UPDATE integration_connections SET token_claimed_until = now()")
    work_off()

    assert account.stored.status is Status.CONNECTED
    assert len(account.refreshes) == 2


def test_a_token_that_nothing_can_renew_rests(connect: Connect) -> None:
    account = connect(TokenBehaviour.NO_REFRESH_TOKEN)
    account.become_due()

    assert work_off() == 1

    rests = moment(account, "token_claimed_until") - datetime.now(UTC)
    assert 0.9 * due_work.SET_ASIDE < rests <= due_work.SET_ASIDE


def test_an_account_that_is_connected_again_does_not_rest_any_more(
    connect: Connect, outside: World
) -> None:
    account = connect(TokenBehaviour.NO_REFRESH_TOKEN)
    account.become_due()
    work_off()

    exchange(outside, account.uuid, actor=BOB)
    account.become_due()

    assert work_off() == 1


def test_what_was_disconnected_is_not_renewed(connect: Connect) -> None:
    account = connect()
    account.become_due()
    integrations.disconnect(account.uuid, actor=BOB)

    assert work_off() == 0


def test_what_has_no_account_yet_is_not_renewed(set_up: SetUp) -> None:
    set_up()

    assert work_off() == 0
    assert due_work.due_in_s(RENEWALS) is None
