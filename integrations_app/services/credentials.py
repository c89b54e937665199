"""Handing out credentials: the hot path, one query and one decryption a secret."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from integrations_app import settings
from integrations_app.domain.connection import Status
from integrations_app.domain.provider import AuthType, Provider
from integrations_app.errors import Deleted, IntegrationError, NotConfigured, Undecryptable
from integrations_app.security.vault import CannotOpen, KeyRing
from integrations_app.services import catalogue
from integrations_app.services.keyring import opening_ring
from integrations_app.services.references import parse_ref
from integrations_app.services.setup import ACCESS_TOKEN, has_credentials
from integrations_app.storage import queries
from integrations_app.storage.engine import database


class Credentials(Mapping[str, str]):
    """Setup values and decrypted secrets, read-only; its `repr` shows no value."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, key: str) -> str:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Credentials({', '.join(self._values)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A connection's stored values with its secrets decrypted.

    Attributes:
        provider: Its declaration.
        status: One of `Status`.
        opened: Open setup values.
        secrets: Decrypted secrets, tokens included.
        credential_revision: Which state of the credentials this is.
    """

    provider: Provider
    status: str
    opened: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    credential_revision: int


def get(ref: object) -> Credentials:
    """The credentials that a reference means.

    Raises:
        Deleted: No connection has this uuid any more.
        NotConfigured: No connection has this name, or it has no credentials.
        Undecryptable: No key at hand opens its secrets.
        InvalidReference: Not a reference.
    """
    parsed = parse_ref(ref)
    found = opened(parsed) if parsed is not None else None
    if found is None:
        raise Deleted(parsed) if isinstance(parsed, UUID) else NotConfigured(ref)
    disconnected = found.status == Status.DISCONNECTED
    if disconnected or not has_credentials(found.provider, found.opened, found.secrets):
        raise NotConfigured(ref)
    if found.provider.auth_type is AuthType.OAUTH2:
        token = {ACCESS_TOKEN: found.secrets[ACCESS_TOKEN]}
        return Credentials({**found.opened, **token})
    return Credentials({**found.opened, **found.secrets})


def available(ref: object) -> bool:
    """Whether credentials can be had; only a lost database is an error."""
    try:
        get(ref)
    except IntegrationError as error:
        if error.code == "database_unavailable":
            raise
        return False
    return True


def opened(ref: UUID | str) -> Opened | None:
    """Everything stored under a uuid or a storage key, decrypted; None if there is nothing.

    Raises:
        NotConfigured: Its provider is no longer declared.
        Undecryptable: No key at hand opens one of its secrets.
    """
    configured = settings.load()
    by_uuid = isinstance(ref, UUID)
    query = queries.WITH_SECRETS_BY_UUID if by_uuid else queries.WITH_SECRETS_BY_STORAGE_KEY
    rows = database(configured).fetch_fast(query, [ref])
    if not rows:
        return None
    uuid, key, status, setup_values, credential_revision, _, _ = rows[0]
    provider = catalogue.find(key)
    if provider is None:
        raise NotConfigured(uuid)
    ring = opening_ring(configured)
    return Opened(
        provider=provider,
        status=status,
        opened=json.loads(setup_values),
        secrets={
            field: _open(ring, sealed, uuid=uuid, field=field)
            for *_, field, sealed in rows
            if field is not None
        },
        credential_revision=credential_revision,
    )


def _open(ring: KeyRing, sealed: bytes, *, uuid: UUID, field: str) -> str:
    try:
        return ring.open(sealed, uuid=uuid, field=field)
    except CannotOpen:
        raise Undecryptable(uuid=uuid, field=field) from None
