"""How many connections there are, how long they wait, and which of them are given up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from integrations_app import integrations
from integrations_app.errors import DatabaseReadOnly, InvalidSetting
from integrations_app.services.operations import startup
from integrations_app.storage.budget import shared_out
from integrations_app.storage.engine import database
from tests import processes
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once

KEY = "k" * 20
FIRST_USE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from integrations_app import integrations

start = Barrier(12)

def add(number):
    start.wait(10)
    return integrations.add_connection("mistral", f"n-{number}", values={"api_key": "k" * 20}).name

with ThreadPoolExecutor(12) as threads:
    print(len(set(threads.map(add, range(12)))))
"""


@pytest.mark.parametrize("connections", [6, 7, 20, 500])
def test_every_purpose_has_its_share_and_the_sum_is_what_was_given(connections: int) -> None:
    budget = shared_out(connections)

    shares = (budget.writing, budget.reading, budget.looking_up, budget.locking)
    assert sum(shares) + 1 == connections
    assert min(shares) >= 1
    assert budget.locking >= 2


def test_many_writers_at_first_use_need_no_more_connections_than_there_are(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_DB_CONNECTIONS", "6")

    assert processes.run(FIRST_USE) == "12"


def test_no_process_has_more_connections_than_it_may(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_DB_CONNECTIONS", "8")
    uuid = integrations.add_connection("mistral", "main", values={"api_key": KEY}).uuid
    numbers = iter(range(1_000))

    def locked() -> None:
        with database().single_flight(f"lock {next(numbers)}", timeout_s=20):
            time.sleep(0.02)

    work: list[Callable[[], object]] = [
        lambda: integrations.get_credentials(uuid),
        integrations.list_connections,
        lambda: integrations.save_setup(uuid, {"api_key": f"{KEY}{next(numbers)}"}),
        locked,
    ]
    with counted(db) as counts, integrations.subscribe():
        at_once(*10 * work)

    assert 5 <= max(counts) <= 8
    database().dispose()


def test_a_direct_address_is_refused_where_no_database_is_named(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_LISTEN_URL", db.url)
    monkeypatch.delenv("DATABASE_URL")

    with pytest.raises(InvalidSetting, match=r"^INTEGRATIONS_LISTEN_URL: .*DATABASE_URL"):
        integrations.list_connections()


def test_no_transaction_waits_for_a_lock_without_end(db: DatabaseUnderTest) -> None:
    with database().transaction() as session:
        assert session.execute(text("SHOW lock_timeout")).scalar_one() == "10s"
    with database().reader.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "0"


def test_connections_that_turn_out_read_only_are_given_up(db: DatabaseUnderTest) -> None:
    uuid = integrations.add_connection("mistral", "main", values={"api_key": KEY}).uuid
    db.turn_read_only()
    assert integrations.get_credentials(uuid)["api_key"] == KEY
    assert [each.uuid for each in integrations.list_connections()] == [uuid]
    for _ in range(3):
        with pytest.raises(DatabaseReadOnly):
            integrations.rename_connection(uuid, "renamed")

    db.turn_writable()

    assert integrations.rename_connection(uuid, "renamed").name == "renamed"


def test_a_writer_that_met_no_refusal_yet_is_not_refused_afterwards(db: DatabaseUnderTest) -> None:
    uuid = integrations.add_connection("mistral", "main").uuid
    db.turn_read_only()
    with database().writer.connect() as connection:  # stays in the pool
        assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on"

    db.turn_writable()

    assert integrations.rename_connection(uuid, "renamed").name == "renamed"


def test_meanwhile_the_server_is_not_ready(db: DatabaseUnderTest) -> None:
    assert startup.is_ready()

    db.turn_read_only()
    assert not startup.is_ready()
    assert not startup.is_ready()

    db.turn_writable()
    assert startup.is_ready()


@contextmanager
def counted(db: DatabaseUnderTest) -> Iterator[list[int]]:
    """How many connections the product has, again and again until the block ends."""
    counts: list[int] = []
    is_over = threading.Event()

    def count() -> None:
        while not is_over.is_set():
            [row] = db.rows(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name LIKE 'integrations%%'"
            )
            counts.append(row["count"])

    thread = threading.Thread(target=count)
    thread.start()
    try:
        yield counts
    finally:
        is_over.set()
        thread.join()
