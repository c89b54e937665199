"""Finding AI endpoints: a page of them, one by its uuid, those that use a connection."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from integrations_app.domain.connection import Status
from integrations_app.features.ai_endpoints import queries
from integrations_app.features.ai_endpoints.endpoint import Draft, Endpoint, EndpointPage, Line
from integrations_app.features.ai_endpoints.errors import EndpointMissing
from integrations_app.services.references import parse_uuid
from integrations_app.storage.engine import database


def page(*, after: str = "", before: str = "", limit: int = 25) -> EndpointPage:
    """One page of endpoints by name, in two queries however many there are.

    Args:
        after: `next_after` of the page before; empty for the first.
        before: `previous_before` of the page behind; empty unless going back.
        limit: Endpoints a page.
    """
    rows = list(database().fetch(queries.page(after=after, before=before, limit=limit)))
    more = len(rows) > limit
    rows = rows[:limit]
    if before:
        rows.reverse()
    has_next, has_previous = (True, more) if before else (more, bool(after))
    return EndpointPage(
        lines=tuple(_line(row) for row in rows),
        count=database().fetch(queries.count)[0][0],
        next_after=rows[-1].sort_key if rows and has_next else "",
        previous_before=rows[0].sort_key if rows and has_previous else "",
    )


def by_uuid(uuid: object) -> Endpoint:
    """The endpoint of this uuid.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        EndpointMissing: There is none.
    """
    parsed = parse_uuid(uuid)
    rows = database().fetch(queries.by_uuid, {"uuid": parsed})
    if not rows:
        raise EndpointMissing(parsed)
    return _endpoint(rows[0])


def using(connection: UUID) -> list[tuple[UUID, str]]:
    """Uuid and name of every endpoint that uses the connection, by name."""
    rows = database().fetch(queries.using, {"connection": connection})
    return [(row.uuid, row.name) for row in rows]


def stored(session: Session, uuid: UUID) -> Endpoint:
    """The endpoint as this transaction leaves it."""
    return _endpoint(session.execute(queries.by_uuid, {"uuid": uuid}).one())


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(
        uuid=row.uuid,
        draft=Draft(name=row.name, model=row.model, integration=row.integration_uuid),
        provider=row.provider,
        has_old_key=row.has_old_key,
        version=row.version,
    )


def _line(row: Row[Any]) -> Line:
    return Line(
        uuid=row.uuid,
        name=row.name,
        model=row.model,
        integration=row.integration_uuid,
        provider=row.provider,
        connection=row.connection,
        status=Status(row.status) if row.status else None,
        has_old_key=row.has_old_key,
    )
