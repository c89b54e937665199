"""What is done by itself: whose turn it is, when it is next, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from integrations_app import integrations
from integrations_app.domain.actor import Actor
from integrations_app.domain.check import CheckReason, CheckResult
from integrations_app.domain.connection import Status
from integrations_app.modules import registry
from integrations_app.services.checking import record
from integrations_app.services.connections import next_check
from integrations_app.services.scheduling import due_work
from integrations_app.services.scheduling.due_work import CHECKS, RENEWALS
from tests import processes
from tests.api.conftest import ANN, CLOCK
from tests.api.facts import actions, audit, kinds
from tests.api.providers import UNTESTABLE, Contributing, declared
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once
from tests.world import Behaviour, World, key

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

GOOD = CheckResult(ok=True)
REFUSED = CheckResult(ok=False, reason=CheckReason.CREDENTIALS_REJECTED)

CLAIM_ALL = """
from integrations_app.services.scheduling.due_work import CHECKS, claim
while (claimed := claim(CHECKS)) is not None:
    print(claimed.uuid)
"""
DIE_WITH_A_CLAIM = """
import os, signal
from integrations_app.services.scheduling.due_work import CHECKS, claim
print(claim(CHECKS).uuid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def stored(name: str = "main", behaviour: Behaviour = Behaviour.RIGHT) -> UUID:
    value = key("mistral", behaviour, serial=f"schedule {name}")
    return integrations.add_connection("mistral", name, values={"api_key": value}, actor=ANN).uuid


def make_due(db: DatabaseUnderTest) -> None:
    """Everything that is checked at all is due since a minute ago."""
    db.execute("UPDATE integration_connections SET next_check_at = now() - interval '1 minute'")


def row(db: DatabaseUnderTest, uuid: UUID) -> dict[str, Any]:
    return db.rows("SELECT * FROM integration_connections WHERE uuid = %s", uuid)[0]


def pause(db: DatabaseUnderTest, uuid: UUID) -> timedelta:
    """How long from now until the next check."""
    return row(db, uuid)["next_check_at"] - datetime.now(UTC)


def within_a_tenth(found: timedelta, expected: timedelta) -> bool:
    return 0.89 * expected <= found <= 1.11 * expected


def work_off() -> list[UUID]:
    """Check all that is due, as one worker does."""
    done = []
    while (claimed := due_work.claim(CHECKS)) is not None:
        due_work.perform(CHECKS, claimed)
        done.append(claimed.uuid)
    return done


# Whose turn it is


def test_nothing_is_due_at_first(db: DatabaseUnderTest) -> None:
    stored()

    assert due_work.claim(CHECKS) is None
    assert due_work.claim(RENEWALS) is None


def test_an_old_row_gets_its_first_check_within_hours_and_not_all_at_once(
    db: DatabaseUnderTest,
) -> None:
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'n' || i FROM generate_series(1, 20) AS i"
    )

    firsts = [each["next_check_at"] for each in db.rows("SELECT * FROM integration_connections")]

    assert all(2.9 * HOUR < each - datetime.now(UTC) < 6.1 * HOUR for each in firsts)
    assert max(firsts) - min(firsts) > 15 * MINUTE


def test_what_has_been_due_for_longest_comes_first(db: DatabaseUnderTest) -> None:
    stored("later")
    first = stored("sooner")
    make_due(db)
    db.execute(
        "UPDATE integration_connections SET next_check_at = now() - interval '1 hour'"
        " WHERE name = 'sooner'"
    )

    claimed = due_work.claim(CHECKS)

    assert claimed is not None
    assert claimed.uuid == first


def test_threads_claim_each_row_once(db: DatabaseUnderTest) -> None:
    uuids = {stored(f"n{number}") for number in range(8)}
    make_due(db)

    claims = at_once(*12 * [lambda: due_work.claim(CHECKS)])

    claimed = [each.uuid for each in claims if isinstance(each, due_work.Claim)]
    assert len(claimed) == len(set(claimed)) == len(uuids)


def test_processes_claim_each_row_once(db: DatabaseUnderTest) -> None:
    uuids = {str(stored(f"n{number}")) for number in range(40)}
    make_due(db)

    workers = [processes.start(CLAIM_ALL) for _ in range(3)]
    claimed = [uuid for each in workers for uuid in processes.finished(each).split()]

    assert sorted(claimed) == sorted(uuids)


def test_the_row_of_a_worker_that_was_killed_is_due_again_after_its_lease(
    db: DatabaseUnderTest,
) -> None:
    uuid = stored()
    make_due(db)
    out, _ = processes.start(DIE_WITH_A_CLAIM).communicate(timeout=processes.LONGEST_S)
    assert out.strip() == str(uuid)
    assert due_work.claim(CHECKS) is None

    db.execute(
        "UPDATE integration_connections SET next_check_at = next_check_at - %s", CHECKS.lease
    )

    claimed = due_work.claim(CHECKS)
    assert claimed is not None
    assert claimed.uuid == uuid


