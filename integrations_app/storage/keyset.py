"""Pages of sorted lists by keyset: as cheap at the end of a million rows as at the beginning."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Row

from integrations_app.storage.engine import database

_LONGEST_CURSOR = 2_000
_TRUTHS = ("true", "false")
_BEFORE_ALL_TIME = "-infinity"
_SEARCHED = "searched_text"
_LOOKED_THROUGH = 500
"""So many rows are looked through for a page of what is searched before an index is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The rows of a page, with the cursors of `domain.paging.Page`."""

    rows: Sequence[Row[Any]] = ()
    next_cursor: str = ""
    previous_cursor: str = ""
    turned_back_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Beginning of a page.

    Attributes:
        after: Cursor of the row to start behind; empty for the beginning of the list.
        before: Cursor of the row to start in front of, going back; empty unless going back.
        limit: Rows a page.
        descending: The list is read the other way round.
    """

    after: str = ""
    before: str = ""
    limit: int
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A condition on one text, which few rows or nearly all may meet.

    Attributes:
        text: What is searched.
        meets: Whether a text meets the condition.
        may_meet: Whether a row may, which an index answers.
    """

    text: sa.ColumnElement[str]
    meets: Callable[[sa.ColumnElement[str]], sa.ColumnElement[bool]]
    may_meet: sa.ColumnElement[bool]


class Keyset:
    """Sort order of a list.

    Args:
        keys: Spelled as the list's index has them; together no two rows have the same.
    """

    def __init__(self, *keys: sa.ColumnElement[Any]) -> None:
        self._keys = keys
        self._labelled = [key.label(f"key_{at}") for at, key in enumerate(keys)]

    def cut(
        self, statement: sa.Select[*tuple[Any, ...]], place: Place, search: Search | None = None
    ) -> Cut:
        """The page of a list that begins at a place.

        A cursor that nobody made means the first page, and a place behind which nothing is left
        the page before it.

        Args:
            statement: All rows of the list, in no order.
            place: Where the page begins.
            search: What they must meet besides.
        """
        cursor = self._decoded(place.before or place.after)
        back = cursor is not None and bool(place.before)
        walk = partial(self._walk, statement, place, search)
        cut, beyond = walk(cursor, back=back)
        if cut.rows or cursor is None:
            return cut
        if back:
            return replace(walk(None)[0], turned_back_to="")
        cut, beyond = walk(None, back=True)
        return replace(cut, turned_back_to=_encoded(beyond) if beyond is not None else "")

    def preceding(self, cut: Cut, *, descending: bool = False) -> sa.ColumnElement[bool] | None:
        """The condition that rows before a page meet; None on the first one, where none are."""
        first = self._decoded(cut.previous_cursor)
        return None if first is None else self._beyond(first, descending=not descending)

    def sort(
        self, statement: sa.Select[*tuple[Any, ...]], *, descending: bool = False
    ) -> sa.Select[*tuple[Any, ...]]:
        """The rows of a statement in this order."""
        return statement.order_by(*(key.desc() if descending else key.asc() for key in self._keys))

    def _walk(
        self,
        statement: sa.Select[*tuple[Any, ...]],
        place: Place,
        search: Search | None,
        cursor: Sequence[str] | None,
        *,
        back: bool = False,
    ) -> tuple[Cut, Row[Any] | None]:
        """The rows from a cursor on, or from the end of the list that one comes from.

        Returns:
            The page, and the row that follows its last one in the direction of the walk.
        """
        descending = place.descending != back
        behind = self._behind(statement, cursor, descending=descending)
        walked = list(self._first(behind, search, place.limit + 1, descending=descending))
        rows, beyond = walked[: place.limit], walked[place.limit :]
        more, has_behind = bool(beyond), cursor is not None
        if back:
            rows.reverse()
        has_next, has_previous = (has_behind, more) if back else (more, has_behind)
        cut = Cut(
            rows=rows,
            next_cursor=_encoded(rows[-1]) if rows and has_next else "",
            previous_cursor=_encoded(rows[0]) if rows and has_previous else "",
        )
        return cut, beyond[0] if beyond else None

    def _first(
        self,
        statement: sa.Select[*tuple[Any, ...]],
        search: Search | None,
        limit: int,
        *,
        descending: bool,
    ) -> Sequence[Row[Any]]:
        """The first rows of a statement, with the texts that make cursors of them.

        What many rows meet is found soonest by going through them in order, what few meet by
        asking the index first; the database would guess which it is, and guess wrong.
        """
        if search is None:
            rows = self.sort(statement.add_columns(*_texts(self._keys)), descending=descending)
            return database().fetch(rows.limit(limit))
        keyed = statement.add_columns(*self._labelled, search.text.label(_SEARCHED))
        inner = self.sort(keyed, descending=descending).limit(_LOOKED_THROUGH).subquery()
        meets = search.meets(inner.c[_SEARCHED])
        first = self._fetch(inner, statement, limit, descending=descending, condition=meets)
        if len(first) == limit:
            return first
        hits = keyed.where(search.may_meet, search.meets(search.text))
        apart = hits.offset(sa.literal_column("0")).subquery()  # found first, put in order then
        return self._fetch(apart, statement, limit, descending=descending)

    def _fetch(
        self,
        rows: sa.FromClause,
        statement: sa.Select[*tuple[Any, ...]],
        limit: int,
        *,
        descending: bool,
        condition: sa.ColumnElement[bool] | None = None,
    ) -> Sequence[Row[Any]]:
        keys = Keyset(*(rows.c[key.name] for key in self._labelled))
        shown = [rows.c[str(column.key)] for column in statement.selected_columns]
        selected = sa.select(*shown, *_texts(keys._keys)).limit(limit)
        if condition is not None:
            selected = selected.where(condition)
        return database().fetch(keys.sort(selected, descending=descending))

    def _behind(
        self,
        statement: sa.Select[*tuple[Any, ...]],
        cursor: Sequence[str] | None,
        *,
        descending: bool,
    ) -> sa.Select[*tuple[Any, ...]]:
        """The rows behind a cursor."""
        if cursor is None:
            return statement
        return statement.where(self._beyond(cursor, descending=descending))

    def _beyond(self, cursor: Sequence[str], *, descending: bool) -> sa.ColumnElement[bool]:
        here = sa.tuple_(*self._keys)
        there = sa.tuple_(
            *(
                sa.cast(sa.literal(text, sa.Text), key.type)
                for text, key in zip(cursor, self._keys, strict=True)
            )
        )
        return here < there if descending else here > there

    def _decoded(self, cursor: str) -> list[str] | None:
        """The texts of a cursor; None if it is empty, or not one of this order's."""
        if not cursor or len(cursor) > _LONGEST_CURSOR:
            return None
        try:
            texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if not isinstance(texts, list):
                return None
            texts = cast("list[object]", texts)
            return [_readable(text, key) for text, key in zip(texts, self._keys, strict=True)]
        except (ValueError, OverflowError, RecursionError):
            return None


def _texts(keys: Sequence[sa.ColumnElement[Any]]) -> list[sa.Label[str]]:
    return [sa.cast(key, sa.Text).label(f"cursor_{at}") for at, key in enumerate(keys)]


def _encoded(row: Row[Any]) -> str:
    values = row._mapping  # pyright: ignore[reportPrivateUsage] - public, but for columns' sake
    texts = [value for key, value in values.items() if key.startswith("cursor_")]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def _readable(text: object, key: sa.ColumnElement[Any]) -> str:
    """A text that the database can read as a value of this key.

    Raises:
        ValueError: It cannot, or not for certain: it reads other things than Python does.
        OverflowError: A time that is out of Python's reach.
    """
    if not isinstance(text, str) or "\0" in text:
        raise ValueError
    text.encode()
    if isinstance(key.type, sa.Boolean) and text not in _TRUTHS:
        raise ValueError
    if isinstance(key.type, sa.Uuid):
        return str(UUID(text))
    if isinstance(key.type, sa.DateTime) and text != _BEFORE_ALL_TIME:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC).isoformat()
    return text
