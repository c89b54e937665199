"""Browsers on their way back from a provider, for tests over HTTP."""

from __future__ import annotations

import itertools
from urllib.parse import urlsplit
from uuid import UUID

from integrations_app import integrations
from tests.world import OAuthClient, TokenBehaviour, World, oauth_client

ADA, GRACE = "ada@example.com", "grace@example.com"
_numbers = itertools.count()


def registered(
    name: str, behaviour: TokenBehaviour = TokenBehaviour.RIGHT
) -> tuple[OAuthClient, UUID]:
    client = oauth_client("google", behaviour, serial=f"callback {next(_numbers)}")
    values = {"client_id": client.id, "client_secret": client.secret}
    return client, integrations.add_connection("google", name, values=values).uuid


def back(world: World, url: str, *, account: str = ADA) -> str:
    """The path that the provider sends the browser to."""
    address = urlsplit(world.oauth.authorize(url, account=account))
    return f"{address.path}?{address.query}"
