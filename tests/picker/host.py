"""The app in `app/`, built and served in a folder of its own, as its makers would."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ENCRYPTION_KEY, FOREIGN_SETTINGS, PROXY_SETTINGS
from tests.e2e.serving import ROOT, free_port

APP = Path(__file__).parent / "app"
_READY_WITHIN_S = 30.0
_QUIET = {"REFLEX_CHECK_LATEST_VERSION": "false", "REFLEX_TELEMETRY_ENABLED": "false"}
_SERVE = {
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    "__REFLEX_SKIP_COMPILE": "true",
    "REFLEX_ENV_MODE": "prod",
}


@dataclass(frozen=True, kw_only=True)
class Host:
    """The served app.

    Attributes:
        origin: Where browsers find it.
        allowed: While this file exists, whoever looks may see connections.
    """

    origin: str
    allowed: Path


def build(folder: Path) -> None:
    """Build the app in this folder."""
    shutil.copytree(APP, folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "reflex.lock", folder / "reflex.lock")
    for name in ("bunfig.toml", ".npmrc"):  # so that no registry is asked which one is faster
        shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")


@contextlib.contextmanager
def serving(folder: Path, *, database_url: str) -> Iterator[Host]:
    """The app built in this folder, served for as long as the `with` block lasts."""
    port = free_port()
    host = Host(origin=f"http://localhost:{port}", allowed=folder / "allowed")
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    where = ["--host", "127.0.0.1", "--port", str(port), "picker_app.picker_app:app"]
    environment = {
        **_environment(folder),
        **_SERVE,
        "DATABASE_URL": database_url,
        "INTEGRATIONS_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "PICKER_APP_ALLOWED": str(host.allowed),
    }
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, *where],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(host, process, folder / "serve.log")
        yield host
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    foreign = {*FOREIGN_SETTINGS, *PROXY_SETTINGS, *(name.lower() for name in PROXY_SETTINGS)}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in foreign and not name.startswith(("PYTEST_", "__REFLEX_"))
    }
    own = {
        "REFLEX_DIR": str(folder / "reflex"),
        "PYTHONPATH": os.pathsep.join(map(str, (folder, ROOT))),
    }
    return {**inherited, **own, **_QUIET}


def _wait_until_ready(host: Host, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + _READY_WITHIN_S
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        with contextlib.suppress(OSError), direct.open(host.origin + "/ping", timeout=5):
            return
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise RuntimeError(f"The app did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)
