"""Finding AI endpoints: a page of them, one by its uuid, those that use a connection."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from integrations_app.domain.connection import Status
from integrations_app.domain.paging import Page, Standing
from integrations_app.domain.references import parse_uuid
from integrations_app.features.ai_endpoints import queries
from integrations_app.features.ai_endpoints.endpoint import Draft, Endpoint, EndpointSummary
from integrations_app.features.ai_endpoints.errors import EndpointMissing
from integrations_app.services.rows import reading
from integrations_app.storage.engine import database
from integrations_app.storage.keyset import Place


def page(*, after: str = "", before: str = "", limit: int = 25) -> Page[EndpointSummary]:
    """One page of endpoints by name, in two queries however many there are.

    Args:
        after: `next_cursor` of the page before; empty for the first.
        before: `previous_cursor` of the page behind; empty unless going back.
        limit: Endpoints a page.
    """
    place = Place(after=after, before=before, limit=limit)
    cut = queries.by_name.cut(queries.lines, place)
    return reading.page(cut, queries.count(cut), _line)


def standing(uuids: Collection[UUID]) -> Standing[EndpointSummary]:
    """Return what is left of endpoints that a page has shown, in one query."""
    return Standing(rows=tuple(_line(row) for row in database().fetch(queries.these(uuids))))


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


def _line(row: Row[Any]) -> EndpointSummary:
    return EndpointSummary(
        uuid=row.uuid,
        name=row.name,
        model=row.model,
        integration=row.integration_uuid,
        provider=row.provider,
        connection=row.connection,
        status=Status(row.status) if row.status else None,
        has_old_key=row.has_old_key,
        version=row.version,
    )
