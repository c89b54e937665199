"""Someone who may sign in, and the time they may stay."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from integrations_app.domain.actor import Actor, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """Someone who may sign in.

    Attributes:
        uuid: Their identity.
        email: What they sign in with.
    """

    uuid: UUID
    email: str

    def acting(self, *, request_id: str | None = None) -> Actor:
        """The admin as the audit log remembers what they do on the pages."""
        return Actor(
            kind="admin",
            id=str(self.uuid),
            label=self.email,
            origin=Origin.WEB,
            request_id=request_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSession:
    """A signed-in browser.

    Attributes:
        admin: Who signed in there.
        expires_at: When it ends by itself.
    """

    admin: Admin
    expires_at: datetime
