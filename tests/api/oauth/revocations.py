"""Programs that use one connection all at once; what each of them does stands in `calling`."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from uuid import UUID

from tests import processes
from tests.api.oauth.calling import WAYS

PROGRAMS = 5
CALLERS = PROGRAMS * len(WAYS)
SCRIPT = "from tests.api.oauth.calling import work; work()"


class Programs:
    """The running programs; made by `running`."""

    def __init__(self, started: list[subprocess.Popen[str]]) -> None:
        self._started = started

    def call(self, uuid: UUID, times: int) -> list[str]:
        """Let every caller call so often, all at the same time; gives how each call ended."""
        for program in self._started:
            assert program.stdin is not None
            program.stdin.write(f"{uuid} {times}\n")
            program.stdin.flush()
        return [end for program in self._started for end in json.loads(_line(program))]


@contextlib.contextmanager
def running() -> Iterator[Programs]:
    """Start the programs, and end them with the block."""
    started = [processes.start(SCRIPT) for _ in range(PROGRAMS)]
    try:
        yield Programs(started)
        for program in started:
            processes.finished(program)
    finally:
        for program in started:
            program.kill()


def _line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    line = program.stdout.readline().strip()
    assert line, program.communicate()[1]
    return line
