"""Connections to choose from, without what only their own pages show."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from integrations_app.storage.pages import LOWER_NAME, SHOWN
from integrations_app.storage.queries import connections
from integrations_app.storage.search import has_part

_BY_NAME = (connections.c.provider, LOWER_NAME, connections.c.uuid)
_IS_CONNECTED = connections.c.status == sa.literal_column("'connected'")


def matching(
    *, providers: Collection[str] | None, search: str, titled: Collection[str], limit: int
) -> sa.Select[*tuple[Any, ...]]:
    """The first that match: those that are connected, then the others; by provider, then name.

    Args:
        providers: Keys of their providers; None for any.
        search: What the name or the account has in it.
        titled: Keys of the providers that match the search themselves.
        limit: How many.
    """
    statement = sa.select(*SHOWN)
    if providers is not None:
        statement = statement.where(connections.c.provider.in_(providers))
    if search:
        statement = statement.where(sa.or_(has_part(search), connections.c.provider.in_(titled)))
    # One order of them all would sort the whole table; each of these follows an index.
    ready, rest = (
        statement.add_columns(rank.label("rank"), LOWER_NAME.label("lower_name"))
        .where(condition)
        .order_by(*_BY_NAME)
        .limit(limit)
        for rank, condition in (
            (sa.literal_column("0", sa.Integer), _IS_CONNECTED),
            (sa.literal_column("1", sa.Integer), sa.not_(_IS_CONNECTED)),
        )
    )
    either = sa.union_all(ready, rest).subquery()
    in_order = (either.c.rank, either.c.provider, either.c.lower_name, either.c.uuid)
    shown = (either.c[column.name] for column in SHOWN)
    return sa.select(*shown).order_by(*in_order).limit(limit)


def these(uuids: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """The connections of these uuids that still exist."""
    return sa.select(*SHOWN).where(connections.c.uuid.in_(uuids)).order_by(*_BY_NAME)
