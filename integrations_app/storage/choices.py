"""Connections to choose from, without what only their own pages show."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from integrations_app.storage.pages import LOWER_NAME, SHOWN, begins_with
from integrations_app.storage.queries import connections

_FIRST_BY_NAME = (connections.c.provider, LOWER_NAME, connections.c.uuid)


def matching(
    *, providers: Collection[str] | None, search: str, titled: Collection[str], limit: int
) -> sa.Select[*tuple[Any, ...]]:
    """The first connections that match, by provider, then name.

    Args:
        providers: Keys of their providers; None for any.
        search: What the name or the account begins with.
        titled: Keys of the providers that match the search themselves.
        limit: How many.
    """
    statement = sa.select(*SHOWN)
    if providers is not None:
        statement = statement.where(connections.c.provider.in_(providers))
    if search:
        statement = statement.where(sa.or_(begins_with(search), connections.c.provider.in_(titled)))
    return statement.order_by(*_FIRST_BY_NAME).limit(limit)


def these(uuids: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """The connections of these uuids that still exist."""
    return sa.select(*SHOWN).where(connections.c.uuid.in_(uuids)).order_by(*_FIRST_BY_NAME)
