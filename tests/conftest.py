"""What every test may ask for: a database of its own, and the outside world."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations_app import settings
from integrations_app.services.changes import event_stream
from integrations_app.storage.engine import database
from tests import distribution, postgresql
from tests import installed as installation
from tests.foreign import ForeignServer
from tests.installed import Installed
from tests.postgresql import DatabaseUnderTest, Server
from tests.world import World

ENCRYPTION_KEY = base64.b64encode(b"the encryption key of the tests!").decode()

_OF_TESTS = ("DATABASE_URL", "INTEGRATIONS_DATA_DIR", "INTEGRATIONS_ENCRYPTION_KEYS")
FOREIGN_SETTINGS = tuple(name for name in settings.NAMES if name not in _OF_TESTS)
SMALL_DISK = "160m"
PROXY_SETTINGS = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server: TEST_DATABASE_URL's, else one for this session alone."""
    with postgresql.server() as running:
        yield running


@pytest.fixture(scope="session")
def migrated_template(postgresql_server: Server) -> Iterator[str]:
    """The name of a database at the newest revision; copying it is faster than migrating."""
    with postgresql_server.migrated() as template:
        yield template


@pytest.fixture
def db(
    postgresql_server: Server,
    migrated_template: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DatabaseUnderTest]:
    """An empty, migrated database that the product uses for the length of one test."""
    with postgresql_server.database(template=migrated_template) as fresh:
        yield from used_by_the_product(fresh, tmp_path, monkeypatch)


@pytest.fixture
def unmigrated_db(
    postgresql_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseUnderTest]:
    """A database without a single table, for the length of one test."""
    with postgresql_server.database() as fresh:
        yield from used_by_the_product(fresh, tmp_path, monkeypatch)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, a little larger than an empty database."""
    if shutil.which("mount") is None:
        pytest.skip("There is no mount.")
    with tempfile.TemporaryDirectory(prefix="integrations-disk-") as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=0755", "tmpfs", folder],
            capture_output=True,
            text=True,
            check=False,
        )
        if mounted.returncode:
            pytest.skip(f"Only the system's administrator may mount: {mounted.stderr.strip()}")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def used_by_the_product(
    fresh: DatabaseUnderTest, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseUnderTest]:
    for name in FOREIGN_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", fresh.url)
    monkeypatch.setenv("INTEGRATIONS_DATA_DIR", str(data_dir / "data"))
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
    used = database()
    yield fresh
    event_stream.stop()
    used.dispose()


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The product as others install it."""
    return installation.install(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Every outside service, on loopback."""
    with World.start(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture(scope="session")
def foreign(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForeignServer]:
    """An authorisation server that none of us wrote, as a site of the world."""
    with ForeignServer.start(world, tmp_path_factory.mktemp("foreign")) as running:
        yield running


@pytest.fixture
def outside(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world, and the environment that leads the product there."""
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    return world


@pytest.fixture
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy between the product and the network."""
    for name in PROXY_SETTINGS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


# --- Several processes (`pytest -n`) ---


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config) -> distribution.ByFile:
    return distribution.ByFile(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items[:] = distribution.ordered(items)
