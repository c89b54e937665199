"""Which connections the shop uses: stored as uuids in its own table, chosen with the picker."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import reflex as rx
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from integrations_app.components import ConnectionChoices, integration_picker
from integrations_app.components.picker import choices_of
from shop.accounts import signed_in
from shop.storage import choices, engine

MAIL, REPORTS = "mail", "reports"
SHELVES = {"shelf:books": "Books", "shelf:toys": "Toys"}


@dataclass(frozen=True)
class Shelf:
    """One of several things of a kind that use a connection each."""

    purpose: str = ""
    title: str = ""
    chosen: list[str] = ()


class Choosing(ConnectionChoices, rx.State):
    """For whoever is signed in to the shop, admin or not."""

    mail: list[str] = []
    reports: list[str] = []
    shelves: list[Shelf] = []

    @rx.event
    async def load(self):
        if await self._may_see_connections():
            await self._show()

    @rx.event
    async def choose(self, purpose: str, event: dict[str, str]):
        if not await self._may_see_connections():
            return
        uuid, action = UUID(event["uuid"]), event["action"]
        await asyncio.to_thread(store, str(purpose), uuid, action)
        await self._show()
        await self._reload_choices()

    async def _may_see_connections(self) -> bool:
        headers = self.router.headers.raw_headers
        return await asyncio.to_thread(signed_in, headers) is not None

    def _selected_uuids(self):
        return [*self.mail, *self.reports, *(uuid for each in self.shelves for uuid in each.chosen)]

    async def _show(self):
        stored = await asyncio.to_thread(chosen)
        self.mail, self.reports = stored.get(MAIL, []), stored.get(REPORTS, [])
        self.shelves = [
            Shelf(purpose, title, stored.get(purpose, [])) for purpose, title in SHELVES.items()
        ]


def chosen() -> dict[str, list[str]]:
    """The stored uuids, by purpose."""
    found: dict[str, list[str]] = {}
    with engine().connect() as connection:
        for row in connection.execute(sa.select(choices)):
            found.setdefault(row.purpose, []).append(str(row.integration_uuid))
    return found


def store(purpose: str, uuid: UUID, action: str) -> None:
    """Do what a click asked for."""
    of_purpose = choices.c.purpose == purpose
    with engine().begin() as connection:
        if action == "select":
            connection.execute(choices.delete().where(of_purpose))
        if action in ("select", "add"):
            row = insert(choices).values(purpose=purpose, integration_uuid=uuid)
            connection.execute(row.on_conflict_do_nothing())
        else:
            connection.execute(
                choices.delete().where(of_purpose, choices.c.integration_uuid == uuid)
            )


def page() -> rx.Component:
    """Two pickers, and one for each of a list."""
    return rx.el.main(
        rx.heading("What the shop uses", as_="h1"),
        integration_picker(
            **choices_of(Choosing),
            selected=Choosing.mail,
            on_select=Choosing.choose(MAIL),
            empty_url="/settings/integrations/new",
            label="Mail",
        ),
        integration_picker(
            **choices_of(Choosing),
            selected=Choosing.reports,
            on_select=Choosing.choose(REPORTS),
            multiple=True,
            label="Reports",
        ),
        rx.foreach(Choosing.shelves, _shelf),
    )


def _shelf(shelf: Shelf) -> rx.Component:
    return integration_picker(
        **choices_of(Choosing),
        selected=shelf.chosen,
        on_select=Choosing.choose(shelf.purpose),
        label=shelf.title,
        compact=True,
    )
