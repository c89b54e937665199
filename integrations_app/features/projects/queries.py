"""The reads of projects and templates."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from integrations_app.features.projects.project import COUNT_LIMIT
from integrations_app.features.projects.table import ProjectRow
from integrations_app.storage.keyset import Keyset

projects = ProjectRow.__table__

sort_key = sa.func.lower(projects.c.name, type_=sa.Text)
"""Unique within a kind, so that it is all a cursor needs."""

by_name = Keyset(sort_key)

by_uuid: sa.Select[*tuple[Any, ...]] = sa.select(projects).where(
    projects.c.uuid == sa.bindparam("uuid")
)


def all_of(*, is_template: bool) -> sa.Select[*tuple[Any, ...]]:
    """Every row of a kind, in no order."""
    return sa.select(projects).where(_of_kind(is_template=is_template))


def these(uuids: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """The rows of these uuids, by name."""
    return by_name.sort(sa.select(projects).where(projects.c.uuid.in_(uuids)))


def count(*, is_template: bool) -> sa.Select[*tuple[Any, ...]]:
    """Return how many there are of a kind, up to one more than `COUNT_LIMIT`."""
    some = sa.select(sa.literal_column("1")).select_from(projects)
    limited = some.where(_of_kind(is_template=is_template)).limit(COUNT_LIMIT + 1).subquery()
    return sa.select(sa.func.count()).select_from(limited)


def _of_kind(*, is_template: bool) -> sa.ColumnElement[bool]:
    """Spelled as the partial indexes have it."""
    return projects.c.is_template if is_template else ~projects.c.is_template
