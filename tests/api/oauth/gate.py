"""Programs that wait at a gate until all of them are there, and then do the same at once."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator

import psycopg

from tests import processes
from tests.postgresql import DatabaseUnderTest

GATE = 4711
HERE = "here"

WAITING = f"""
import os, psycopg

with psycopg.connect(os.environ["DATABASE_URL"]) as waiting:
    print({HERE!r}, flush=True)
    waiting.execute("SELECT pg_advisory_lock_shared({GATE})")
"""


def at_once(db: DatabaseUnderTest, *, before: str, then: str, times: int) -> list[str]:
    """What so many processes print that begin their work at the same moment.

    Args:
        db: Where they meet.
        before: What each does on its way to the gate.
        then: The work.
        times: How many there are.
    """
    with _closed(db):
        waiting = [processes.start(f"{before}\n{WAITING}\n{then}") for _ in range(times)]
        for each in waiting:
            _await_arrival(each)
    return [processes.finished(each) for each in waiting]


@contextlib.contextmanager
def _closed(db: DatabaseUnderTest) -> Iterator[None]:
    with psycopg.connect(db.url) as keeper:
        keeper.execute("SELECT pg_advisory_lock(%s)", [GATE])
        yield


def _await_arrival(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == HERE, process.communicate()[1]
