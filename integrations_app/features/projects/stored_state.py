"""The form of a project or a template: filled once, kept up with what others do meanwhile."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import reflex as rx

from integrations_app.errors import Conflict, DatabaseUnavailable, IntegrationError
from integrations_app.features.projects import lookup, wording
from integrations_app.features.projects.errors import ProjectMissing
from integrations_app.features.projects.project import DESCRIPTION, NAME, Draft, Project
from integrations_app.i18n import _, listing
from integrations_app.state.setup_form import focus

_EMPTY = Draft(name="")


class StoredProject(rx.State, mixin=True):
    """The form belongs to whoever types; the page's state has its own copy."""

    project_uuid: str = ""
    """Empty for one that is not stored yet."""
    asked: str = ""
    """The end of the address that is shown; the browser may be at another one already."""
    is_template: bool = False
    name: str = ""
    description: str = ""
    loaded: bool = False
    touched: bool = False
    saved: bool = False
    busy: bool = False
    problems: dict[str, str] = {}
    problem: str = ""
    changed_meanwhile: bool = False
    conflict: str = ""
    removed_meanwhile: bool = False

    _seen: Project | None = None
    """What is typed here was meant for this: it is what is stored at a save, or that is refused."""
    _drawn: int = 0
    """How often the form was emptied on purpose."""

    @rx.var
    def form_key(self) -> str:
        """Another key is another form: what was typed into the old one is gone with it."""
        version = self._seen.version if self._seen else 0
        return f"{self.project_uuid or 'new'}/{version}.{self._drawn}"

    def _open(self, project: Project | None, *, draft: Draft = _EMPTY) -> None:
        """Show what is stored, or the form for a new one, filled in as the draft says."""
        self._clear_feedback()
        self.busy = self.saved = self.removed_meanwhile = False
        self._fill(project, draft=draft)

    def _fill(self, project: Project | None, *, draft: Draft = _EMPTY) -> None:
        draft = project.draft if project else draft
        if project:
            self.is_template = project.is_template
        self.project_uuid = str(project.uuid) if project else ""
        self.name, self.description = draft.name, draft.description
        self._seen = project
        self.touched = self.changed_meanwhile = False
        self.conflict, self.loaded = "", True

    def _clear_feedback(self) -> None:
        self.problems, self.problem, self.conflict = {}, "", ""

    async def _catch_up(self) -> None:
        """Show what others did; what is being typed stays."""
        if not self.project_uuid or not self.loaded or self.removed_meanwhile:
            return
        try:
            project = await asyncio.to_thread(lookup.by_uuid, self.project_uuid)
        except ProjectMissing:
            self.removed_meanwhile = True
            return
        except DatabaseUnavailable:
            self._behind = True
            return
        if self.busy or (self._seen and project.version == self._seen.version):
            return
        if self.touched:
            self.changed_meanwhile = True
        else:
            self._fill(project)

    def _go_back_to(self, begun_at: str) -> None:
        """What is typed was meant for an older version, and is still there."""
        uuid, _slash, rest = begun_at.rpartition("/")
        version = rest.partition(".")[0]
        if self._seen is None or uuid != self.project_uuid or not version.isdecimal():
            return
        if int(version) < self._seen.version:
            self._seen = replace(self._seen, version=int(version))
            self.changed_meanwhile = True

    def _refused(self, error: IntegrationError) -> rx.event.EventSpec | None:
        """Say what is wrong, beside its field where it has one, and go there."""
        if isinstance(error, Conflict):
            fields = [wording.of_field(field) for field in error.fields]
            self.conflict, self.changed_meanwhile = listing(fields) or _("something"), False
            return None
        self.problems = wording.of_fields(error)
        if not self.problems:
            self.problem = wording.of_error(error)
            return None
        return focus(next(iter(self.problems)))


def draft_of(form: object) -> Draft:
    """What a form says, read without trust."""
    sent = form if isinstance(form, Mapping) else {}
    name, description = (sent.get(field) for field in (NAME, DESCRIPTION))
    return Draft(
        name=name if isinstance(name, str) else "",
        description=description if isinstance(description, str) else "",
    )
