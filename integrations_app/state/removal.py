"""The question before a connection is deleted, wherever it is asked."""

import asyncio
from collections.abc import Sequence

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.domain.usage import Usage
from integrations_app.errors import CannotReplace, IntegrationError, InUse, UsedMore
from integrations_app.i18n import _, ngettext
from integrations_app.services import connections, replacement, usage
from integrations_app.services.references import parse_uuid
from integrations_app.state import views, wording
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
    replacements: list[views.OptionItem] = []
    other_replacements: list[views.OptionItem] = []
    replacement: str = ""

    @rx.var
    def replacement_is_foreign(self) -> bool:
        """Whether what is chosen is of another service."""
        return self.replacement in {each.value for each in self.other_replacements}

    @rx.event
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.removing_uuid = ""

    @rx.event
    async def choose_replacement(self, uuid: str) -> None:
        """Choose what takes the place of the connection; nothing is done yet."""
        offered = (*self.replacements, *self.other_replacements)
        if any(uuid == each.value for each in offered):
            self.replacement, self.removal_problem = uuid, ""

    async def _ask_removal(self, uuid: str, name: str, service: str) -> None:
        parsed = parse_uuid(uuid)
        found = await asyncio.to_thread(usage.of, parsed)
        offered = await asyncio.to_thread(replacement.candidates, parsed) if found else None
        self._show_uses(found)
        self.replacements = views.option_items(offered.same if offered else ())
        self.other_replacements = views.option_items(offered.others if offered else ())
        self.removal_problem, self.replacement = "", ""
        self.removing_uuid, self.removing_name, self.removing_service = uuid, name, service

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
            await asyncio.to_thread(
                connections.remove, self.removing_uuid, actor=actor, seen_uses=seen
            )
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
            moved = await asyncio.to_thread(
                replacement.replace, self.removing_uuid, self.replacement, actor=actor
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
