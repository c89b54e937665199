"""What tests that run Debian's parts may ask for; `make test-operations` runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations_app.services.changes import event_stream
from integrations_app.storage.engine import database
from tests.conftest import ENCRYPTION_KEY, FOREIGN_SETTINGS
from tests.operations import debian, postgres
from tests.operations.postgres import Postgres


def pytest_configure() -> None:
    try:
        debian.install_missing()
    except debian.MissingParts as error:
        raise pytest.UsageError(str(error)) from None


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """Debian's PostgreSQL, for this session alone."""
    with postgres.running() as started:
        yield started


@pytest.fixture
def name(server: Postgres) -> Iterator[str]:
    """The name of an empty database on it, in which its role may do nothing but look."""
    with server.database("fresh") as made:
        yield made


@pytest.fixture
def product(
    server: Postgres, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[pytest.MonkeyPatch]:
    """The environment of the product, with the empty database in it; a test may change it."""
    for variable in FOREIGN_SETTINGS:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DATABASE_URL", server.url(name))
    monkeypatch.setenv("INTEGRATIONS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
    yield monkeypatch
    event_stream.stop()
    database().dispose()
