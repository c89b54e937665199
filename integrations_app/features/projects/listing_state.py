"""The lists of projects and of templates: the address says which page, the database the rest."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from integrations_app import routes
from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.domain.paging import Page, Standing
from integrations_app.errors import Conflict, IntegrationError
from integrations_app.features.projects import lookup, service, wording
from integrations_app.features.projects.project import COUNT_LIMIT, KEY, Project
from integrations_app.i18n import _, ngettext
from integrations_app.state.client_input import clean
from integrations_app.state.kept_order import Rows
from integrations_app.state.paged_list import PagedList
from integrations_app.state.seen import read_only, subject_of, text_of
from integrations_app.state.session import AdminState, watching


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
    """Which page of which list."""

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


class ProjectList(PagedList, AdminState):
    """One page of projects or of templates, kept up while it is open."""

    rows: list[ProjectItem] = []
    of_templates: bool = False
    removing: ProjectItem = ProjectItem()
    removal_problem: str = ""

    _query: _Asked = _Asked()

    @rx.event
    @read_only
    async def load(self) -> list[rx.event.EventSpec]:
        """Show what the address asks for."""
        await self._actor()
        self.removing, self.changed = ProjectItem(), []
        address = self.router.url.query_parameters
        return await self._open(address, is_back=self._is_back())

    @rx.event(background=True)
    @read_only
    async def watch(self) -> AsyncIterator[None]:
        """Keep the rows up until the page is left or the session ends."""
        async for batch in watching(self):
            async with self:
                if not batch.complete or any(map(is_about_projects, batch.facts)):
                    await self._reload()
            yield

    @rx.event
    async def ask_removal(self, seen: str) -> None:
        """Ask before a project or a template is deleted.

        Args:
            seen: The row that was shown at the click.
        """
        await self._actor()
        self.removal_problem = ""
        self.removing = self._row(text_of(seen)) or ProjectItem()

    @rx.event
    @read_only
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.removing = ProjectItem()

    @rx.event
    async def remove(self, seen: str) -> list[rx.event.EventSpec]:
        """Delete what was asked about.

        Args:
            seen: The row that was shown when the question was asked.
        """
        actor = await self._actor()
        uuid, version = subject_of(seen)
        asked = self.removing
        if (asked.uuid, asked.version) != (uuid, version):
            return []
        try:
            await asyncio.to_thread(service.remove, uuid, actor=actor, expected_version=version)
        except Conflict as error:  # the question is about what is no more
            self.removing = ProjectItem()
            return [rx.toast.error(wording.of_error(error))]
        except IntegrationError as error:
            self.removal_problem = wording.of_error(error)
            return []
        self.removing = ProjectItem()
        turned_back = await self._reload(without=asked.uuid)
        return [rx.toast.success(_("{name} was removed.", name=asked.name)), *turned_back]

    def _close_questions(self) -> None:
        self.removing = ProjectItem()

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

    def _tell(self, page: Page[Any]) -> None:
        self._put(count=_count(page, self.of_templates))


def is_about_projects(fact: object) -> bool:
    """Return whether this is told of a change of projects or templates."""
    return (
        isinstance(fact, Notice) and fact.kind is NoticeKind.MODULE_CHANGED and fact.module == KEY
    )


def _count(page: Page[Project], of_templates: bool) -> str:  # noqa: FBT001 - which words
    if page.count > COUNT_LIMIT:
        told = _("{number}+ templates") if of_templates else _("{number}+ projects")
        return told.format(number=f"{COUNT_LIMIT:,}")
    if of_templates:
        return ngettext("{n} template", "{n} templates", page.count)
    return ngettext("{n} project", "{n} projects", page.count)
