"""The people who have an account at every provider of this world."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ..keys import digits

NAMES = {"ada@example.com": "Ada Lovelace", "grace@example.com": "Grace Hopper"}
OFFERED = tuple(NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody's account; the same e-mail address is always the same account."""

    email: str

    @property
    def name(self) -> str:
        """What the person is called."""
        return NAMES.get(self.email) or self.email.partition("@")[0].title()

    @property
    def google_id(self) -> str:
        """A number of 21 digits."""
        return f"1{int(digits(self.email, 20), 16) % 10**20:020}"

    @property
    def microsoft_id(self) -> str:
        """A UUID."""
        return str(UUID(hex=digits(self.email, 32)))
