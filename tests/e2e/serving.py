"""The product as a process of its own, which tests start, stop, kill and read the log of."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import FOREIGN_SETTINGS, PROXY_SETTINGS

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from integrations_app.cli import main; main()")
"""`integrations` of this very environment, whether or not it is on PATH."""

_READY_WITHIN_S = 90.0
_STOPPED_WITHIN_S = 10.0
_PAUSE_S = 0.02
_LINK = re.compile(r"http://\S+/setup\?token=\S+")


@dataclass(kw_only=True)
class Product:
    """`integrations serve` on a port of its own; see `running`."""

    environment: Mapping[str, str] = field(repr=False)
    log_file: Path
    port: int
    command: Sequence[str] = COMMAND
    started_in: Path = ROOT
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def origin(self) -> str:
        """Where browsers find it."""
        return f"http://localhost:{self.port}"

    @property
    def session_cookie(self) -> str:
        """Under which name browsers keep a session here."""
        return f"integrations_session_{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether it was started, and neither stopped nor killed since."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """Of the process that was started; its workers have others."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """All that it has ever printed, over its restarts."""
        return self.log_file.read_text(errors="replace")

    @property
    def first_admin_link(self) -> str:
        """The one-time link of its latest start."""
        return _LINK.findall(self.log)[-1]

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.command, "serve"],
                cwd=self.started_in,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready(self._process)

    def stop(self) -> int | None:
        """Ask it to stop, as an operator does; gives its exit code."""
        self.ask_to_stop()
        return self._ended()

    def kill(self) -> None:
        """End it as a lost host does."""
        self._signal(signal.SIGKILL)
        self._ended()

    def ask_to_stop(self) -> None:
        """Ask, without waiting for it."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _ended(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            return process.wait(_STOPPED_WITHIN_S)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        give_up_at = time.monotonic() + _READY_WITHIN_S
        while not answers(f"http://127.0.0.1:{self.port}/readyz"):
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"The product did not start:\n{self.log}")
            time.sleep(_PAUSE_S)


@contextlib.contextmanager
def running(
    folder: Path,
    *,
    database_url: str,
    port: int | None = None,
    command: Sequence[str] = COMMAND,
    started_in: Path = ROOT,
    **environment: str,
) -> Iterator[Product]:
    """The product, for as long as the `with` block lasts.

    Args:
        folder: Its data folder and its log go there.
        database_url: The database it uses; it is migrated if need be.
        port: Where it listens; None for any that is free.
        command: What `integrations` is.
        started_in: The working folder.
        environment: More variables.
    """
    foreign = {*FOREIGN_SETTINGS, *PROXY_SETTINGS, *(name.lower() for name in PROXY_SETTINGS)}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in foreign and not name.startswith("PYTEST_")
    }
    port = port or free_port()
    product = Product(
        environment={
            **inherited,
            "DATABASE_URL": database_url,
            "INTEGRATIONS_DATA_DIR": str(folder / "data"),
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            **environment,
        },
        log_file=folder / "serve.log",
        port=port,
        command=command,
        started_in=started_in,
    )
    try:
        product.start()
        yield product
    finally:
        product.stop()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError), direct.open(url, timeout=5) as answer:
        return answer.status == 200
    return False
