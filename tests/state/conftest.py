"""Two admins, each with a session."""

from __future__ import annotations

import pytest

from integrations_app.domain.actor import Actor, Origin
from integrations_app.services.identity import sessions
from tests import people
from tests.postgresql import DatabaseUnderTest

OPERATOR = Actor(kind="system", id="tests", label="system:tests", origin=Origin.CLI)


@pytest.fixture
def ada(db: DatabaseUnderTest) -> str:
    """The token of a session of ada@example.com."""
    return sessions.open_for(people.add_admin("ada@example.com", "correct horse battery"))


@pytest.fixture
def bob(db: DatabaseUnderTest) -> str:
    """The token of a session of bob@example.com."""
    return sessions.open_for(people.add_admin("bob@example.com", "correct horse battery"))