def test_what_is_disconnected_is_not_checked(db: DatabaseUnderTest) -> None:
    integrations.disconnect(stored(), actor=ANN)
    make_due(db)

    assert due_work.claim(CHECKS) is None
    assert due_work.due_in_s(CHECKS) is None


def test_providers_that_are_busy_are_passed_over(db: DatabaseUnderTest) -> None:
    stored()
    other = integrations.add_connection(
        "deepseek", "main", values={"api_key": key("deepseek", serial="schedule")}
    )
    make_due(db)

    claimed = due_work.claim(CHECKS, busy=["mistral"])

    assert claimed is not None
    assert claimed.uuid == other.uuid
    assert due_work.claim(CHECKS, busy=["mistral"]) is None


def test_a_row_that_somebody_is_changing_is_passed_over(db: DatabaseUnderTest) -> None:
    import psycopg

    stored()
    make_due(db)

    with psycopg.connect(db.url) as other:
        other.execute("SELECT * FROM integration_connections FOR UPDATE")

        assert due_work.claim(CHECKS) is None

    assert due_work.claim(CHECKS) is not None


# When the next check is


def test_after_a_success_the_next_check_is_in_six_hours(db: DatabaseUnderTest) -> None:
    uuid = stored()

    integrations.record_validation(uuid, GOOD, actor=ANN)

    assert within_a_tenth(pause(db, uuid), 6 * HOUR)


def test_checks_of_the_same_moment_are_spread(db: DatabaseUnderTest) -> None:
    uuids = [stored(f"n{number}") for number in range(10)]

    for uuid in uuids:
        integrations.record_validation(uuid, GOOD, actor=ANN)

    pauses = [pause(db, uuid) for uuid in uuids]
    assert max(pauses) - min(pauses) > MINUTE


def test_failures_in_a_row_are_checked_less_and_less_often_up_to_a_day(
    db: DatabaseUnderTest,
) -> None:
    uuid = stored()
    pauses = []

    for _ in range(10):
        integrations.record_validation(uuid, REFUSED, actor=CLOCK)
        pauses.append(pause(db, uuid))

    expected = [15 * MINUTE * 2**number for number in range(7)] + 3 * [24 * HOUR]
    assert all(within_a_tenth(*each) for each in zip(pauses, expected, strict=True))


def test_failures_that_a_person_asks_for_do_not_slow_the_schedule(db: DatabaseUnderTest) -> None:
    uuid = stored()

    for _ in range(5):
        integrations.record_validation(uuid, REFUSED, actor=ANN)

    assert within_a_tenth(pause(db, uuid), 15 * MINUTE)


def test_a_success_forgets_the_failures(db: DatabaseUnderTest) -> None:
    uuid = stored()
    for result in (REFUSED, REFUSED, REFUSED, GOOD):
        integrations.record_validation(uuid, result, actor=CLOCK)

    integrations.record_validation(uuid, REFUSED, actor=CLOCK)

    assert within_a_tenth(pause(db, uuid), 15 * MINUTE)


@pytest.mark.parametrize(
    ("retry_after_s", "least"),
    [(7_200, 2 * HOUR), (5, 13 * MINUTE), ("soon", 13 * MINUTE), (10**30, 13 * MINUTE)],
)
def test_a_provider_that_asks_to_wait_is_left_alone_for_that_long(
    db: DatabaseUnderTest, retry_after_s: object, least: timedelta
) -> None:
    uuid = stored()
    limited = CheckResult(
        ok=False, reason=CheckReason.RATE_LIMITED, details={"retry_after_s": retry_after_s}
    )

    record.record(uuid, limited, actor=CLOCK)

    assert least - MINUTE / 60 < pause(db, uuid) < 1.2 * max(least, 15 * MINUTE)


def test_new_credentials_are_checked_soon_and_their_past_is_forgotten(
    db: DatabaseUnderTest,
) -> None:
    uuid = stored()
    for _ in range(5):
        integrations.record_validation(uuid, REFUSED, actor=CLOCK)

    integrations.save_setup(uuid, {"api_key": key("mistral", serial="new")}, actor=ANN)

    assert within_a_tenth(pause(db, uuid), next_check.AFTER_SAVE)
    assert row(db, uuid)["check_failures"] == 0


