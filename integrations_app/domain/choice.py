"""Connections to choose from."""

from dataclasses import dataclass
from uuid import UUID

from integrations_app.domain.summary import Summary

ALL_LIMIT = 1_000
"""Up to here a browser gets them all and searches by itself."""

SOME_LIMIT = 50
"""Beyond that, how many it gets at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceQuery:
    """Query for connections to choose from.

    Attributes:
        provider: Key of a provider; empty for all.
        capabilities: What the provider must be capable of; none for anything.
        search: Beginning of the name, the account or the service, in any case; empty for all.
        selected: What is selected already: to be found whatever else is asked for.
    """

    provider: str = ""
    capabilities: frozenset[str] = frozenset()
    search: str = ""
    selected: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Connections that a query found.

    Attributes:
        rows: Connected ones first, then by provider and name; what is selected is among them, or
            behind them.
        more: There are more that match.
    """

    rows: tuple[Summary, ...] = ()
    more: bool = False
