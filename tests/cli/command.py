"""The real command as a process of its own: through pipes, and on a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.processes import REPOSITORY

COMMAND = (sys.executable, "-c", "from integrations_app.cli import main; main()")
LONGEST_S = 60
NOBODY = "0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"
"""The uuid of no connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it printed as JSON."""
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """All that it printed, wherever."""
        return self.out + self.err


def run(*arguments: str, stdin: str = "", **environment: str) -> Ended:
    """Run `integrations` with these arguments, no terminal in sight."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr)


def connections(*arguments: str, stdin: str = "", **environment: str) -> Ended:
    """Run a command of `integrations connections`."""
    return run("connections", *arguments, stdin=stdin, **environment)


@dataclass(kw_only=True)
class Terminal:
    """A command on a terminal; made by `on_terminal`."""

    _process: subprocess.Popen[bytes]
    _master: int
    _shown: bytes = field(default=b"")

    @property
    def shown(self) -> str:
        """All that the terminal has shown so far."""
        return self._shown.decode()

    def wait_for(self, text: str) -> None:
        """Return once the terminal shows a text."""
        deadline = time.monotonic() + LONGEST_S
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            assert self._read(), f"It ended: {self.shown}"

    def type(self, text: str) -> None:
        """Type a text; it may hold control characters."""
        os.write(self._master, text.encode())

    def ended(self) -> int:
        """Return the exit code, once the command has ended."""
        while self._read():
            pass
        return self._process.wait(LONGEST_S)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], LONGEST_S)
        assert ready, f"Nothing more came: {self.shown}"
        try:
            chunk = os.read(self._master, 65_536)
        except OSError:  # the other side is closed
            return False
        self._shown += chunk
        return bool(chunk)


@contextlib.contextmanager
def on_terminal(*arguments: str, **environment: str) -> Iterator[Terminal]:
    """Run `integrations` on a terminal of its own, as long as the `with` block lasts."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", **environment},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - else no Ctrl-C
    )
    os.close(slave)
    try:
        yield Terminal(_process=process, _master=master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
