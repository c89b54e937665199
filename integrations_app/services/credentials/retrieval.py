"""Handing out credentials; tokens are valid when they leave here, as far as anyone knows."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from integrations_app.domain.connection import Status
from integrations_app.domain.references import parse_ref
from integrations_app.errors import (
    DatabaseUnavailable,
    Deleted,
    IntegrationError,
    NotConfigured,
    ProviderNotDeclared,
)
from integrations_app.providers.oauth import CLIENT_SECRET
from integrations_app.services.credentials.decryption import DecryptedConnection, load_decrypted
from integrations_app.services.credentials.setup_values import REFRESH_TOKEN
from integrations_app.storage.engine import database

logger = logging.getLogger(__name__)

_warned_about: set[str] = set()
_FOR_THE_TOKEN_ENDPOINT = frozenset({CLIENT_SECRET, REFRESH_TOKEN})


class Credentials(Mapping[str, str]):
    """Setup values and decrypted secrets, read-only; its `repr` shows no value.

    Attributes:
        expires_at: When the access token among them ends, aware UTC; None if nobody knows, and
            where there is none.
    """

    __slots__ = ("_values", "expires_at")

    def __init__(self, values: Mapping[str, str], *, expires_at: datetime | None = None) -> None:
        self._values = dict(values)
        self.expires_at = expires_at

    def __getitem__(self, key: str) -> str:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Credentials({', '.join(self._values)})"


def get(ref: object) -> Credentials:
    """The credentials that a reference means; see `usable`."""
    connection = usable(ref)
    hidden = _FOR_THE_TOKEN_ENDPOINT if connection.provider.uses_tokens else ()
    return Credentials(
        {key: value for key, value in connection.values.items() if key not in hidden},
        expires_at=connection.token_expires_at,
    )


def usable(ref: object) -> DecryptedConnection:
    """Return what is stored under a reference, with a token that is renewed first where it is due.

    Raises:
        Deleted: No connection has this uuid any more.
        NotConfigured: No connection has this name, or it has no credentials.
        ProviderNotDeclared: This program does not declare its provider.
        Undecryptable: No key at hand opens its secrets.
        NoRefreshToken: Its token has expired, and there is nothing to renew it with.
        TokenRefreshFailed: Its token has expired, and the provider gives no other.
        InvalidReference: Not a reference.
    """
    parsed = parse_ref(ref)
    connection = load_decrypted(parsed) if parsed is not None else None
    if connection is None:
        place = database().place
        if isinstance(parsed, UUID):
            raise Deleted(parsed, place=place)
        raise NotConfigured(ref, place=place)
    if connection.status == Status.DISCONNECTED or not connection.is_complete:
        raise NotConfigured(ref)
    return _with_live_token(connection) if connection.provider.uses_tokens else connection


def _with_live_token(connection: DecryptedConnection) -> DecryptedConnection:
    # Half a second's imports, which programs that use API keys need not wait for.
    from integrations_app.services.credentials import refresh  # noqa: PLC0415

    return refresh.current(connection)


def _warn_undeclared(error: ProviderNotDeclared) -> None:
    """Say once for each provider why its connections have no credentials here."""
    if error.provider not in _warned_about:
        _warned_about.add(error.provider)
        logger.warning("%s", error)


def available(ref: object) -> bool:
    """Return whether credentials can be had; only a lost database is an error."""
    try:
        get(ref)
    except DatabaseUnavailable:
        raise
    except ProviderNotDeclared as error:
        _warn_undeclared(error)  # "no" is true, and hard to understand
        return False
    except IntegrationError:
        return False
    return True
