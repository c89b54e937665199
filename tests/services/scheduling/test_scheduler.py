"""The threads that do scheduled work: side by side, at a bounded rate, through bad times."""

from __future__ import annotations

import logging
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from integrations_app import integrations
from integrations_app.domain.connection import Status
from integrations_app.services.scheduling import due_work
from integrations_app.services.scheduling.due_work import CHECKS, Work
from integrations_app.services.scheduling.scheduler import STOP_WITHIN_S, Lane, Scheduler
from tests import processes
from tests.postgresql import DatabaseUnderTest
from tests.world import World, key

PATIENCE_S = 20.0
EVERYTHING_IS_DUE = "UPDATE integration_connections SET next_check_at = now()"
THREADS_AFTER_IMPORT = """
import threading
import integrations_app.integrations_app
from integrations_app import integrations
integrations.list_connections()
print([thread.name for thread in threading.enumerate() if "integrations-" in thread.name])
"""


class Doing:
    """Work that tells what it does and, for some providers, goes on until it is let go."""

    def __init__(self, *, hanging: str = "") -> None:
        self.begun: queue.Queue[tuple[float, UUID]] = queue.Queue()
        self.let_go = threading.Event()
        self._hanging = hanging

    @property
    def work(self) -> Work:
        return Work(name="check", due=CHECKS.due, lease=CHECKS.lease, do=self._do)

    def next(self) -> tuple[float, UUID]:
        return self.begun.get(timeout=PATIENCE_S)

    def _do(self, uuid: UUID) -> None:
        self.begun.put((time.monotonic(), uuid))
        if integrations.get_integration(uuid).provider == self._hanging:
            self.let_go.wait(PATIENCE_S)


@contextmanager
def running(lane: Lane) -> Iterator[Lane]:
    lane.start()
    try:
        yield lane
    finally:
        lane.stop()
        assert lane.wait(timeout_s=PATIENCE_S), "a thread goes on"


def stored(provider: str, count: int) -> set[UUID]:
    def one(number: int) -> UUID:
        value = key(provider, serial=f"scheduler {number}")
        return integrations.add_connection(provider, f"n{number}", values={"api_key": value}).uuid

    return {one(number) for number in range(count)}


def test_what_is_due_is_done_once_by_several_lanes(db: DatabaseUnderTest) -> None:
    uuids = stored("mistral", 20)
    db.execute(EVERYTHING_IS_DUE)
    doing = Doing()

    with (
        running(Lane(doing.work, threads=4, pace_s=0)),
        running(Lane(doing.work, threads=4, pace_s=0)),
    ):
        done = [doing.next()[1] for _ in uuids]

    assert set(done) == uuids
    assert doing.begun.empty()


def test_a_provider_that_hangs_does_not_hold_up_the_others(db: DatabaseUnderTest) -> None:
    stored("mistral", 6)
    others = stored("deepseek", 5)
    db.execute(EVERYTHING_IS_DUE)
    db.execute(
        "UPDATE integration_connections SET next_check_at = now() - interval '1 hour'"
        " WHERE provider = 'mistral'"  # they come first
    )
    doing = Doing(hanging="mistral")

    with running(Lane(doing.work, threads=4, pace_s=0)):
        begun = {doing.next()[1] for _ in range(2 + len(others))}
        hanging = begun - others
        doing.let_go.set()

    assert others < begun
    assert len(hanging) == 2


def test_the_rest_of_a_busy_provider_follows_at_once_when_a_thread_is_free(
    db: DatabaseUnderTest,
) -> None:
    uuids = stored("mistral", 30)
    db.execute(EVERYTHING_IS_DUE)
    doing = Doing()

    began = time.monotonic()
    with running(Lane(doing.work, threads=2, pace_s=0, idle_s=60)):
        done = {doing.next()[1] for _ in uuids}

    assert done == uuids
    assert time.monotonic() - began < PATIENCE_S / 2


def test_however_much_is_due_it_is_worked_off_at_a_bounded_rate(db: DatabaseUnderTest) -> None:
    stored("mistral", 12)
    stored("deepseek", 12)
    db.execute(EVERYTHING_IS_DUE)
    doing = Doing()

    with running(Lane(doing.work, threads=8, pace_s=0.05)):
        begun = [doing.next()[0] for _ in range(24)]

    assert max(begun) - min(begun) > 0.9 * 23 * 0.05


