"""The last migration of a module's old data."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRun:
    """A module of this program, and how its last migration ended.

    Attributes:
        module: The module's key.
        title: What people call it.
        at: When it was asked last; None if it never was.
        error: What may be said of why it failed; None if it did not.
    """

    module: str
    title: str
    at: datetime | None = None
    error: str | None = None
