"""The OAuth clients of this world; which one is used decides what it gets.

`oauth_client("google")` is a right client, `oauth_client("google", TokenBehaviour.ROTATING)` one
whose refresh tokens rotate, and so on. Every `serial` gives another client with the same
behaviour, so that a test can have a client of its own. The same arguments give the same client
in every process. Like a key (`tests.world.keys`) an id says itself what it gets: eight of its
hexadecimal digits stand for provider and behaviour, the last eight check the rest. Any other id
is unknown, and any other secret than the client's own is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from ..keys import CHECK_DIGITS, MARK_DIGITS, digits

FREE_DIGITS = 16
DIGITS = MARK_DIGITS + FREE_DIGITS + CHECK_DIGITS


class TokenBehaviour(StrEnum):
    """What a client gets from its provider's token endpoint, and with its tokens."""

    RIGHT = "right"  # as the provider normally does; expires_in is 3599
    WRONG = "wrong"  # the pages know it, its secret is refused: 401 invalid_client
    SHORT_LIVED = "short lived"  # expires_in is 2, and the APIs mean it
    NO_EXPIRY = "no expiry"  # no expires_in in any answer
    TEXT_NUMBERS = "text numbers"  # expires_in is the text "3599"
    ROTATING = "rotating"  # a refresh replaces the refresh token; using an old one ends them all
    KEEPING = "keeping"  # answers to refreshes carry no refresh token; Google's normal way
    NO_REFRESH_TOKEN = "no refresh token"  # not at the exchange either
    ACCOUNT_FAILS = "account fails"  # 500 where the account is looked up
    REVOKE_FAILS = "revoke fails"  # 500 where tokens are revoked; they stay valid
    SLOW = "slow"  # refreshes are answered after 0.7 s


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A client that is registered with a provider; made by `oauth_client`."""

    provider: str
    behaviour: TokenBehaviour
    id: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientShape:
    """What a provider's ids and secrets look like.

    Args:
        id_of: Makes an id of `DIGITS` hexadecimal digits.
        pattern: Finds those digits in an id, in one or more groups.
        secret_prefix: What its secrets begin with.
        secret_digits: How many hexadecimal digits follow.
    """

    id_of: Callable[[str], str]
    pattern: str
    secret_prefix: str
    secret_digits: int


def _google_id(marked: str) -> str:
    project = int(digits(marked, 10), 16)
    return f"{project % 10**12:012}-{marked}.apps.googleusercontent.com"


CLIENT_SHAPES: Mapping[str, ClientShape] = MappingProxyType(
    {
        "google": ClientShape(
            id_of=_google_id,
            pattern=r"\d{12}-([0-9a-f]{32})\.apps\.googleusercontent\.com",
            secret_prefix="GOCSPX-",
            secret_digits=28,
        ),
        "microsoft": ClientShape(
            id_of=lambda marked: str(UUID(hex=marked)),
            pattern="-".join(["([0-9a-f]{8})", *["([0-9a-f]{4})"] * 3, "([0-9a-f]{12})"]),
            secret_prefix="wD~8Q~",
            secret_digits=34,
        ),
        "acme": ClientShape(
            id_of=lambda marked: f"acme_{marked}",
            pattern="acme_([0-9a-f]{32})",
            secret_prefix="acme_secret_",
            secret_digits=32,
        ),
    }
)


def oauth_client(
    provider: str,
    behaviour: TokenBehaviour = TokenBehaviour.RIGHT,
    *,
    serial: int | str = 0,
) -> OAuthClient:
    """The provider's client that gets this behaviour.

    Args:
        provider: `google`, `microsoft`, or `acme` for client credentials.
        behaviour: What it gets.
        serial: Any number or name; each gives another client.
    """
    shape = CLIENT_SHAPES[provider]
    signed = _mark(provider, behaviour) + digits(f"{provider} {behaviour} {serial}", FREE_DIGITS)
    return _client(provider, behaviour, shape.id_of(signed + digits(signed, CHECK_DIGITS)))


def client_with_id(client_id: str) -> OAuthClient | None:
    """The client that has this id at one of the providers, or None."""
    for provider, shape in CLIENT_SHAPES.items():
        found = re.fullmatch(shape.pattern, client_id)
        if found and (behaviour := _behaviour_of(provider, client_id, "".join(found.groups()))):
            return _client(provider, behaviour, client_id)
    return None


def _behaviour_of(provider: str, client_id: str, marked: str) -> TokenBehaviour | None:
    signed, check = marked[:-CHECK_DIGITS], marked[-CHECK_DIGITS:]
    if check != digits(signed, CHECK_DIGITS) or client_id != CLIENT_SHAPES[provider].id_of(marked):
        return None
    return _BEHAVIOURS.get((provider, marked[:MARK_DIGITS]))


def _client(provider: str, behaviour: TokenBehaviour, client_id: str) -> OAuthClient:
    shape = CLIENT_SHAPES[provider]
    secret = shape.secret_prefix + digits(f"secret of {client_id}", shape.secret_digits)
    return OAuthClient(provider=provider, behaviour=behaviour, id=client_id, secret=secret)


def _mark(provider: str, behaviour: TokenBehaviour) -> str:
    return digits(f"{provider} client {behaviour}", MARK_DIGITS)


_BEHAVIOURS = {
    (provider, _mark(provider, behaviour)): behaviour
    for provider in CLIENT_SHAPES
    for behaviour in TokenBehaviour
}
