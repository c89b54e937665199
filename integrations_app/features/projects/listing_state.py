"""The lists of projects and of templates: the address says which page, the database the rest."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import reflex as rx

from integrations_app import routes
from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.domain.paging import Page
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.features.projects import lookup, service, wording
from integrations_app.features.projects.project import COUNT_LIMIT, KEY, Project
from integrations_app.i18n import _, ngettext
from integrations_app.state.sent import clean, query_of
from integrations_app.state.session import AdminState, watching

_LONGEST_CURSOR = 2_000


@dataclass(frozen=True, kw_only=True)
class ProjectItem:
    """A row of the list."""

    uuid: str = ""
    name: str = ""
    description: str = ""
    updated_at: str = ""
    version: int = 0


class ProjectList(AdminState):
    """One page of projects or of templates, kept up while it is open."""

    rows: list[ProjectItem] = []
    changed: list[str] = []
    loaded: bool = False
    of_templates: bool = False
    problem: str = ""
    count: str = ""
    next_link: str = ""
    previous_link: str = ""
    removing: ProjectItem = ProjectItem()
    removal_problem: str = ""

    _after: str = ""
    _before: str = ""

    @rx.event
    async def load(self) -> None:
        """Show what the address asks for."""
        await self._actor()
        self._read(self.router.url.query_parameters)
        self.removing, self.changed = ProjectItem(), []
        await self._reload()

    @rx.event(background=True)
    async def watch(self) -> AsyncIterator[None]:
        """Keep the rows up until the page is left or the session ends."""
        async for batch in watching(self):
            async with self:
                if not batch.complete or any(map(is_about_projects, batch.facts)):
                    await self._reload()
            yield

    @rx.event
    async def turn_to(self, link: str) -> AsyncIterator[rx.event.EventSpec | None]:
        """Show what a link on this page leads to, and only then have the browser go there."""
        await self._actor()
        query = query_of(link)
        self._read(dict(parse_qsl(query)))
        self.changed = []
        await self._reload()
        yield None
        yield rx.redirect(f"{routes.PROJECTS}?{query}")

    @rx.event
    async def ask_removal(self, uuid: str) -> None:
        """Ask before a project or a template is deleted."""
        await self._actor()
        self.removal_problem = ""
        self.removing = next((row for row in self.rows if row.uuid == uuid), ProjectItem())

    @rx.event
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.removing = ProjectItem()

    @rx.event
    async def remove(self) -> rx.event.EventSpec | None:
        """Delete what was asked about."""
        actor = await self._actor()
        asked = self.removing
        if not asked.uuid:
            return None
        try:
            await asyncio.to_thread(service.remove, asked.uuid, actor=actor)
        except IntegrationError as error:
            self.removal_problem = wording.of_error(error)
            return None
        self.removing = ProjectItem()
        await self._reload()
        return rx.toast.success(_("{name} was deleted.", name=asked.name))

    async def _reload(self) -> None:
        try:
            page = await asyncio.to_thread(
                lookup.page, is_template=self.of_templates, after=self._after, before=self._before
            )
        except DatabaseUnavailable as error:
            self.problem, self._behind = wording.of_error(error), True
            return
        self._show(page)

    def _show(self, page: Page[Project]) -> None:
        rows = [_item(project) for project in page.rows]
        before = {row.uuid: row for row in self.rows}
        self.changed = [row.uuid for row in rows if row != before.get(row.uuid, row)]
        if rows != self.rows:  # what is set is sent, and drawn anew
            self.rows = rows
        self.count, self.problem, self.loaded = _count(page, self.of_templates), "", True
        self.next_link = page.next_cursor and self._link(after=page.next_cursor)
        self.previous_link = page.previous_cursor and self._link(before=page.previous_cursor)

    def _link(self, **cursor: str) -> str:
        return routes.projects(templates=self.of_templates, **cursor)

    def _read(self, told: Mapping[str, str]) -> None:
        """Take over the query of an address."""
        self.of_templates = told.get(routes.KIND) == routes.TEMPLATES
        self._after = clean(told.get("after", ""))[:_LONGEST_CURSOR]
        self._before = clean(told.get("before", ""))[:_LONGEST_CURSOR]


def is_about_projects(fact: object) -> bool:
    """Whether this is told of a change of projects or templates."""
    return (
        isinstance(fact, Notice) and fact.kind is NoticeKind.MODULE_CHANGED and fact.module == KEY
    )


def _item(project: Project) -> ProjectItem:
    return ProjectItem(
        uuid=str(project.uuid),
        name=project.draft.name,
        description=project.draft.description,
        updated_at=project.updated_at.isoformat(),
        version=project.version,
    )


def _count(page: Page[Project], of_templates: bool) -> str:  # noqa: FBT001 - which words
    if page.count > COUNT_LIMIT:
        told = _("{number}+ templates") if of_templates else _("{number}+ projects")
        return told.format(number=f"{COUNT_LIMIT:,}")
    if of_templates:
        return ngettext("{n} template", "{n} templates", page.count)
    return ngettext("{n} project", "{n} projects", page.count)
