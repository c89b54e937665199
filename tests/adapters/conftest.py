"""What tests of adapters share with those of requests: a service that echoes, connections."""

from __future__ import annotations

import pytest

from tests.adapters.sending import SENDERS, Send
from tests.api.conftest import register
from tests.api.requests.conftest import add, echo, google, uuid
from tests.world import World

__all__ = ["add", "echo", "google", "register", "uuid"]


@pytest.fixture(params=SENDERS)
def send(request: pytest.FixtureRequest, outside: World) -> Send:
    """Each library that sends requests by itself."""
    return SENDERS[request.param](outside)


@pytest.fixture(autouse=True)
def trusted(outside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built on requests goes by variables of its own."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(outside.ca_file))
