"""The question before a connection is deleted, wherever it is asked."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.domain.references import parse_uuid
from integrations_app.domain.usage import Usage, fingerprint
from integrations_app.errors import (
    CannotReplace,
    Conflict,
    IntegrationError,
    InUse,
    NotSignedIn,
    UsagesChanged,
)
from integrations_app.i18n import _, ngettext
from integrations_app.services.blocking_pool import run_long
from integrations_app.services.connections import removal, replacement, usage
from integrations_app.state import views, wording
from integrations_app.state.client_input import clean
from integrations_app.state.picker import SEARCH_MAX_LENGTH, PickerItem, picker_item
from integrations_app.state.seen import read_only, subject_of, text_of
from integrations_app.state.session import signed_in
from integrations_app.state.uses import SHOWN

Answered: TypeAlias = tuple[bool, list[rx.event.EventSpec]]
"""Whether the connection is gone, and what the browser is told of it."""


class Removal(rx.State, mixin=True):
    """The connection that is asked about; each page's state has its own copy."""

    removing_uuid: str = ""
    removing_subject: str = ""
    """The connection and its version, as the page spells them."""
    removing_name: str = ""
    removing_service: str = ""
    removing_usages: list[views.UsageItem] = []
    removing_more: int = 0
    removing_count: int = 0
    removing_fingerprint: str = ""
    """Of the places that the question names."""
    removing_blocked: str = ""
    removal_problem: str = ""
    replacements: list[PickerItem] = []
    """What could take its place: connected ones first, then those of the same service."""
    replacements_more: bool = False
    replacements_searched: str = ""
    replacement: list[str] = []
    """Uuid of what is chosen, or nothing."""

    _removing_provider: str = ""

    @rx.var
    def replacement_is_foreign(self) -> bool:
        """Return whether what is chosen is of another service."""
        return any(
            each.uuid in self.replacement and each.provider != self._removing_provider
            for each in self.replacements
        )

    @rx.event
    @read_only
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.removing_uuid = self.removing_subject = ""

    @rx.event
    @read_only
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
    @read_only
    async def find_replacement(self, text: str) -> None:
        """Offer what has this in it, where there is too much to offer it all."""
        if await signed_in(self) is None:
            raise NotSignedIn
        self.replacements_searched = clean(str(text)).strip()[:SEARCH_MAX_LENGTH]
        await self._offer()

    async def _ask_removal(self, subject: str, name: str, service: str, *, provider: str) -> None:
        uuid = parse_uuid(subject.partition("/")[0])
        self._show_uses(await asyncio.to_thread(usage.of, uuid))
        self.removal_problem, self.replacement, self.replacements_searched = "", [], ""
        self._removing_provider = provider
        self.removing_name, self.removing_service = name, service
        self.removing_uuid, self.removing_subject = str(uuid), subject
        if self.removing_count:
            await self._offer()

    async def _offer(self) -> None:
        if not self.removing_uuid:
            return
        found = await asyncio.to_thread(
            replacement.candidates,
            parse_uuid(self.removing_uuid),
            search=self.replacements_searched,
            chosen=tuple(map(UUID, self.replacement)),
        )
        self.replacements = [picker_item(row) for row in found.rows]
        self.replacements_more = found.more

    async def _remove(self, seen: str, usages: str, actor: Actor) -> Answered:
        """Delete what was asked about.

        Args:
            seen: The connection and its version, as the question had them.
            usages: `fingerprint` of the places that the question named.
            actor: Who does it.

        Returns:
            Whether it is gone, and what the browser is told of it.
        """
        if text_of(seen) != self.removing_subject:
            return False, []
        uuid, version = subject_of(seen)
        try:
            await run_long(
                actor,
                removal.remove,
                uuid,
                actor=actor,
                expected_version=version,
                seen_usages=str(usages),
            )
        except IntegrationError as error:
            return False, await self._show_refusal(error)
        return self._gone(
            _(
                "{service} {name} was removed.",
                service=self.removing_service,
                name=self.removing_name,
            )
        )

    async def _replace(self, seen: str, chosen: object, usages: str, actor: Actor) -> Answered:
        """Let a connection take the place of the one in question; see `_remove`."""
        if text_of(seen) != self.removing_subject:
            return False, []
        uuid, version = subject_of(seen)
        try:
            moved = await run_long(
                actor,
                replacement.replace,
                uuid,
                chosen,
                actor=actor,
                expected_version=version,
                seen_usages=str(usages),
            )
        except IntegrationError as error:
            return False, await self._show_refusal(error)
        return self._gone(
            ngettext(
                "{service} {name} was removed; {n} place uses the other connection now.",
                "{service} {name} was removed; {n} places use the other connection now.",
                moved,
                service=self.removing_service,
                name=self.removing_name,
            )
        )

    def _gone(self, told: str) -> Answered:
        self.removing_uuid = self.removing_subject = ""
        return True, [rx.toast.success(told)]

    async def _show_refusal(self, error: IntegrationError) -> list[rx.event.EventSpec]:
        if isinstance(error, Conflict):  # the question is about what is no more
            self.removing_uuid = self.removing_subject = ""
            return [rx.toast.error(wording.of_error(error))]
        if isinstance(error, InUse | UsagesChanged | CannotReplace) and self.removing_uuid:
            self._show_uses(await asyncio.to_thread(usage.of, parse_uuid(self.removing_uuid)))
        if not isinstance(error, InUse):
            self.removal_problem = wording.of_error(error)
        return []

    def _show_uses(self, usages: Sequence[Usage]) -> None:
        self.removing_usages = views.usage_items(usages[:SHOWN])
        self.removing_more = max(len(usages) - SHOWN, 0)
        self.removing_count = len(usages)
        self.removing_fingerprint = fingerprint(usages)
        blocking = [each for each in usages if each.blocking]
        self.removing_blocked = wording.of_error(InUse(blocking)) if blocking else ""
