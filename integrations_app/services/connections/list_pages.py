"""Pages of the list of connections."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from integrations_app.domain.paging import Standing
from integrations_app.domain.summary import COUNT_LIMIT, ListPage, PageQuery, Summary
from integrations_app.storage import pages
from integrations_app.storage.engine import database


def page(query: PageQuery) -> ListPage:
    """One page, in two queries however many connections there are.

    A cursor that nobody made means the first page; of a page that has emptied, it is the one
    before.
    """
    cut = pages.page(query)
    counted = database().fetch(pages.count(query))[0]
    return ListPage(
        rows=tuple(summary(row) for row in cut.rows),
        count=min(counted.matching, COUNT_LIMIT),
        counted_all=counted.matching <= COUNT_LIMIT,
        failing=counted.failing,
        next_cursor=cut.next_cursor,
        previous_cursor=cut.previous_cursor,
        turned_back_to=cut.turned_back_to,
    )


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
