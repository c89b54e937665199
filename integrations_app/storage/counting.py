"""Counts of lists, which stop where nobody wants to know more."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row

from integrations_app.domain.paging import COUNT_LIMIT


def capped(
    table: sa.FromClause, *conditions: sa.ColumnElement[bool], limit: int = COUNT_LIMIT
) -> sa.ScalarSelect[int]:
    """Return the number of rows that meet the conditions, up to one more than the limit."""
    some = sa.select(sa.literal_column("1", sa.Integer)).select_from(table).where(*conditions)
    limited = some.limit(limit + 1).subquery()
    return sa.select(sa.func.count()).select_from(limited).scalar_subquery()


def counted(
    table: sa.FromClause,
    *conditions: sa.ColumnElement[bool],
    preceding: sa.ColumnElement[bool] | None,
) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for the rows of a list, and for those that precede a page.

    Args:
        table: Where the rows are.
        conditions: What makes them rows of the list.
        preceding: `Keyset.preceding` of the page.
    """
    none: sa.ColumnElement[int] = sa.literal_column("0", sa.Integer)
    before = none if preceding is None else capped(table, *conditions, preceding)
    return sa.select(capped(table, *conditions).label("matching"), before.label("preceding"))


def of_page(row: Row[Any]) -> Mapping[str, Any]:
    """Return what a page says of its place, from the row that `counted` gives."""
    return {
        "count": min(row.matching, COUNT_LIMIT),
        "counted_all": row.matching <= COUNT_LIMIT,
        "preceding": row.preceding if row.preceding <= COUNT_LIMIT else None,
    }
