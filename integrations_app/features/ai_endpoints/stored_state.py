"""The form of an endpoint: filled once, kept up with what others do meanwhile."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

import reflex as rx

from integrations_app.errors import Conflict, DatabaseUnavailable, IntegrationError, InvalidUuid
from integrations_app.features.ai_endpoints import lookup, wording
from integrations_app.features.ai_endpoints.drafts import MODEL, NAME, differing
from integrations_app.features.ai_endpoints.endpoint import Draft, Endpoint
from integrations_app.features.ai_endpoints.errors import EndpointMissing
from integrations_app.i18n import _, listing
from integrations_app.services.prompts import CAPABILITY
from integrations_app.services.references import parse_uuid
from integrations_app.state.picker import ConnectionChoices
from integrations_app.state.session import signed_in
from integrations_app.state.setup_form import focus


class StoredEndpoint(ConnectionChoices, mixin=True):
    """The form belongs to whoever types or picks; the page's state has its own copy."""

    endpoint_uuid: str = ""
    """Empty for one that is not stored yet."""
    asked: str = ""
    """The end of the address that is shown; the browser may be at another one already."""
    name: str = ""
    model: str = ""
    picked: list[str] = []
    has_old_key: bool = False
    can_recover: bool = False
    old_provider: str = ""
    loaded: bool = False
    touched: bool = False
    saved: bool = False
    busy: bool = False
    problems: dict[str, str] = {}
    problem: str = ""
    changed_meanwhile: bool = False
    conflict: str = ""
    removed_meanwhile: bool = False

    _capability: str = CAPABILITY
    _seen: Endpoint | None = None
    """What is typed here was meant for this: it is what is stored at a save, or that is refused."""
    _drawn: int = 0
    """How often the form was emptied on purpose."""

    @rx.var
    def form_key(self) -> str:
        """Another key is another form: what was typed into the old one is gone with it."""
        version = self._seen.version if self._seen else 0
        return f"{self.endpoint_uuid or 'new'}/{version}.{self._drawn}"

    async def _may_see_connections(self) -> bool:
        return await signed_in(self) is not None

    def _selected_uuids(self) -> Iterable[str]:
        return self.picked

    def _open(self, endpoint: Endpoint | None) -> None:
        """Show an endpoint as it is stored, or the form for a new one."""
        self._clear_feedback()
        self.busy = self.saved = self.removed_meanwhile = False
        self.choices_searched = ""
        self._fill(endpoint)

    def _fill(self, endpoint: Endpoint | None) -> None:
        draft = endpoint.draft if endpoint else Draft(name="", model="")
        self.endpoint_uuid = str(endpoint.uuid) if endpoint else ""
        self.name, self.model = draft.name, draft.model
        self.picked = [str(draft.integration)] if draft.integration else []
        self._show_old_key(endpoint)
        self._seen = endpoint
        self.touched = self.changed_meanwhile = False
        self.conflict, self.loaded = "", True

    def _show_old_key(self, endpoint: Endpoint | None) -> None:
        self.has_old_key = bool(endpoint and endpoint.has_old_key)
        self.can_recover = bool(endpoint and endpoint.can_recover)
        self.old_provider = (endpoint.provider or "") if endpoint else ""

    def _clear_feedback(self) -> None:
        self.problems, self.problem, self.conflict = {}, "", ""

    def _draft(self, form: object) -> Draft:
        """What the form says, read without trust."""
        sent = form if isinstance(form, Mapping) else {}
        name, model = (sent.get(field) for field in (NAME, MODEL))
        return Draft(
            name=name if isinstance(name, str) else "",
            model=model if isinstance(model, str) else "",
            integration=parse_uuid(self.picked[0]) if self.picked else None,
        )

    async def _catch_up(self) -> None:
        """Show what others did; what is being typed stays."""
        if not self.endpoint_uuid or not self.loaded or self.removed_meanwhile:
            return
        try:
            endpoint = await asyncio.to_thread(lookup.by_uuid, self.endpoint_uuid)
        except EndpointMissing:
            self.removed_meanwhile = True
            return
        except DatabaseUnavailable:
            self._behind = True
            return
        self._show_old_key(endpoint)
        if self.busy or (self._seen and endpoint.version == self._seen.version):
            return
        if self.touched:
            self.changed_meanwhile = True
        else:
            self._fill(endpoint)

    def _go_back_to(self, begun_at: str) -> None:
        """What is typed was meant for an older version, and is still there."""
        uuid, _slash, rest = begun_at.rpartition("/")
        version = rest.partition(".")[0]
        if self._seen is None or uuid != self.endpoint_uuid or not version.isdecimal():
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

    def _has_changed(self, form: object) -> bool:
        """Whether the form says something else than what is stored."""
        return self._seen is None or bool(differing(self._seen.draft, self._draft(form)))

    def _pick(self, event: object) -> None:
        """Take over a click in the picker; anything else is passed over."""
        told = event if isinstance(event, Mapping) else {}
        try:
            uuid = str(parse_uuid(told.get("uuid")))
        except InvalidUuid:
            return
        self.picked = [uuid] if told.get("action") == "select" else []
