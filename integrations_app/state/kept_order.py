"""Rows that are shown stay where they are while others change what is behind them."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from integrations_app.domain.paging import Page, Standing
from integrations_app.state.batching import Together

MOST_ROWS = 100
"""So many rows are shown at once, however many others add; a page begins with 25."""


class Item(Protocol):
    """A row, as a page shows it."""

    @property
    def uuid(self) -> str:
        """Identity of the row."""
        ...


Query = TypeVar("Query", bound=Hashable)
Row = TypeVar("Row")
Shown = TypeVar("Shown", bound=Item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[Shown]):
    """A page as the database has it, and the rows that were shown before.

    Attributes:
        page: The page; its rows are in `items`.
        items: Rows of the page, in their order.
        existing: All rows that exist, of the page and of those it showed, in their order.
        unmatched: Uuids of those among them that the list's filters leave out now.
    """

    page: Page[Any]
    items: tuple[Shown, ...]
    existing: tuple[Shown, ...]
    unmatched: frozenset[str] = frozenset()
    _kept: dict[tuple[int, int], tuple[object, object, "KeptRows[Shown]"]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def kept(self, shown: tuple[Shown, ...], before: tuple[Shown, ...]) -> "KeptRows[Shown]":
        """Return what to show now; worked out once for all tabs that show the same.

        Args:
            shown: What stays where it is.
            before: What is on screen, to tell what has changed.
        """
        key = (id(shown), id(before))
        if key not in self._kept:
            self._kept[key] = (shown, before, keep(shown, self, before=before))
        return self._kept[key][2]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRows(Generic[Shown]):
    """Rows to show now.

    Attributes:
        rows: Those that were shown, where they were; behind them what has come to the page.
        deleted: Uuids of those that exist no more.
        changes: Rows that are not in their place, or would not be there, in the true order.
        different: Those that were on screen with another content, each with what it was.
    """

    rows: tuple[Shown, ...]
    deleted: frozenset[str]
    changes: int
    different: tuple[tuple[Shown, Shown], ...] = ()


def keep(
    shown: Sequence[Shown], reading: Reading[Shown], *, before: Sequence[Shown] = ()
) -> KeptRows[Shown]:
    """Return what to show of a page while nobody has asked for its order.

    Args:
        shown: What the page shows.
        reading: What the database says of these rows, and of the page.
        before: What is on screen, to tell what has changed.
    """
    existing = {item.uuid: item for item in reading.existing}
    here = {item.uuid for item in shown}
    has_emptied = bool(shown) and reading.page.turned_back_to is not None
    come = [] if has_emptied else [item for item in reading.items if item.uuid not in here]
    rows = [existing.get(item.uuid, item) for item in shown]
    rows += come[: max(MOST_ROWS - len(rows), 0)]
    places = {uuid: place for place, uuid in enumerate(existing)}
    belonging = [places[row.uuid] for row in rows if _belongs(row, existing, reading)]
    changes = len(shown) + len(come) - _longest_rising(belonging)
    on_screen = {item.uuid: item for item in before}
    pairs = ((row, on_screen.get(row.uuid, row)) for row in rows)
    return KeptRows(
        rows=tuple(rows),
        different=tuple((row, was) for row, was in pairs if row != was),
        deleted=frozenset(here - existing.keys()),
        changes=max(changes, int(has_emptied)),
    )


def _belongs(row: Shown, existing: Mapping[str, Shown], reading: Reading[Shown]) -> bool:
    return row.uuid in existing and row.uuid not in reading.unmatched


def _longest_rising(numbers: Sequence[int]) -> int:
    """Return how many of them can stay where they are when all are put in order."""
    ends: list[int] = []
    for number in numbers:
        at = bisect_left(ends, number)
        ends[at : at + 1] = [number]
    return len(ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question(Generic[Query]):
    query: Query
    shown: frozenset[str]


class Rows(Generic[Query, Row, Shown]):
    """Reads pages for all tabs that show them, and the rows of theirs that have left them.

    Args:
        page: Reads a page.
        standing: Reads rows of a list by their uuids; asked only if the page does not have them.
        item: Makes of a stored row one to show.
    """

    def __init__(
        self,
        *,
        page: Callable[[Query], Page[Row]],
        standing: Callable[[Query, Collection[UUID]], Standing[Row]],
        item: Callable[[Row], Shown],
    ) -> None:
        self._page, self._standing, self._item = page, standing, item
        self._together = Together(self._answer)
        """Most open pages show the same rows."""

    async def read(self, query: Query, *, shown: Collection[str] = ()) -> Reading[Shown]:
        """A page, and what is left of the rows that a tab shows of it.

        Raises:
            DatabaseUnavailable: The database cannot be asked.
        """
        return await self._together.ask(_Question(query=query, shown=frozenset(shown)))

    def _answer(
        self, questions: Set[_Question[Query]]
    ) -> Mapping[_Question[Query], Reading[Shown]]:
        shown: dict[Query, frozenset[str]] = {}
        for each in questions:
            shown[each.query] = shown.get(each.query, frozenset()) | each.shown
        readings = {query: self._read(query, uuids) for query, uuids in shown.items()}
        return {each: readings[each.query] for each in questions}

    def _read(self, query: Query, shown: frozenset[str]) -> Reading[Shown]:
        page = self._page(query)
        items = tuple(map(self._item, page.rows))
        on_page = {item.uuid for item in items}
        if shown <= on_page:
            return Reading(page=page, items=items, existing=items)
        standing = self._standing(query, [UUID(uuid) for uuid in shown | on_page])
        existing = tuple(map(self._item, standing.rows))
        left = {item.uuid for item in existing}
        return Reading(
            page=page,
            items=tuple(item for item in items if item.uuid in left),
            existing=existing,
            unmatched=frozenset(str(uuid) for uuid in standing.unmatched),
        )
