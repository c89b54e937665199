"""What tests of the command line share: a database, the outside world, a connection."""

from __future__ import annotations

import pytest

from integrations_app import integrations
from integrations_app.domain.connection import Connection
from tests.postgresql import DatabaseUnderTest
from tests.world import World, key

KEY = key("mistral", serial="cli")


@pytest.fixture(autouse=True)
def surroundings(db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database and a world for each command; no colours but where a test asks for them."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def main() -> Connection:
    """A connection `mistral:main` with a right key, never checked."""
    return integrations.add_connection("mistral", "main", values={"api_key": KEY})
