"""The lists of projects and of templates: the address says which page, the database the rest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.domain.paging import Page, Standing
from integrations_app.errors import IntegrationError
from integrations_app.features.projects import lookup, service, wording
from integrations_app.features.projects.project import KEY, Project
from integrations_app.state.client_input import clean
from integrations_app.state.kept_order import Rows
from integrations_app.state.paged_list import PagedList
from integrations_app.state.row_removal import RowRemoval
from integrations_app.state.session import AdminState
from integrations_app.state.watching import Batch


@dataclass(frozen=True, kw_only=True)
class ProjectItem:
    """A row of the list."""

    uuid: str = ""
    name: str = ""
    description: str = ""
    updated_at: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Query for a page of one of the lists."""

    of_templates: bool = False
    after: str = ""
    before: str = ""


def _page(asked: _Asked) -> Page[Project]:
    return lookup.page(is_template=asked.of_templates, after=asked.after, before=asked.before)


def _standing(_asked: _Asked, uuids: Collection[UUID]) -> Standing[Project]:
    return lookup.standing(uuids)


def _item(project: Project) -> ProjectItem:
    return ProjectItem(
        uuid=str(project.uuid),
        name=project.draft.name,
        description=project.draft.description,
        updated_at=project.updated_at.isoformat(),
        version=project.version,
    )


_rows = Rows(page=_page, standing=_standing, item=_item)


class ProjectList(RowRemoval, PagedList, AdminState):
    """One page of projects or of templates, kept up while it is open."""

    rows: list[ProjectItem] = []
    of_templates: bool = False

    _query: _Asked = _Asked()

    def _concerns(self, batch: Batch) -> bool:
        return not batch.complete or any(map(is_about_projects, batch.facts))

    def _refusal(self, error: IntegrationError) -> str:
        return wording.of_error(error)

    def _remove_stored(self, uuid: str | UUID, actor: Actor, version: int | None) -> None:
        service.remove(uuid, actor=actor, expected_version=version)

    def _source(self) -> Rows[Any, Any, Any]:
        return _rows

    def _asked(self) -> _Asked:
        return self._query

    def _read(self, told: Mapping[str, str]) -> None:
        cursors = {key: clean(told.get(key, "")) for key in ("after", "before")}
        of_templates = told.get(routes.KIND) == routes.TEMPLATES
        self._query = _Asked(of_templates=of_templates, **cursors)
        self._put(of_templates=of_templates)

    def _link(self, **changes: str) -> str:
        return routes.projects(templates=self.of_templates, **changes)


def is_about_projects(fact: object) -> bool:
    """Return whether this is told of a change of projects or templates."""
    return (
        isinstance(fact, Notice) and fact.kind is NoticeKind.MODULE_CHANGED and fact.module == KEY
    )
