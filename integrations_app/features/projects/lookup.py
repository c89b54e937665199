"""Finding projects and templates: a page of them, one by its uuid."""

from collections.abc import Collection
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from integrations_app.domain.paging import Page, Standing
from integrations_app.domain.references import parse_uuid
from integrations_app.features.projects import queries
from integrations_app.features.projects.errors import ProjectMissing
from integrations_app.features.projects.project import Draft, Project
from integrations_app.features.projects.table import ProjectRow
from integrations_app.services.rows import reading
from integrations_app.storage.engine import database
from integrations_app.storage.keyset import Place


def page(*, is_template: bool, after: str = "", before: str = "", limit: int = 25) -> Page[Project]:
    """One page of projects or of templates by name, in two queries however many there are.

    Args:
        is_template: Templates, not projects.
        after: `next_cursor` of the page before; empty for the first.
        before: `previous_cursor` of the page behind; empty unless going back.
        limit: Rows a page.
    """
    place = Place(after=after, before=before, limit=limit)
    cut = queries.by_name.cut(queries.all_of(is_template=is_template), place)
    return reading.page(cut, queries.count(cut, is_template=is_template), project_of)


def standing(uuids: Collection[UUID]) -> Standing[Project]:
    """Return what is left of projects or templates that a page has shown, in one query."""
    rows = database().fetch(queries.these(uuids))
    return Standing(rows=tuple(project_of(row) for row in rows))


def by_uuid(uuid: object) -> Project:
    """The project or template of this uuid.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        ProjectMissing: There is none.
    """
    parsed = parse_uuid(uuid)
    rows = database().fetch(queries.by_uuid, {"uuid": parsed})
    if not rows:
        raise ProjectMissing(parsed)
    return project_of(rows[0])


def project_of(row: Row[Any] | ProjectRow) -> Project:
    """A project from its row."""
    return Project(
        uuid=row.uuid,
        draft=Draft(name=row.name, description=row.description),
        is_template=row.is_template,
        version=row.version,
        updated_at=row.updated_at.astimezone(UTC),
    )
