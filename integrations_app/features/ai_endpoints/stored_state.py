"""The form of an AI endpoint."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import InvalidUuid
from integrations_app.features.ai_endpoints import lookup, service, wording
from integrations_app.features.ai_endpoints.drafts import INTEGRATION, MODEL, NAME
from integrations_app.features.ai_endpoints.endpoint import CAPABILITY, Draft, Endpoint
from integrations_app.state.picker import ConnectionChoices
from integrations_app.state.row_form import RowForm, Words
from integrations_app.state.session import signed_in


class StoredEndpoint(RowForm, ConnectionChoices, mixin=True):
    """The fields of a stored endpoint, and how they are saved."""

    model: str = ""
    picked: list[str] = []
    has_old_key: bool = False
    can_recover: bool = False
    old_provider: str = ""

    _capability: str = CAPABILITY
    _has_picked: bool = False
    """Whether a click in the picker has arrived since the form was filled."""

    async def _may_see_connections(self) -> bool:
        return await signed_in(self) is not None

    def _selected_uuids(self) -> Iterable[str]:
        return self.picked

    def _words(self) -> Words:
        return wording

    def _finding(self) -> Callable[[str], Endpoint]:
        return lookup.by_uuid

    def _storing(self, form: object, *, seen: Any, actor: Actor) -> Callable[[], Endpoint]:
        draft = self._draft(form)
        if seen is not None:
            return partial(service.update, seen.uuid, draft, seen=seen, actor=actor)
        return partial(service.add, draft, actor=actor)

    def _open(self, row: Endpoint | None) -> None:
        self.choices_searched = ""
        super()._open(row)

    def _put(self, row: Endpoint | None) -> None:
        draft = row.draft if row else Draft(name="", model="")
        self.name, self.model = draft.name, draft.model
        self.picked = [str(draft.integration)] if draft.integration else []
        self._has_picked = False

    def _show_live(self, row: Endpoint | None) -> None:
        self.has_old_key = bool(row and row.has_old_key)
        self.can_recover = bool(row and row.can_recover)
        self.old_provider = (row.provider or "") if row else ""

    async def _show_more(self) -> None:
        await self._reload_choices()

    def _created_at(self, row: Endpoint) -> str:
        return routes.ai_endpoint(row.uuid)

    def _pick(self, event: object) -> None:
        """Take over a click in the picker; anything else is passed over."""
        told = event if isinstance(event, Mapping) else {}
        try:
            uuid = str(parse_uuid(told.get("uuid")))
        except InvalidUuid:
            return
        self.picked = [uuid] if told.get("action") == "select" else []
        self._has_picked = True

    def _draft(self, form: object) -> Draft:
        """Return what a form says, with what was picked: the page may not have shown it yet."""
        draft = draft_of(form)
        if not self._has_picked:
            return draft
        return replace(draft, integration=_picked(next(iter(self.picked), None)))


def draft_of(form: object) -> Draft:
    """Return what a form says, read without trust; what is picked is in a hidden field of it."""
    sent = form if isinstance(form, Mapping) else {}
    name, model, picked = (sent.get(field) for field in (NAME, MODEL, INTEGRATION))
    return Draft(
        name=name if isinstance(name, str) else "",
        model=model if isinstance(model, str) else "",
        integration=_picked(picked),
    )


def _picked(text: object) -> UUID | None:
    try:
        return parse_uuid(text)
    except InvalidUuid:
        return None
