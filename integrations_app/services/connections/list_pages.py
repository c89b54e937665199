"""Pages of the list of connections."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.paging import Standing
from integrations_app.domain.summary import ListPage, PageQuery, SortKey, Summary
from integrations_app.services.connections import lookup
from integrations_app.storage import counting, pages, queries
from integrations_app.storage.engine import database

_AT_ONCE = 200
"""Connections that are read in one go where all are asked for."""


def page(query: PageQuery) -> ListPage:
    """One page, in two queries however many connections there are.

    A cursor that nobody made means the first page; of a page that has emptied, it is the one
    before.
    """
    cut = pages.page(query)
    [counted] = database().fetch(pages.count(query, cut))
    return ListPage(
        rows=tuple(summary(row) for row in cut.rows),
        **counting.of_page(counted),
        failing=counted.failing,
        next_cursor=cut.next_cursor,
        previous_cursor=cut.previous_cursor,
        turned_back_to=cut.turned_back_to,
    )


def matching(
    *, provider: str = "", status: Status | None = None, search: str = ""
) -> Iterator[Connection]:
    """Every connection that a list would show, by provider and name; read as they are asked for.

    Args:
        provider: Key of a provider; empty for all.
        status: A status; None for all.
        search: Any part of the name or of the account, in any case; empty for all.
    """
    if not _can_be_stored(provider + search):
        return
    query = PageQuery(
        provider=provider, status=status, search=search, sort=SortKey.SERVICE, limit=_AT_ONCE
    )
    while True:
        cut = pages.page(query)
        if cut.turned_back_to is not None:  # what was to come next has gone
            return
        order = [row.uuid for row in cut.rows]
        rows = {row.uuid: row for row in database().fetch(queries.by_uuids(order))}
        yield from (lookup.connection_of(rows[uuid]) for uuid in order if uuid in rows)
        if not cut.next_cursor:
            return
        query = replace(query, after=cut.next_cursor)


def standing(query: PageQuery, uuids: Collection[UUID]) -> Standing[Summary]:
    """Return what is left of connections that a page has shown, in one query."""
    rows = database().fetch(pages.these(query, uuids))
    return Standing(
        rows=tuple(summary(row) for row in rows),
        unmatched=frozenset(row.uuid for row in rows if not row.matches),
    )


def summary(row: Row[Any]) -> Summary:
    """A connection from the columns that `pages.SHOWN` names."""
    reason = row.validation_reason
    return Summary(
        uuid=row.uuid,
        provider=row.provider,
        name=row.name,
        account_name=row.account_name,
        status=Status(row.status),
        validation_reason=CheckReason.stored(reason),
        validation_details=row.validation_details,
        last_validated_at=row.last_validated_at,
        version=row.version,
        updated_at=row.updated_at,
    )


def _can_be_stored(text: str) -> bool:
    """Tell whether a database takes a text at all; arguments of a command may be any bytes."""
    return "\0" not in text and all(unicodedata.category(character) != "Cs" for character in text)
