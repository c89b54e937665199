"""An AI endpoint, and what lists show of it."""

from dataclasses import dataclass
from uuid import UUID

from integrations_app.domain.connection import Status

KEY = "ai_endpoints"
"""Key of the module, and of what is told about its rows."""

CAPABILITY = "chat"
"""What a provider must be capable of, for its connections to serve endpoints."""

NAME_MAX_LENGTH = 100
MODEL_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An endpoint as an admin types it.

    Attributes:
        name: What people call it; unique, whatever its case.
        model: The provider's name of a model.
        integration: Uuid of the connection that it uses; None for none yet.
    """

    name: str
    model: str
    integration: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint as stored, without its old key.

    Attributes:
        uuid: Its identity.
        draft: What an admin says of it; the connection may be gone.
        provider: What stood there before connections had uuids: `provider` or `provider:name`.
        has_old_key: A key of its own is stored with it, in the clear.
        version: Grows by one with each change.
    """

    uuid: UUID
    draft: Draft
    provider: str | None
    has_old_key: bool
    version: int

    @property
    def can_recover(self) -> bool:
        """Return whether its old key is all it has, so that an admin may see it once more."""
        return self.has_old_key and self.draft.integration is None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSummary:
    """An endpoint as the list shows it.

    Attributes:
        uuid: Its identity.
        name: What people call it.
        model: The provider's name of a model.
        integration: Uuid of its connection; None for none.
        provider: Key of the connection's provider; None if it has none, or the connection is gone.
        connection: Name of the connection.
        status: Whether the connection can be used.
        has_old_key: A key of its own is stored with it, in the clear.
        version: Grows by one with each change.
    """

    uuid: UUID
    name: str
    model: str
    integration: UUID | None
    provider: str | None
    connection: str | None
    status: Status | None
    has_old_key: bool
    version: int
