"""What tests of the public API share: a connection, people, an ear, modules that come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from integrations_app import integrations
from integrations_app.domain.actor import Actor, Origin
from integrations_app.domain.connection import Connection
from integrations_app.events.subscription import Subscription
from integrations_app.modules import Module, registry
from tests.postgresql import DatabaseUnderTest
from tests.world import key

Register = Callable[[Module], None]

KEY = key("mistral", serial="stored")
OTHER_KEY = key("mistral", serial="another")

ANN = Actor(kind="admin", id="ann-id", label="ann@example.com", origin=Origin.WEB, request_id="r-1")
BOB = Actor(kind="admin", id="bob-id", label="bob@example.com", origin=Origin.CLI)
CLOCK = Actor(kind="system", id="scheduler", label="scheduler", origin=Origin.SCHEDULE)


@pytest.fixture
def connection(db: DatabaseUnderTest) -> Connection:
    """A Mistral connection named `main`, set up by Ann, never checked."""
    return integrations.add_connection("mistral", "main", values={"api_key": KEY}, actor=ANN)


@pytest.fixture
def events(db: DatabaseUnderTest) -> Iterator[Subscription]:
    """What happens from now on."""
    with integrations.subscribe() as subscription:
        yield subscription


@pytest.fixture
def register() -> Iterator[Register]:
    """Registers modules for the length of one test."""
    keys: list[str] = []

    def register(module: Module) -> None:
        registry.register(module)
        keys.append(module.key)

    yield register
    for each in keys:
        registry.unregister(each)
