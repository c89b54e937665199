"""What tests of OAuth2 share: connections whose account in the world is connected."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from integrations_app import integrations
from tests.api.conftest import ANN, Register
from tests.api.oauth.accounts import Connected, exchange
from tests.api.providers import Contributing, declared
from tests.postgresql import DatabaseUnderTest
from tests.world import OAuthClient, TokenBehaviour, World, oauth_client

Connect = Callable[..., Connected]
SetUp = Callable[..., Connected]

_serials = itertools.count()

CLIENT = [
    {"key": "client_id", "label": "Client ID", "required": True},
    {"key": "client_secret", "label": "Client secret", "required": True, "secret": True},
]


@pytest.fixture
def set_up(db: DatabaseUnderTest, outside: World) -> SetUp:
    """Adds a connection with the id and secret of a client of its own: step 1."""

    def set_up(
        behaviour: TokenBehaviour = TokenBehaviour.RIGHT,
        *,
        provider: str = "google",
        name: str = "main",
        **values: Any,
    ) -> Connected:
        client = oauth_client(provider, behaviour, serial=f"tests of OAuth2 {next(_serials)}")
        values = values_of(client) | values
        added = integrations.add_connection(provider, name, values=values, actor=ANN)
        return Connected(uuid=added.uuid, client=client, world=outside, db=db)

    return set_up


@pytest.fixture
def connect(set_up: SetUp, outside: World) -> Connect:
    """Adds a connection and connects an account: steps 1 and 2."""

    def connect(
        behaviour: TokenBehaviour = TokenBehaviour.RIGHT, *, actor: Any = ANN, **parts: Any
    ) -> Connected:
        added = set_up(behaviour, **parts)
        exchange(outside, added.uuid, actor=actor)
        return added

    return connect


@pytest.fixture
def acme(register: Register) -> None:
    """Declares Acme, a service for clients that act for themselves."""
    register(Contributing(declared("acme", **acme_parts())))


def acme_parts(**parts: Any) -> dict[str, Any]:
    """Acme's declaration, with these parts replaced."""
    return {
        "auth_type": "client_credentials",
        "fields": CLIENT,
        "placement": {"headers": {"Authorization": "Bearer {access_token}"}},
        "allowed_hosts": ["api.acme.example", "auth.acme.example"],
        "check": {
            "url": "https://api.acme.example/v1/account",
            "requires": ["id"],
            "account_id": "id",
            "account_name": "name",
        },
        "oauth": {
            "token_url": "https://auth.acme.example/oauth/token",
            "default_scopes": ["things", "accounts"],
            "token_params": {"audience": "https://api.acme.example"},
        },
        **parts,
    }


def values_of(client: OAuthClient) -> dict[str, str]:
    """What an admin types who has this client."""
    return {"client_id": client.id, "client_secret": client.secret}
