"""A connection with its secrets decrypted: the hot path, one query and one decryption a secret."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from integrations_app import settings
from integrations_app.domain.check import CheckReason
from integrations_app.domain.provider import AuthType, Provider
from integrations_app.errors import Undecryptable
from integrations_app.providers import hosts
from integrations_app.security.process_keys import opening_ring
from integrations_app.security.vault import CannotOpen, KeyRing
from integrations_app.services import catalogue
from integrations_app.services.credentials.setup_values import (
    ACCESS_TOKEN,
    REFRESH_TOKEN,
    PublicValues,
)
from integrations_app.storage import credential_queries as queries
from integrations_app.storage.engine import database
from integrations_app.storage.within import Reads


@dataclass(frozen=True, slots=True, kw_only=True)
class DecryptedConnection:
    """A connection's stored values with its secrets decrypted.

    Attributes:
        uuid: The connection.
        provider: Its declaration.
        status: One of `Status`.
        public_values: Its setup values that are no secrets.
        secrets: Decrypted secrets, tokens included.
        credential_revision: Which state of the credentials this is.
        reason: Why its last check or refresh failed.
        token_revision: Which state of the tokens this is.
        token_expires_at: When the access token ends; None if nobody knows.
        token_refresh_at: From when on it is to be renewed; None for never.
        token_retry_at: Not to be renewed before, after a failure.
    """

    uuid: UUID
    provider: Provider
    status: str
    public_values: PublicValues
    secrets: Mapping[str, str] = field(repr=False)
    credential_revision: int
    reason: CheckReason | None
    token_revision: int
    token_expires_at: datetime | None
    token_refresh_at: datetime | None
    token_retry_at: datetime | None

    @property
    def values(self) -> Mapping[str, str]:
        """Everything that a request may need."""
        return {**self.public_values.texts, **self.secrets}

    @property
    def is_complete(self) -> bool:
        """Return whether everything is there that a request to the provider needs."""
        return self.public_values.are_complete_with(self.secrets)

    def may_be_sent_to(self, host: str) -> bool:
        """Return whether the provider's declaration lets the credential go to this host."""
        return hosts.allowed(self.provider, self.public_values.texts, host)

    @property
    def has_live_token(self) -> bool:
        """Return whether there is an access token that has not expired, as far as is known."""
        expires_at = self.token_expires_at
        return ACCESS_TOKEN in self.secrets and (
            expires_at is None or datetime.now(UTC) < expires_at
        )

    @property
    def is_renewable(self) -> bool:
        """Return whether a fresh access token can be had without a person."""
        if self.provider.auth_type is AuthType.CLIENT_CREDENTIALS:
            return True
        return REFRESH_TOKEN in self.secrets


def load_decrypted(
    ref: UUID | str, *, without: Collection[str] = (), reads: Reads | None = None
) -> DecryptedConnection | None:
    """Return what is stored under a uuid or a storage key, decrypted; None if there is nothing.

    Args:
        ref: A uuid or a storage key.
        without: Secrets to leave closed.
        reads: A transaction to read in; None for none.

    Raises:
        ProviderNotDeclared: This program does not declare its provider.
        Undecryptable: No key at hand opens one of its secrets.
    """
    configured = settings.load()
    by_uuid = isinstance(ref, UUID)
    query = queries.WITH_SECRETS_BY_UUID if by_uuid else queries.WITH_SECRETS_BY_STORAGE_KEY
    rows = (reads or database(configured)).fetch_fast(query, [ref])
    if not rows:
        return None
    uuid, key, status, setup_values, credential_revision, reason, *token, _, _ = rows[0]
    provider = catalogue.of_connection(uuid, key)
    ring = opening_ring(configured)
    return DecryptedConnection(
        uuid=uuid,
        provider=provider,
        status=status,
        public_values=PublicValues(provider=provider, texts=json.loads(setup_values)),
        secrets={
            field: _open(ring, sealed, uuid=uuid, field=field)
            for *_, field, sealed in rows
            if field is not None and field not in without
        },
        credential_revision=credential_revision,
        reason=CheckReason.stored(reason),
        token_revision=token[0],
        token_expires_at=token[1],
        token_refresh_at=token[2],
        token_retry_at=token[3],
    )


def _open(ring: KeyRing, sealed: bytes, *, uuid: UUID, field: str) -> str:
    try:
        return ring.open(sealed, uuid=uuid, field=field)
    except CannotOpen:
        raise Undecryptable(uuid=uuid, field=field) from None
