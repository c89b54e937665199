"""Outcomes of sending an admin to a provider, to connect an account."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    """Outcome of an admin's way to a provider and back."""

    CONNECTED = "connected"
    """The account is connected."""

    OTHER_ACCOUNT = "other_account"
    """It is another account than before; the admin is asked which one it shall be."""

    CANCELLED = "cancelled"
    """The admin did not grant access."""

    REFUSED = "refused"
    """The provider did not ask the admin, or did not accept the answer."""

    STATE_MISMATCH = "state_mismatch"
    """The way back does not belong to a way there; nothing was exchanged."""

    CLIENT_REFUSED = "client_refused"
    """The provider does not accept client id and secret."""

    EXCHANGE_REFUSED = "exchange_refused"
    """The provider does not accept its own code (any more)."""

    UNREACHABLE = "unreachable"
    """The provider gave no usable answer; it may work later."""

    UNTRUSTED = "untrusted"
    """No safe connection to the provider could be made."""

    CHANGED_MEANWHILE = "changed_meanwhile"
    """Somebody changed the connection's credentials on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """An admin is back.

    Attributes:
        outcome: How it went.
        uuid: The connection it was about; None if nobody knows.
    """

    outcome: Outcome
    uuid: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """An account that may take the place of a connection's present one.

    Attributes:
        account_id: The provider's own id for it.
        account: What a person calls it.
        expires_at: Until when the question stands.
    """

    account_id: str
    account: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChoice:
    """Result of choosing between the present account and another one.

    Attributes:
        revoked: Whether the provider has confirmed that the access to the account that was not
            chosen has ended; None if it was not asked: there was none, it has no place for that,
            or another connection uses the same account.
    """

    revoked: bool | None = None
