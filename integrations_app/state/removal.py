"""The question before a connection is deleted, wherever it is asked."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.domain.choice import ChoiceQuery
from integrations_app.domain.usage import Usage
from integrations_app.errors import (
    CannotReplace,
    IntegrationError,
    InUse,
    NotSignedIn,
    UsedMore,
)
from integrations_app.i18n import _, ngettext
from integrations_app.services import choices, connections, replacement, usage
from integrations_app.services.references import parse_uuid
from integrations_app.state import views, wording
from integrations_app.state.aside import aside
from integrations_app.state.picker import SEARCH_MAX_LENGTH, PickerItem, picker_item
from integrations_app.state.sent import clean
from integrations_app.state.session import signed_in
from integrations_app.state.uses import SHOWN


class Removal(rx.State, mixin=True):
    """Which connection is asked about; each page's state has its own copy."""

    removing_uuid: str = ""
    removing_name: str = ""
    removing_service: str = ""
    removing_usages: list[views.UsageItem] = []
    removing_more: int = 0
    removing_count: int = 0
    removing_blocked: str = ""
    removal_problem: str = ""
    replacements: list[PickerItem] = []
    """What could take its place, of the same service first."""
    replacements_more: bool = False
    replacements_searched: str = ""
    replacement: list[str] = []
    """Uuid of what is chosen, or nothing."""

    _removing_provider: str = ""

    @rx.var
    def replacement_is_foreign(self) -> bool:
        """Whether what is chosen is of another service."""
        return any(
            each.uuid in self.replacement and each.provider != self._removing_provider
            for each in self.replacements
        )

    @rx.event
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.removing_uuid = ""

    @rx.event
    async def choose_replacement(self, event: dict[str, str]) -> None:
        """Choose what takes the place of the connection, or nothing; nothing is done yet."""
        if await signed_in(self) is None:
            raise NotSignedIn
        told = event if isinstance(event, Mapping) else {}
        uuid = told.get("uuid")
        if any(uuid == each.uuid for each in self.replacements):
            self.replacement = [str(uuid)] if told.get("action") == "select" else []
            self.removal_problem = ""

    @rx.event
    async def find_replacement(self, text: str) -> None:
        """Offer what begins with this, where there is too much to offer it all."""
        if await signed_in(self) is None:
            raise NotSignedIn
        self.replacements_searched = clean(str(text)).strip()[:SEARCH_MAX_LENGTH]
        await self._offer()

    async def _ask_removal(self, uuid: str, name: str, service: str, *, provider: str) -> None:
        found = await asyncio.to_thread(usage.of, parse_uuid(uuid))
        self._show_uses(found)
        self.removal_problem, self.replacement, self.replacements_searched = "", [], ""
        self._removing_provider = provider
        self.removing_uuid, self.removing_name, self.removing_service = uuid, name, service
        if found:
            await self._offer()

    async def _offer(self) -> None:
        of_same = ChoiceQuery(provider=self._removing_provider, search=self.replacements_searched)
        same = await asyncio.to_thread(choices.find, of_same)
        of_any = ChoiceQuery(
            search=self.replacements_searched, selected=tuple(map(UUID, self.replacement))
        )
        others = await asyncio.to_thread(choices.find, of_any)
        found = {row.uuid: row for row in (*same.rows, *others.rows)}
        offered = [picker_item(row) for row in found.values()]
        self.replacements = [each for each in offered if each.uuid != self.removing_uuid]
        self.replacements_more = same.more or others.more

    async def _remove(self, actor: Actor, seen: object) -> rx.event.EventSpec | None:
        """Delete what was asked about.

        Args:
            actor: Who does it.
            seen: How many uses the question spoke of when it was answered.

        Returns:
            The notice that it is gone; None if it is still there and the question says why.
        """
        if not self.removing_uuid or not isinstance(seen, int):
            return None
        try:
            await aside(connections.remove, self.removing_uuid, actor=actor, seen_uses=seen)
        except IntegrationError as error:
            await self._show_refusal(error)
            return None
        return self._gone(
            _(
                "{service} {name} was deleted.",
                service=self.removing_service,
                name=self.removing_name,
            )
        )

    async def _replace(self, actor: Actor) -> rx.event.EventSpec | None:
        """Let the chosen connection take the place of the one in question; see `_remove`."""
        if not self.removing_uuid or not self.replacement:
            return None
        try:
            moved = await aside(
                replacement.replace, self.removing_uuid, self.replacement[0], actor=actor
            )
        except IntegrationError as error:
            await self._show_refusal(error)
            return None
        return self._gone(
            ngettext(
                "{service} {name} was deleted; {n} place uses the other integration now.",
                "{service} {name} was deleted; {n} places use the other integration now.",
                moved,
                service=self.removing_service,
                name=self.removing_name,
            )
        )

    def _gone(self, told: str) -> rx.event.EventSpec:
        self.removing_uuid = ""
        return rx.toast.success(told)

    async def _show_refusal(self, error: IntegrationError) -> None:
        if isinstance(error, InUse | UsedMore | CannotReplace):
            found = await asyncio.to_thread(usage.of, parse_uuid(self.removing_uuid))
            self._show_uses(found)
        if not isinstance(error, InUse):
            self.removal_problem = wording.of_error(error)

    def _show_uses(self, found: Sequence[Usage]) -> None:
        self.removing_usages = views.usage_items(found[:SHOWN])
        self.removing_more = max(len(found) - SHOWN, 0)
        self.removing_count = len(found)
        blocking = [each for each in found if each.blocking]
        self.removing_blocked = wording.of_error(InUse(blocking)) if blocking else ""