def test_what_cannot_be_tested_is_not_asked_again_and_again(
    db: DatabaseUnderTest, register: Callable[[Contributing], None]
) -> None:
    register(Contributing(UNTESTABLE))
    uuid = integrations.add_connection("silent", "main", values={"api_key": "abc"}).uuid
    make_due(db)

    assert work_off() == [uuid]

    assert within_a_tenth(pause(db, uuid), next_check.NOT_TESTABLE)
    assert integrations.get_integration(uuid).next_check_at is None


def test_what_cannot_be_tested_tells_of_no_next_check(
    db: DatabaseUnderTest, register: Callable[[Contributing], None]
) -> None:
    register(Contributing(UNTESTABLE))

    added = integrations.add_connection("silent", "main", values={"api_key": "abc"})

    assert added.next_check_at is None


# What a check leaves


def test_a_scheduled_check_is_recorded(db: DatabaseUnderTest, outside: World) -> None:
    good, bad = stored("good"), stored("bad", Behaviour.WRONG)
    make_due(db)

    assert sorted(work_off()) == sorted([good, bad])

    assert integrations.get_integration(good).status is Status.CONNECTED
    assert integrations.get_integration(bad).status is Status.ERROR
    assert within_a_tenth(pause(db, good), 6 * HOUR)
    assert within_a_tenth(pause(db, bad), 15 * MINUTE)


def test_only_a_changed_status_is_audited_and_told(db: DatabaseUnderTest, outside: World) -> None:
    stored()
    before = len(actions(db))
    with integrations.subscribe() as events:
        for _ in range(3):
            make_due(db)
            work_off()

        assert kinds(events) == ["validated"]

    entry, *rest = audit(db)[before:-1]  # the last one marks the end of the events
    assert rest == []
    assert (entry["action"], entry["origin"]) == ("validated", "schedule")
    assert entry["actor_label"] == "scheduled check"


def test_a_check_of_credentials_that_were_replaced_meanwhile_leaves_a_sane_next_one(
    db: DatabaseUnderTest, outside: World
) -> None:
    uuid = stored()
    make_due(db)
    assert due_work.claim(CHECKS) is not None
    late = integrations.validate_connection(uuid, actor=ANN)
    integrations.save_setup(uuid, {"api_key": key("mistral", serial="new")}, actor=ANN)

    integrations.record_validation(uuid, late, actor=CLOCK)

    assert within_a_tenth(pause(db, uuid), next_check.AFTER_SAVE)


def test_a_row_of_an_unknown_provider_rests_and_stops_nobody(
    db: DatabaseUnderTest, outside: World, caplog: pytest.LogCaptureFixture
) -> None:
    module = Contributing(declared("gone"))
    registry.register(module)
    unknown = integrations.add_connection("gone", "main", values={"api_key": "hidden"}).uuid
    registry.unregister(module.key)
    good = stored()
    make_due(db)

    assert sorted(work_off()) == sorted([unknown, good])

    assert integrations.get_integration(good).status is Status.CONNECTED
    assert within_a_tenth(pause(db, unknown), due_work.SET_ASIDE)
    assert str(unknown) in caplog.text
    assert "hidden" not in caplog.text


def test_a_row_that_cannot_be_decrypted_says_so_and_stops_nobody(
    db: DatabaseUnderTest, outside: World
) -> None:
    broken, good = stored("broken"), stored("good")
    db.execute("UPDATE integration_secrets SET sealed = '\\x00' WHERE connection_uuid = %s", broken)
    make_due(db)

    assert sorted(work_off()) == sorted([broken, good])

    assert integrations.get_integration(broken).validation_reason is CheckReason.UNDECRYPTABLE
    assert within_a_tenth(pause(db, broken), 15 * MINUTE)
    assert integrations.get_integration(good).status is Status.CONNECTED


def test_setting_aside_does_not_undo_what_somebody_saved_meanwhile(db: DatabaseUnderTest) -> None:
    uuid = stored()
    make_due(db)
    claimed = due_work.claim(CHECKS)
    assert claimed is not None

    def somebody_saves_and_it_fails(uuid: UUID) -> None:
        integrations.save_setup(uuid, {"api_key": key("mistral", serial="new")}, actor=ANN)
        raise RuntimeError("a mistake of ours")

    failing = due_work.Work(
        name="check", due=CHECKS.due, lease=CHECKS.lease, do=somebody_saves_and_it_fails
    )
    due_work.perform(failing, claimed)

    assert within_a_tenth(pause(db, uuid), next_check.AFTER_SAVE)


def test_another_actor_sees_what_a_scheduled_check_found(
    db: DatabaseUnderTest, outside: World
) -> None:
    uuid = stored()
    make_due(db)
    work_off()

    integrations.record_validation(uuid, REFUSED, actor=Actor.of("ben"))

    assert audit(db)[-1]["actor_id"] == "ben"
    assert integrations.get_integration(uuid).status is Status.ERROR
