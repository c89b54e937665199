"""Somebody else's app that has installed the product, and shows its pages and its picker."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ENCRYPTION_KEY, FOREIGN_SETTINGS, PROXY_SETTINGS
from tests.e2e.serving import ROOT, answers, free_port
from tests.installed import Installed, outside
from tests.postgresql import DatabaseUnderTest
from tests.world import World

SOURCES = ROOT / "tests" / "embedding_app"
PREFIX = "/settings/integrations"

_READY_WITHIN_S = 60.0
_STOPPED_WITHIN_S = 10.0
_PAUSE_S = 0.02
# The packages that the main app's pages need are those of this one; bun has them at hand.
_OF_THE_BUILD = ("reflex.lock", "bunfig.toml", ".npmrc")
_QUIET = {"REFLEX_CHECK_LATEST_VERSION": "false", "REFLEX_TELEMETRY_ENABLED": "false"}
# What `reflex run --env prod` tells the server that it starts.
_SERVES = {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    "__REFLEX_SKIP_COMPILE": "true",
}


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The shop, built, and where it is served."""

    folder: Path
    installed: Installed
    db: DatabaseUnderTest
    port: int = 0

    @property
    def origin(self) -> str:
        """Where browsers find it."""
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        """All that it has printed."""
        return (self.folder / "serve.log").read_text(errors="replace")


def build(folder: Path, installed: Installed, *, path: str = "") -> None:
    """Lay the shop out in a folder, and build its pages for production.

    Args:
        folder: Where to.
        installed: The environment that builds them.
        path: Of the host, below which they are to be served.
    """
    shutil.copytree(SOURCES, folder, dirs_exist_ok=True)
    for name in _OF_THE_BUILD:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    installed.run(
        *("python", "-m", "reflex", "export", "--frontend-only", "--no-zip"),
        folder=folder,
        REFLEX_BUN_PATH=str(Path(sys.prefix) / "bin" / "bun"),
        REFLEX_DIR=str(folder / ".web" / "reflex"),
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",  # no build asks for it
        SHOP_PATH=path,
        **_QUIET,
    )


@contextlib.contextmanager
def running(
    folder: Path, installed: Installed, *, db: DatabaseUnderTest, world: World, path: str = ""
) -> Iterator[Shop]:
    """The built shop, served, on its own tables and ours in one database."""
    shop = Shop(folder=folder, installed=installed, db=db, port=free_port())
    installed.run("python", "-m", "alembic", "upgrade", "head", folder=folder, DATABASE_URL=db.url)
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [
                *(installed.python, "-m", "granian", "--interface", "asgi", "--factory"),
                *("--port", str(shop.port), "shop.shop:app"),
            ],
            cwd=folder,
            env={**_environment(shop, world), "SHOP_PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(shop, process)
        yield shop
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOPPED_WITHIN_S)
        process.kill()
        process.wait()


def _environment(shop: Shop, world: World) -> dict[str, str]:
    foreign = {*FOREIGN_SETTINGS, *PROXY_SETTINGS, *(name.lower() for name in PROXY_SETTINGS)}
    inherited = {name: value for name, value in outside().items() if name not in foreign}
    return {
        **inherited,
        **_QUIET,
        **_SERVES,
        "DATABASE_URL": shop.db.url,
        "INTEGRATIONS_DATA_DIR": str(shop.folder / "data"),
        "INTEGRATIONS_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "INTEGRATIONS_PUBLIC_URL": shop.origin,
        "PYTHONUNBUFFERED": "1",
        **world.environment,
    }


def _wait_until_ready(shop: Shop, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + _READY_WITHIN_S
    while not answers(f"http://127.0.0.1:{shop.port}/readyz"):
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise RuntimeError(f"The shop did not start:\n{shop.log}")
        time.sleep(_PAUSE_S)
