"""Pages of sorted lists by keyset: as cheap at the end of a million rows as at the beginning."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Row

from integrations_app.storage.engine import database

_LONGEST_CURSOR = 2_000
_TRUTHS = ("true", "false")
_BEFORE_ALL_TIME = "-infinity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The rows of a page, with the cursors of `domain.paging.Page`."""

    rows: Sequence[Row[Any]] = ()
    next_cursor: str = ""
    previous_cursor: str = ""
    turned_back_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page begins.

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


class Keyset:
    """What a list is sorted by.

    Args:
        keys: Spelled as the list's index has them; together no two rows have the same.
    """

    def __init__(self, *keys: sa.ColumnElement[Any]) -> None:
        self._keys = keys

    def cut(self, statement: sa.Select[*tuple[Any, ...]], place: Place) -> Cut:
        """The page of a list that begins at a place.

        A cursor that nobody made means the first page, and a place behind which nothing is left
        the page before it.

        Args:
            statement: All rows of the list, in no order.
            place: Where the page begins.
        """
        cursor = self._decoded(place.before or place.after)
        back = cursor is not None and bool(place.before)
        cut, beyond = self._walk(statement, place, cursor, back=back)
        if cut.rows or cursor is None:
            return cut
        if back:
            return replace(self._walk(statement, place, None)[0], turned_back_to="")
        cut, beyond = self._walk(statement, place, None, back=True)
        return replace(cut, turned_back_to=_encoded(beyond) if beyond is not None else "")

    def sort(
        self, statement: sa.Select[*tuple[Any, ...]], *, descending: bool = False
    ) -> sa.Select[*tuple[Any, ...]]:
        """The rows of a statement in this order."""
        return statement.order_by(*(key.desc() if descending else key.asc() for key in self._keys))

    def _walk(
        self,
        statement: sa.Select[*tuple[Any, ...]],
        place: Place,
        cursor: Sequence[str] | None,
        *,
        back: bool = False,
    ) -> tuple[Cut, Row[Any] | None]:
        """The rows from a cursor on, or from the end of the list that one comes from.

        Returns:
            The page, and the row that follows its last one in the direction of the walk.
        """
        wanted = self._from(statement, cursor, descending=place.descending != back)
        found = list(database().fetch(wanted.limit(place.limit + 1)))
        rows, beyond = found[: place.limit], found[place.limit :]
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

    def _from(
        self,
        statement: sa.Select[*tuple[Any, ...]],
        cursor: Sequence[str] | None,
        *,
        descending: bool,
    ) -> sa.Select[*tuple[Any, ...]]:
        """The rows behind a cursor, with the texts that make cursors of them."""
        texts = [sa.cast(key, sa.Text).label(f"cursor_{at}") for at, key in enumerate(self._keys)]
        statement = statement.add_columns(*texts)
        if cursor is not None:
            here = sa.tuple_(*self._keys)
            there = sa.tuple_(
                *(
                    sa.cast(sa.literal(text, sa.Text), key.type)
                    for text, key in zip(cursor, self._keys, strict=True)
                )
            )
            statement = statement.where(here < there if descending else here > there)
        return self.sort(statement, descending=descending)

    def _decoded(self, cursor: str) -> list[str] | None:
        """The texts of a cursor; None if it is empty, or not one of this order's."""
        if not cursor or len(cursor) > _LONGEST_CURSOR:
            return None
        try:
            texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if not isinstance(texts, list) or len(texts) != len(self._keys):
                return None
            return [_readable(text, key) for text, key in zip(texts, self._keys, strict=True)]
        except (ValueError, OverflowError, RecursionError):
            return None


def _encoded(row: Row[Any]) -> str:
    texts = [value for key, value in row._mapping.items() if key.startswith("cursor_")]
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
