"""What tests of requests share: a service that echoes, connections to it, ways to call it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from integrations_app import integrations
from tests.api.conftest import ANN, Register
from tests.api.providers import Contributing, declared
from tests.api.requests.callers import AUTH, EVERY, OURS, Send
from tests.api.requests.site import Echo
from tests.postgresql import DatabaseUnderTest
from tests.world import OAuthClient, World, oauth_client

Add = Callable[..., UUID]

SECRET = "s3cret-0a1b2c3d/+=&?"
HOSTS = ["*.echo.example"]
CALLBACK = "http://localhost:3000/api/integrations/oauth/callback"

_serials = itertools.count()


def _of(callers: dict[str, Send]) -> Any:
    return [pytest.param(send, id=name) for name, send in callers.items()]


@pytest.fixture(params=_of(OURS))
def send(request: pytest.FixtureRequest) -> Send:
    """Each way that places credentials anywhere."""
    return request.param


@pytest.fixture(params=_of(AUTH))
def send_by_auth(request: pytest.FixtureRequest) -> Send:
    """Each kind of client that `auth` serves."""
    return request.param


@pytest.fixture(params=_of(EVERY))
def send_anyhow(request: pytest.FixtureRequest) -> Send:
    """Each way there is."""
    return request.param


@pytest.fixture
def echo(outside: World) -> Iterator[Echo]:
    """The service."""
    service = Echo()
    with outside.hosting(service.site):
        yield service


@pytest.fixture
def add(db: DatabaseUnderTest, register: Register) -> Add:
    """Adds a connection to the service, declared with these parts."""

    def add(*, key: str = "echo", api_key: str = SECRET, **parts: Any) -> UUID:
        provider = declared(key, **{"allowed_hosts": HOSTS, "check": None, **parts})
        register(Contributing(provider, key=key))
        return integrations.add_connection(key, "main", values={"api_key": api_key}).uuid

    return add


@pytest.fixture
def uuid(add: Add) -> UUID:
    """A connection whose key travels as a bearer."""
    return add()


@pytest.fixture
def google(db: DatabaseUnderTest, outside: World) -> tuple[UUID, OAuthClient]:
    """A connected Google account, and the client whose tokens it has."""
    client = oauth_client("google", serial=f"tests of requests {next(_serials)}")
    values = {"client_id": client.id, "client_secret": client.secret}
    added = integrations.add_connection("google", "main", values=values, actor=ANN)
    url = integrations.authorization_url(added.uuid, CALLBACK, state="s", code_verifier="v" * 50)
    back = parse_qs(urlsplit(outside.oauth.authorize(url)).query)
    integrations.exchange_code(added.uuid, back["code"][0], CALLBACK, code_verifier="v" * 50)
    return added.uuid, client
