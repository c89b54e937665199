"""The reads of projects and templates."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from integrations_app.features.projects.table import ProjectRow
from integrations_app.storage.counting import counted
from integrations_app.storage.keyset import Cut, Keyset

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


def count(cut: Cut, *, is_template: bool) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for the number of a kind, and of those that precede a page."""
    of_kind = _of_kind(is_template=is_template)
    return counted(projects, of_kind, preceding=by_name.preceding(cut))


def _of_kind(*, is_template: bool) -> sa.ColumnElement[bool]:
    """Spelled as the partial indexes have it."""
    return projects.c.is_template if is_template else ~projects.c.is_template
