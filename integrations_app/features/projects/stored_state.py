"""The form of a project or a template."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.features.projects import lookup, service, wording
from integrations_app.features.projects.project import DESCRIPTION, NAME, Draft, Project
from integrations_app.state.row_form import RowForm, Words


class StoredProject(RowForm, mixin=True):
    """The fields of a stored project, and how they are saved."""

    is_template: bool = False
    description: str = ""

    def _words(self) -> Words:
        return wording

    def _finding(self) -> Callable[[str], Project]:
        return lookup.by_uuid

    def _storing(self, form: object, *, seen: Any, actor: Actor) -> Callable[[], Project]:
        draft = draft_of(form)
        if seen is not None:
            return partial(service.update, seen.uuid, draft, seen=seen, actor=actor)
        return partial(service.add, draft, is_template=self.is_template, actor=actor)

    def _put(self, row: Project | None) -> None:
        self.is_template = row.is_template if row else self.is_template
        self._put_draft(row.draft if row else Draft(name=""))

    def _put_draft(self, draft: Draft) -> None:
        self.name, self.description = draft.name, draft.description

    def _created_at(self, row: Project) -> str:
        return routes.projects(templates=row.is_template)


def draft_of(form: object) -> Draft:
    """Return what a form says, read without trust."""
    sent = form if isinstance(form, Mapping) else {}
    name, description = (sent.get(field) for field in (NAME, DESCRIPTION))
    return Draft(
        name=name if isinstance(name, str) else "",
        description=description if isinstance(description, str) else "",
    )
