"""A connection: one stored account at a provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from integrations_app.domain.check import CheckReason
from integrations_app.domain.provider import AuthType

NAME_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_-]*"
NAME_MAX_LENGTH = 100


class Status(StrEnum):
    """Usability of a connection, as far as is known."""

    DISCONNECTED = "disconnected"
    """No usable credentials."""

    CONFIGURED = "configured"
    """Saved, not verified."""

    CONNECTED = "connected"
    """The last check succeeded."""

    ERROR = "error"
    """The last check failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection as stored, without its secrets.

    Attributes:
        uuid: The only identity; UUIDv7, never changes, never used again.
        provider: Key of the provider.
        name: A label; unique per provider, may change at any time.
        storage_key: `integration:{provider}:{name}`.
        status: Whether it can be used.
        auth_type: From the provider's declaration; None if it is no longer declared.
        setup_values: What the admin typed, secrets excluded.
        saved_secrets: Keys of the secrets that are stored.
        account_id: Who the provider says we are, its own id.
        account_name: The same in words.
        metadata: Further facts about the account.
        scopes: Scopes granted, for OAuth2.
        last_validated_at: When it was last checked.
        connected_at: When a check or exchange last succeeded.
        next_check_at: When it is checked next by itself; None if it is not.
        validation_reason: Why the last check failed, or could not be made.
        validation_details: Allow-listed facts of that check.
        version: Grows by one with each change of name or setup values.
        created_at: When the row was made.
        updated_at: When the row last changed.
    """

    uuid: UUID
    provider: str
    name: str
    storage_key: str
    status: Status
    auth_type: AuthType | None
    setup_values: Mapping[str, str]
    saved_secrets: tuple[str, ...]
    account_id: str | None
    account_name: str | None
    metadata: Mapping[str, Any]
    scopes: tuple[str, ...]
    last_validated_at: datetime | None
    connected_at: datetime | None
    next_check_at: datetime | None
    validation_reason: CheckReason | None
    validation_details: Mapping[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnection:
    """Result of disconnecting.

    Attributes:
        changed: Whether there was something to remove.
        revoked: Whether the provider has confirmed that its tokens are worthless now; None if it
            was not asked.
    """

    changed: bool
    revoked: bool | None = None
