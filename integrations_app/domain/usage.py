"""Where a connection is used."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One place that uses a connection.

    Attributes:
        label: What a person calls the place.
        url: Where to look at it; None if it has no page.
        blocking: Removal of the connection is refused while this use lasts.
    """

    label: str
    url: str | None = None
    blocking: bool = False
