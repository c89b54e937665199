"""Admins, of our own and of the app around us, and their sessions."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from integrations_app.domain.actor import Actor, Origin, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """A person who may sign in.

    Attributes:
        uuid: Their identity.
        email: What they sign in with.
    """

    uuid: UUID
    email: str

    @property
    def label(self) -> str:
        """Return what a person reads."""
        return self.email

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
class HostAdmin:
    """A person whom the app around us has signed in, and who may manage its connections.

    Attributes:
        id: Their identity there; it never changes.
        label: What the audit log calls them: an e-mail address or a name.
        session: What tells this signed-in browser from any other for as long as it stays signed
            in, such as its session's token; only a hash of it is kept.
        expires_at: When that session ends by itself; aware.
    """

    id: str
    label: str
    session: str = field(repr=False)
    expires_at: datetime

    def __post_init__(self) -> None:
        """Refuse what would recognise nobody, or everybody.

        Raises:
            ValueError: A text is empty, or the moment has no time zone.
        """
        if not (self.id and self.label and self.session):
            raise ValueError("A HostAdmin needs an id, a label and a session.")
        if self.expires_at.tzinfo is None:
            raise ValueError("HostAdmin.expires_at needs a time zone.")

    def acting(self, *, request_id: str | None = None) -> Actor:
        """The admin as the audit log remembers what they do on the pages."""
        return Actor(
            kind="admin",
            id=shown(self.id),
            label=shown(self.label),
            origin=Origin.WEB,
            request_id=request_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSession:
    """A signed-in browser.

    Attributes:
        admin: Who signed in there.
        token: What the browser is recognised by.
        expires_at: When it ends by itself.
        look_again_s: After how long to ask anew; None if its end is always announced.
    """

    admin: Admin | HostAdmin
    token: str = field(repr=False)
    expires_at: datetime
    look_again_s: float | None = None
