"""One project or template, new or stored: its form and its removal."""

import asyncio
from collections.abc import AsyncIterator

import reflex as rx

from integrations_app import routes
from integrations_app.errors import DatabaseUnavailable, InvalidUuid
from integrations_app.features.projects import lookup, service
from integrations_app.features.projects.errors import ProjectMissing
from integrations_app.features.projects.listing_state import is_about_projects
from integrations_app.features.projects.project import Project
from integrations_app.features.projects.stored_state import StoredProject
from integrations_app.i18n import _
from integrations_app.state import outage
from integrations_app.state.seen import read_only, text_of
from integrations_app.state.session import AdminState, watching


class ProjectForm(StoredProject, AdminState):
    """State of the form, and all that can be done there."""

    from_template: str = ""
    """Name of the template that a new project is made from."""
    asking: bool = False
    asked_subject: str = ""
    """The project and its version that the question is about."""
    removal_problem: str = ""

    @rx.var
    def title(self) -> str:
        """Return what tabs are told apart by."""
        kind = _("Template") if self.is_template else _("Project")
        if not self.loaded or not self.name:
            return kind
        return _("{name} – {kind}", name=self.name, kind=kind)

    @rx.event
    @read_only
    async def load_new(self) -> AsyncIterator[object]:
        """Show the form for a new one, filled in from a template if the address names one."""
        await self._actor()
        told = self.router.url.query_parameters
        try:
            template = await self._template(told.get(routes.FROM_TEMPLATE, ""))
        except DatabaseUnavailable:
            yield outage.load_again()
            return
        if not (self.loaded and self.touched and not self.row_uuid):  # else the line was cut
            self.is_template = told.get(routes.KIND) == routes.TEMPLATES
            self._kind = "new-template" if self.is_template else "new-project"
            self.from_template = template.draft.name if template else ""
            self._open(None)
            if template:
                self._put_draft(template.draft)
        self.asked, self.asking = "new", False

    @rx.event
    @read_only
    async def load(self) -> AsyncIterator[object]:
        """Show the project or template of the address, or go back to the list."""
        await self._actor()
        asked: str = self.uuid  # pyright: ignore[reportAttributeAccessIssue] - of the address
        try:
            project = await asyncio.to_thread(lookup.by_uuid, asked)
        except (ProjectMissing, InvalidUuid):
            yield rx.redirect(routes.PROJECTS)
            yield rx.toast.error(_("Project not found"))
            return
        except DatabaseUnavailable:
            yield outage.load_again()
            return
        self.asked, self.asking, self.from_template = asked, False, ""
        if self.touched and self.row_uuid == str(project.uuid):
            await self._catch_up()  # the line was cut: what is being typed stays
        else:
            self._open(project)

    @rx.event(background=True)
    @read_only
    async def watch(self) -> AsyncIterator[None]:
        """Keep the page up; say so when someone else changes what the form shows."""
        async for batch in watching(self):
            async with self:
                if not batch.complete or any(map(is_about_projects, batch.facts)):
                    await self._catch_up()
            yield

    @rx.event
    async def ask_removal(self, seen: str) -> None:
        """Ask before it is deleted.

        Args:
            seen: The form that was shown at the click.
        """
        await self._actor()
        self.asking, self.removal_problem = True, ""
        self.asked_subject = text_of(seen)

    @rx.event
    @read_only
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.asking = False

    @rx.event
    async def remove(self, seen: str) -> AsyncIterator[object]:
        """Delete it and go back to the list.

        Args:
            seen: The form that was shown when the question was asked.
        """
        actor = await self._actor()
        if not self.asking:
            return
        self.removal_problem = await self._remove(service.remove, seen, actor)
        if self.removal_problem:
            return
        self.asking = self.loaded = False
        yield rx.redirect(routes.projects(templates=self.is_template))
        yield rx.toast.success(_("{name} was removed.", name=self.name))

    def _close_questions(self) -> None:
        self.asking = False

    def _leave_behind(self) -> None:
        self.busy = False

    async def _template(self, uuid: str) -> Project | None:
        """The template to begin with; None if none is named, or it is gone."""
        if not uuid:
            return None
        try:
            found = await asyncio.to_thread(lookup.by_uuid, uuid)
        except (ProjectMissing, InvalidUuid):
            return None
        return found if found.is_template else None
