"""The list of AI endpoints: its address says which page, the database what is on it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qsl

import reflex as rx

from integrations_app import routes
from integrations_app.domain.event import Event, Notice, NoticeKind
from integrations_app.domain.paging import Page
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.features.ai_endpoints import lookup, service, views, wording
from integrations_app.features.ai_endpoints.endpoint import KEY, Line
from integrations_app.i18n import _
from integrations_app.state.sent import clean, query_of
from integrations_app.state.session import AdminState, watching
from integrations_app.state.watching import Batch

_LONGEST_CURSOR = 2_000


class EndpointList(AdminState):
    """One page of endpoints, kept up while it is open."""

    rows: list[views.EndpointItem] = []
    changed: list[str] = []
    loaded: bool = False
    problem: str = ""
    count: str = ""
    next_link: str = ""
    previous_link: str = ""
    removing: views.EndpointItem = views.EndpointItem()
    removal_problem: str = ""

    _after: str = ""
    _before: str = ""

    @rx.event
    async def load(self) -> None:
        """Show what the address asks for."""
        await self._actor()
        self._read(self.router.url.query_parameters)
        self.removing, self.changed = views.EndpointItem(), []
        await self._reload()

    @rx.event(background=True)
    async def watch(self) -> AsyncIterator[None]:
        """Keep the rows up until the page is left or the session ends."""
        async for batch in watching(self):
            async with self:
                if self._concerns(batch):
                    await self._reload()
            yield

    @rx.event
    async def turn_to(self, link: str) -> AsyncIterator[rx.event.EventSpec | None]:
        """Show what a link on this page leads to, and only then have the browser go there."""
        await self._actor()
        query = query_of(link)
        self._read(dict(parse_qsl(query)))
        await self._reload()
        yield None
        yield rx.redirect(f"{routes.AI_ENDPOINTS}?{query}")

    @rx.event
    async def ask_removal(self, uuid: str) -> None:
        """Ask before an endpoint is deleted."""
        await self._actor()
        self.removal_problem = ""
        asked = (row for row in self.rows if row.uuid == uuid)
        self.removing = next(asked, views.EndpointItem())

    @rx.event
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.removing = views.EndpointItem()

    @rx.event
    async def remove(self) -> rx.event.EventSpec | None:
        """Delete the endpoint that was asked about."""
        actor = await self._actor()
        asked = self.removing
        if not asked.uuid:
            return None
        try:
            await asyncio.to_thread(service.remove, asked.uuid, actor=actor)
        except IntegrationError as error:
            self.removal_problem = wording.of_error(error)
            return None
        self.removing = views.EndpointItem()
        await self._reload()
        return rx.toast.success(_("{name} was deleted.", name=asked.name))

    def _concerns(self, batch: Batch) -> bool:
        """Whether the rows may look different now."""
        shown = {row.integration for row in self.rows}
        return not batch.complete or any(
            str(fact.uuid) in shown if isinstance(fact, Event) else is_about_endpoints(fact)
            for fact in batch.facts
        )

    async def _reload(self) -> None:
        try:
            page = await asyncio.to_thread(lookup.page, after=self._after, before=self._before)
        except DatabaseUnavailable as error:
            self.problem, self._behind = wording.of_error(error), True
            return
        self._show(page)

    def _show(self, page: Page[Line]) -> None:
        rows = [views.endpoint_item(line) for line in page.rows]
        before = {row.uuid: row for row in self.rows}
        self.changed = [row.uuid for row in rows if row != before.get(row.uuid, row)]
        if rows != self.rows:  # what is set is sent, and drawn anew
            self.rows = rows
        self.count, self.problem, self.loaded = views.count(page), "", True
        self.next_link = page.next_cursor and routes.ai_endpoints(after=page.next_cursor)
        self.previous_link = page.previous_cursor and routes.ai_endpoints(
            before=page.previous_cursor
        )

    def _read(self, told: Mapping[str, str]) -> None:
        """Take over the query of an address."""
        self._after = clean(told.get("after", ""))[:_LONGEST_CURSOR]
        self._before = clean(told.get("before", ""))[:_LONGEST_CURSOR]


def is_about_endpoints(fact: object) -> bool:
    """Whether this is told of a change of endpoints."""
    return (
        isinstance(fact, Notice) and fact.kind is NoticeKind.MODULE_CHANGED and fact.module == KEY
    )
