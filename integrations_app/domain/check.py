"""The outcome of asking a provider whether credentials work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CheckReason(StrEnum):
    """Reason for which a check did not succeed."""

    CREDENTIALS_REJECTED = "credentials_rejected"
    ACCESS_DENIED = "access_denied"
    NO_CREDIT = "no_credit"
    RATE_LIMITED = "rate_limited"
    PROVIDER_ERROR = "provider_error"
    UNREACHABLE = "unreachable"
    NEEDS_RECONNECT = "needs_reconnect"
    NOT_TESTABLE = "not_testable"
    UNDECRYPTABLE = "undecryptable"

    @classmethod
    def stored(cls, text: str | None) -> "CheckReason | None":
        """Return the reason that is stored so; None too for one that only a newer version knows."""
        return _STORED.get(text)


_STORED: dict[str | None, CheckReason] = {each.value: each for each in CheckReason}


DETAIL_KEYS = frozenset({"http_status", "retry_after_s", "provider_code"})
"""The only facts of an answer that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account that credentials belong to, by the provider's word.

    Attributes:
        id: The provider's own id for the account.
        name: What a person calls it.
    """

    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """Result of a check of credentials.

    Attributes:
        ok: The provider accepted them.
        reason: Why not; None exactly when `ok`.
        details: Facts of `DETAIL_KEYS`: `http_status`, `retry_after_s` (seconds),
            `provider_code`.
        account: Whose credentials they are, where the provider says so.
        message: Reason and details in English words.
        credential_revision: Which state of the stored credentials was checked; None for a
            dry run. A result that no longer speaks of the stored ones is not recorded.
    """

    ok: bool
    reason: CheckReason | None = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    account: Account | None = None
    message: str = ""
    credential_revision: int | None = None
