"""The actor of a change, and its origin."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_MAX_LENGTH = 500


class Origin(StrEnum):
    """The door a change came through."""

    WEB = "web"
    CLI = "cli"
    API = "api"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An acting person or program, as the audit log remembers it.

    Attributes:
        kind: `admin`, `user` or `system`.
        id: Stable within its kind.
        label: What a person reads.
        origin: The door the change came through.
        request_id: Ties the entry to a request or an event; None outside of one.
    """

    kind: str
    id: str
    label: str
    origin: Origin = Origin.API
    request_id: str | None = None

    @classmethod
    def of(cls, actor: "Actor | str | None") -> "Actor":
        """The actor that a caller of the public API meant.

        Args:
            actor: An actor, a user's id, or None for the running program.
        """
        if isinstance(actor, Actor):
            return actor
        if actor is not None:
            name = shown(str(actor))
            return cls(kind="user", id=name, label=name)
        program = Path(sys.argv[0] if sys.argv else "").name or "python"
        return cls(kind="system", id=program, label=f"system:{program}")


def shown(name: str) -> str:
    """Somebody else's text as the audit log may hold it."""
    return "".join(character for character in name if character.isprintable())[:_MAX_LENGTH]


AUTOMATIC = Actor(kind="system", id="renewal", label="automatic renewal", origin=Origin.SCHEDULE)
"""Whoever renews tokens because they are due, not because somebody asked."""

SCHEDULED = Actor(kind="system", id="schedule", label="scheduled check", origin=Origin.SCHEDULE)
"""Whoever checks connections because it is time to."""
