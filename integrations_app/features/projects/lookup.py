"""Finding projects and templates: a page of them, one by its uuid."""

from datetime import UTC
from typing import Any

from sqlalchemy import Row

from integrations_app.features.projects import queries
from integrations_app.features.projects.errors import ProjectMissing
from integrations_app.features.projects.project import Draft, Project, ProjectPage
from integrations_app.features.projects.table import ProjectRow
from integrations_app.services.references import parse_uuid
from integrations_app.storage.engine import database


def page(*, is_template: bool, after: str = "", before: str = "", limit: int = 25) -> ProjectPage:
    """One page of projects or of templates by name, in two queries however many there are.

    Args:
        is_template: Templates, not projects.
        after: `next_after` of the page before; empty for the first.
        before: `previous_before` of the page behind; empty unless going back.
        limit: Rows a page.
    """
    asked = queries.page(is_template=is_template, after=after, before=before, limit=limit)
    rows = list(database().fetch(asked))
    more = len(rows) > limit
    rows = rows[:limit]
    if before:
        rows.reverse()
    has_next, has_previous = (True, more) if before else (more, bool(after))
    return ProjectPage(
        projects=tuple(project_of(row) for row in rows),
        count=database().fetch(queries.count(is_template=is_template))[0][0],
        next_after=rows[-1].sort_key if rows and has_next else "",
        previous_before=rows[0].sort_key if rows and has_previous else "",
    )


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
