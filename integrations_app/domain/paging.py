"""A page of a sorted list, whatever the list is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

Row = TypeVar("Row")

COUNT_LIMIT = 1_000
"""Counting stops here; what a person wants to know beyond is only that there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """One page of a list.

    Attributes:
        rows: In their order.
        count: Rows that match, over all pages, counted up to `COUNT_LIMIT`.
        counted_all: `count` is the whole truth.
        preceding: Rows that match and stand before this page, counted likewise; None if there are
            more.
        next_cursor: For `after`; empty on the last page.
        previous_cursor: For `before`; empty on the first page.
        turned_back_to: For `after`, if nothing is left of the page that was asked for and this is
            the one before it, empty for the first; None if it is the one that was asked for.
    """

    rows: tuple[Row, ...] = ()
    count: int = 0
    counted_all: bool = True
    preceding: int | None = 0
    next_cursor: str = ""
    previous_cursor: str = ""
    turned_back_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Generic[Row]):
    """Rows that were on a page once, as far as they are left.

    Attributes:
        rows: Those that exist, in the order of the list, wherever they stand in it now.
        unmatched: Uuids of those among them that the list's filters leave out now.
    """

    rows: Sequence[Row] = ()
    unmatched: frozenset[UUID] = frozenset()
