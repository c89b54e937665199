"""The reads of projects and templates."""

from typing import Any

import sqlalchemy as sa

from integrations_app.features.projects.project import COUNT_LIMIT
from integrations_app.features.projects.table import ProjectRow

projects = ProjectRow.__table__  # pyright: ignore[reportAttributeAccessIssue]

sort_key = sa.func.lower(projects.c.name, type_=sa.Text)
"""Unique within a kind, so that it is all a cursor needs."""

by_uuid: sa.Select[*tuple[Any, ...]] = sa.select(projects).where(
    projects.c.uuid == sa.bindparam("uuid")
)


def page(*, is_template: bool, after: str, before: str, limit: int) -> sa.Select[*tuple[Any, ...]]:
    """The rows of a page and one more, which tells whether another page follows.

    Args:
        is_template: Which kind.
        after: Sort key to start behind; empty for the first page.
        before: Sort key to start in front of, going back; the rows come nearest first.
        limit: Rows a page.
    """
    rows = sa.select(projects, sort_key.label("sort_key")).where(_of_kind(is_template=is_template))
    if before:
        return rows.where(sort_key < before).order_by(sort_key.desc()).limit(limit + 1)
    if after:
        rows = rows.where(sort_key > after)
    return rows.order_by(sort_key).limit(limit + 1)


def count(*, is_template: bool) -> sa.Select[*tuple[Any, ...]]:
    """How many there are of a kind, up to one more than `COUNT_LIMIT`."""
    some = sa.select(sa.literal_column("1")).select_from(projects)
    limited = some.where(_of_kind(is_template=is_template)).limit(COUNT_LIMIT + 1).subquery()
    return sa.select(sa.func.count()).select_from(limited)


def _of_kind(*, is_template: bool) -> sa.ColumnElement[bool]:
    """Spelled as the partial indexes have it."""
    return projects.c.is_template if is_template else ~projects.c.is_template
