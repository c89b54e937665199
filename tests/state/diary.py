"""A private page's state, as any of the product's, and others that an app around it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import reflex as rx

from integrations_app.components import ConnectionChoices
from integrations_app.state.seen import read_only
from integrations_app.state.session import AdminState, watching, without_database
from integrations_app.state.watching import Batch

PRIVATE = "dear diary"


class Diary(AdminState):
    """Shows one private sentence, and counts what happens."""

    text: str = ""
    batches: list[int] = []
    turned: int = 0

    _gaps: list[bool] = []
    _actors: list[str] = []

    @rx.var
    def shouted(self) -> str:
        return self.text.upper()

    @rx.event
    @read_only
    async def load(self) -> None:
        actor = await self._actor()
        self._actors = [*self._actors, actor.label]
        self.text = PRIVATE

    @rx.event(background=True)
    @read_only
    async def watch(self) -> AsyncIterator[None]:
        async for batch in watching(self):
            async with self:
                self._keep(batch)
            yield

    @rx.event(background=True)
    @read_only
    async def write_later(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        async with self:
            self.text = f"{PRIVATE}, later"

    @rx.event
    @without_database
    @read_only
    async def turn(self) -> None:
        self.turned += 1

    @rx.event
    @read_only
    async def fail(self) -> None:
        raise RuntimeError(PRIVATE)

    def _keep(self, batch: Batch) -> None:
        self.text = PRIVATE
        self.batches = [*self.batches, len(batch.facts)]
        self._gaps = [*self._gaps, not batch.complete]


class Bystander(rx.State):
    """Another app's own, in the same tab."""

    text: str = ""

    @rx.event
    async def write(self) -> None:
        self.text = "the app's own"


class Chooser(ConnectionChoices, rx.State):
    """Another app's own, with a picker."""
