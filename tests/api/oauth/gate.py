"""Programs that wait at a gate until all of them are there, and then do the same at once."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg

from tests import processes
from tests.postgresql import DatabaseUnderTest

HERE = "here"

PROGRAM = """
import json, os, psycopg
from integrations_app import integrations
from tests.simultaneity import at_once

with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as waiting:
    for number in range({rounds}):
        print({here!r}, flush=True)
        waiting.execute("SELECT pg_advisory_lock_shared(%s)", [number])
        print(json.dumps({work}), flush=True)
"""


class Programs:
    """Programs that wait; made by `programs`."""

    def __init__(self, keeper: psycopg.Connection, waiting: list[subprocess.Popen[str]]) -> None:
        self._keeper = keeper
        self._waiting = waiting
        self._round = 0

    def go(self) -> list[Any]:
        """All that they find when they are let through at the same moment."""
        for each in self._waiting:
            assert _line(each) == HERE
        self._keeper.execute("SELECT pg_advisory_unlock(%s)", [self._round])
        self._round += 1
        return [found for each in self._waiting for found in json.loads(_line(each))]


@contextlib.contextmanager
def programs(db: DatabaseUnderTest, work: str, *, count: int, rounds: int) -> Iterator[Programs]:
    """Start programs that wait to do the same work, so many times.

    Args:
        db: Where they meet.
        work: An expression, a list of what JSON can tell; `integrations` and `at_once` are at hand.
        count: How many programs.
        rounds: How often each is let through.
    """
    with psycopg.connect(db.url, autocommit=True) as keeper:
        for number in range(rounds):
            keeper.execute("SELECT pg_advisory_lock(%s)", [number])
        script = PROGRAM.format(rounds=rounds, here=HERE, work=work)
        waiting = [processes.start(script) for _ in range(count)]
        try:
            yield Programs(keeper, waiting)
            for each in waiting:
                processes.finished(each)
        finally:
            for each in waiting:
                each.kill()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.communicate()[1]
    return line
