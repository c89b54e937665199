"""Pages' states with connections to choose from, as consumers write them."""

from __future__ import annotations

from collections.abc import Iterable

import reflex as rx

from integrations_app.state.choices import AdminChoices
from integrations_app.state.picker import ConnectionChoices
from integrations_app.state.seen import read_only
from integrations_app.state.session import AdminState, watching


class Storing(AdminChoices, mixin=True):
    """Stores what it was told."""

    _stored: list[str] = []

    @rx.event
    @read_only
    async def store(self, uuids: list[str]) -> None:
        self._stored = uuids
        await self._reload_choices()

    def _selected_uuids(self) -> Iterable[str]:
        return self._stored


class Shelf(Storing, AdminState):
    """A page of this app's own."""


class ChatShelf(Storing, AdminState):
    """Another one, for one purpose."""

    _capability = "chat"


class Workshop(AdminChoices, AdminState):
    """A page that watches for reasons of its own, too."""

    facts: int = 0

    @rx.event(background=True)
    @read_only
    async def watch(self) -> None:
        async for batch in watching(self):
            async with self:
                self.facts += len(batch.facts)
                await self._follow(batch)


class Forgetful(ConnectionChoices, AdminState):
    """Somebody forgot to say who may see connections."""
