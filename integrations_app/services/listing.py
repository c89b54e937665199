"""Pages of the list of connections."""

import base64
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from integrations_app.domain.summary import COUNT_LIMIT, ListPage, PageQuery, SortKey, Summary
from integrations_app.errors import InvalidUuid
from integrations_app.services.references import parse_uuid
from integrations_app.storage import pages
from integrations_app.storage.engine import database

_LONGEST_CURSOR = 2_000
_TRUTHS = ("true", "false")


def page(query: PageQuery) -> ListPage:
    """One page, in two queries however many connections there are.

    A cursor that nobody made means the first page.
    """
    backwards = bool(query.before)
    cursor = _decoded(query.before or query.after, query.sort)
    rows = list(
        database().fetch(pages.page(query, cursor, backwards=backwards and cursor is not None))
    )
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    came_back = backwards and cursor is not None
    if came_back:
        rows.reverse()
    counted = database().fetch(pages.count(query))[0]
    has_next, has_previous = (True, more) if came_back else (more, cursor is not None)
    return ListPage(
        rows=tuple(summary(row) for row in rows),
        count=min(counted.matching, COUNT_LIMIT),
        counted_all=counted.matching <= COUNT_LIMIT,
        failing=counted.failing,
        next_cursor=_encoded(rows[-1]) if rows and has_next else "",
        previous_cursor=_encoded(rows[0]) if rows and has_previous else "",
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
        validation_reason=CheckReason(reason) if reason else None,
        validation_details=row.validation_details,
        last_validated_at=row.last_validated_at,
        version=row.version,
        updated_at=row.updated_at,
    )


def _encoded(row: Row[Any]) -> str:
    texts = [value for key, value in row._mapping.items() if key.startswith("cursor_")]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def _decoded(cursor: str, sort: SortKey) -> list[str] | None:
    parts = pages.key_count(sort)
    if not cursor or len(cursor) > _LONGEST_CURSOR:
        return None
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(texts, list) or len(texts) != parts:
            return None
        parse_uuid(texts[-1])
        fits = all(isinstance(text, str) and "\0" not in text for text in texts)
        "".join(texts).encode()
        if sort is SortKey.ATTENTION and texts[0] not in _TRUTHS:
            return None
        if sort is SortKey.TESTED and texts[0] != "-infinity":
            datetime.fromisoformat(texts[0])
    except (ValueError, TypeError, RecursionError, InvalidUuid):
        return None
    return texts if fits else None
