"""Pages of the list by keyset: as cheap at the end of a million rows as at the beginning."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from integrations_app.domain.connection import Status
from integrations_app.domain.summary import COUNT_LIMIT, FAILING_LIMIT, PageQuery, SortKey
from integrations_app.storage.queries import connections

LOWER_NAME = sa.func.lower(connections.c.name, type_=sa.Text)
_LOWER_ACCOUNT = sa.func.lower(
    sa.func.coalesce(connections.c.account_name, sa.literal_column("''")), type_=sa.Text
)
_TESTED_AT = sa.func.coalesce(
    connections.c.last_validated_at, sa.literal_column("'-infinity'::timestamptz")
)

_IS_FINE = connections.c.status != sa.literal_column("'error'")

_KEYS: dict[SortKey, tuple[sa.ColumnElement[Any], ...]] = {
    SortKey.ATTENTION: (_IS_FINE, connections.c.provider, LOWER_NAME),
    SortKey.SERVICE: (connections.c.provider, LOWER_NAME),
    SortKey.NAME: (LOWER_NAME,),
    SortKey.ACCOUNT: (_LOWER_ACCOUNT,),
    SortKey.STATUS: (connections.c.status,),
    SortKey.TESTED: (_TESTED_AT,),
}
"""Spelled like the indexes of `tables.ConnectionRow`."""

SHOWN = (
    connections.c.uuid,
    connections.c.provider,
    connections.c.name,
    connections.c.account_name,
    connections.c.status,
    connections.c.validation_reason,
    connections.c.validation_details,
    connections.c.last_validated_at,
    connections.c.version,
    connections.c.updated_at,
)


def page(
    query: PageQuery, cursor: Sequence[str] | None, *, backwards: bool
) -> sa.Select[*tuple[Any, ...]]:
    """The rows of a page and one more, which tells whether another page follows.

    Args:
        query: Which rows, and their order.
        cursor: Texts of the sort keys and uuid of the row to start behind.
        backwards: Walk towards the beginning; the rows come nearest first.
    """
    keys = (*_KEYS[query.sort], connections.c.uuid)
    falling = query.descending != backwards
    cursor_texts = [sa.cast(key, sa.Text).label(f"cursor_{at}") for at, key in enumerate(keys)]
    statement = sa.select(*SHOWN, *cursor_texts).where(*_conditions(query))
    if cursor is not None:
        here = sa.tuple_(*keys)
        there = sa.tuple_(
            *(
                sa.cast(sa.literal(text, sa.Text), key.type)
                for text, key in zip(cursor, keys, strict=True)
            )
        )
        statement = statement.where(here < there if falling else here > there)
    ordered = [key.desc() if falling else key.asc() for key in keys]
    return statement.order_by(*ordered).limit(query.limit + 1)


def key_count(sort: SortKey) -> int:
    """How many texts a cursor of this order has."""
    return len(_KEYS[sort]) + 1


def count(query: PageQuery) -> sa.Select[int, int]:
    """How many rows match, and how many of all fail; at most one more than the limit of each."""
    failing = connections.c.status == sa.literal_column("'error'")
    return sa.select(
        _counted(*_conditions(query), limit=COUNT_LIMIT).label("matching"),
        _counted(failing, limit=FAILING_LIMIT).label("failing"),
    )


def _counted(*conditions: sa.ColumnElement[bool], limit: int) -> sa.ScalarSelect[int]:
    some = sa.select(sa.literal_column("1")).select_from(connections).where(*conditions)
    counted = some.limit(limit + 1).subquery()
    return sa.select(sa.func.count()).select_from(counted).scalar_subquery()


def _conditions(query: PageQuery) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if query.provider:
        conditions.append(connections.c.provider == query.provider)
    if query.status is not None:
        conditions.append(connections.c.status == query.status.value)
        if query.status is not Status.ERROR:
            conditions.append(_IS_FINE)  # lets an index begin behind all that fails
    if query.search:
        conditions.append(begins_with(query.search))
    return conditions


def begins_with(text: str) -> sa.ColumnElement[bool]:
    """Whether the name or the account begins with this, in any case."""
    beginning = text.lower()
    return sa.or_(
        LOWER_NAME.startswith(beginning, autoescape=True),
        _LOWER_ACCOUNT.startswith(beginning, autoescape=True),
    )
