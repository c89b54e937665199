"""Queries of the list of connections."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from integrations_app.domain.connection import Status
from integrations_app.domain.summary import FAILING_LIMIT, PageQuery, SortKey
from integrations_app.storage.counting import capped, counted
from integrations_app.storage.keyset import Cut, Keyset, Place
from integrations_app.storage.queries import connections
from integrations_app.storage.search import has_part, part

LOWER_NAME = sa.func.lower(connections.c.name, type_=sa.Text)
_LOWER_ACCOUNT = sa.func.lower(
    sa.func.coalesce(connections.c.account_name, sa.literal_column("''")), type_=sa.Text
)
_TESTED_AT = sa.func.coalesce(
    connections.c.last_validated_at, sa.literal_column("'-infinity'::timestamptz")
)

_IS_FINE = connections.c.status != sa.literal_column("'error'")

_ORDERS: dict[SortKey, Keyset] = {
    key: Keyset(*expressions, connections.c.uuid)
    for key, expressions in {
        SortKey.ATTENTION: (_IS_FINE, connections.c.provider, LOWER_NAME),
        SortKey.SERVICE: (connections.c.provider, LOWER_NAME),
        SortKey.NAME: (LOWER_NAME,),
        SortKey.ACCOUNT: (_LOWER_ACCOUNT,),
        SortKey.STATUS: (connections.c.status,),
        SortKey.TESTED: (_TESTED_AT,),
    }.items()
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


def page(query: PageQuery) -> Cut:
    """The rows of a page, in one query unless nothing is left of it."""
    place = Place(
        after=query.after, before=query.before, limit=query.limit, descending=query.descending
    )
    rows = sa.select(*SHOWN).where(*_filters(query))
    return _ORDERS[query.sort].cut(rows, place, part(query.search) if query.search else None)


def these(query: PageQuery, uuids: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """The connections of these uuids in the order of a list, and whether it has them."""
    matches = sa.and_(sa.true(), *_conditions(query)).label("matches")
    rows = sa.select(*SHOWN, matches).where(connections.c.uuid.in_(uuids))
    return _ORDERS[query.sort].sort(rows, descending=query.descending)


def count(query: PageQuery, cut: Cut) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for the rows that match, precede a page, and fail.

    Each is counted to one more than its limit.
    """
    failing = connections.c.status == sa.literal_column("'error'")
    preceding = _ORDERS[query.sort].preceding(cut, descending=query.descending)
    return counted(connections, *_conditions(query), preceding=preceding).add_columns(
        capped(connections, failing, limit=FAILING_LIMIT).label("failing")
    )


def _conditions(query: PageQuery) -> list[sa.ColumnElement[bool]]:
    return [*_filters(query), *([has_part(query.search)] if query.search else [])]


def _filters(query: PageQuery) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if query.provider:
        conditions.append(connections.c.provider == query.provider)
    if query.status is not None:
        conditions.append(connections.c.status == query.status.value)
        if query.status is not Status.ERROR:
            conditions.append(_IS_FINE)  # lets an index begin behind all that fails
    return conditions
