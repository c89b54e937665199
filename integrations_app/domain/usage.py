"""Places that use a connection."""

import hashlib
import json
from collections.abc import Iterable
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


def fingerprint(usages: Iterable[Usage]) -> str:
    """Return a text that is the same for the same set of places, whatever their order."""
    places = sorted((usage.label, usage.url or "", usage.blocking) for usage in usages)
    return hashlib.sha256(json.dumps(places).encode()).hexdigest()