def test_what_becomes_due_soon_is_done_when_it_is_due(db: DatabaseUnderTest) -> None:
    stored("mistral", 1)
    db.execute("UPDATE integration_connections SET next_check_at = now() + interval '1.5 s'")
    doing = Doing()

    began = time.monotonic()
    with running(Lane(doing.work, threads=2, idle_s=600)):
        at, _ = doing.next()

    assert 1.4 < at - began < PATIENCE_S / 2


def test_a_failure_of_ours_stops_nobody(
    db: DatabaseUnderTest, outside: World, caplog: pytest.LogCaptureFixture
) -> None:
    uuids = stored("mistral", 4)
    db.execute(EVERYTHING_IS_DUE)
    seen: queue.Queue[UUID] = queue.Queue()

    def fail(uuid: UUID) -> None:
        seen.put(uuid)
        raise RuntimeError("a mistake of ours")

    failing = Work(name="check", due=CHECKS.due, lease=CHECKS.lease, do=fail)
    with running(Lane(failing, threads=2, pace_s=0)):
        assert {seen.get(timeout=PATIENCE_S) for _ in uuids} == uuids

    assert due_work.claim(CHECKS) is None  # they rest
    assert "a mistake of ours" in caplog.text


def test_a_database_that_is_away_is_waited_for_and_mentioned_once(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    [uuid] = stored("mistral", 1)
    db.execute(EVERYTHING_IS_DUE)
    doing = Doing()
    with socket.create_server(("127.0.0.1", 0)) as nowhere:
        nowhere.settimeout(PATIENCE_S)
        port = nowhere.getsockname()[1]
        with monkeypatch.context() as away, caplog.at_level(logging.WARNING):
            away.setenv("DATABASE_URL", f"postgresql://somebody:hidden@127.0.0.1:{port}/nothing")
            lane = Lane(doing.work, threads=2, retry_s=0.01)
            lane.start()
            for _ in range(4):
                nowhere.accept()[0].close()
            away.undo()
            monkeypatch.setenv("DATABASE_URL", db.url)

            assert doing.next()[1] == uuid

    lane.stop()
    assert lane.wait(timeout_s=PATIENCE_S)
    assert [each.message for each in caplog.records if "pause" in each.message] == [
        "Scheduled checks pause: The database cannot be reached."
    ]
    assert "hidden" not in caplog.text


def test_idle_threads_end_at_once(db: DatabaseUnderTest) -> None:
    scheduler = Scheduler()
    scheduler.start()

    began = time.monotonic()
    scheduler.stop()
    scheduler.wait()

    assert time.monotonic() - began < STOP_WITHIN_S / 2


def test_work_under_way_is_waited_for_but_not_for_ever(db: DatabaseUnderTest) -> None:
    stored("mistral", 2)
    db.execute(EVERYTHING_IS_DUE)
    doing = Doing(hanging="mistral")
    lane = Lane(doing.work, threads=2, pace_s=0)
    lane.start()
    doing.next()

    lane.stop()

    assert not lane.wait(timeout_s=0.01)
    doing.let_go.set()
    assert lane.wait(timeout_s=PATIENCE_S)
    assert doing.begun.empty()  # nothing more was claimed


def test_the_scheduler_checks_what_is_due(db: DatabaseUnderTest, outside: World) -> None:
    [uuid] = stored("mistral", 1)
    db.execute(EVERYTHING_IS_DUE)
    scheduler = Scheduler()

    with integrations.subscribe() as events:
        scheduler.start()
        event = events.get(timeout_s=PATIENCE_S)
    scheduler.stop()
    scheduler.wait()

    assert event is not None
    assert (event.kind, event.uuid, event.status) == ("validated", uuid, Status.CONNECTED)


def test_neither_the_library_nor_importing_the_app_starts_any(db: DatabaseUnderTest) -> None:
    assert processes.run(THREADS_AFTER_IMPORT) == "[]"
