"""The list of AI endpoints: its address says which page, the database what is on it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from integrations_app import routes
from integrations_app.domain.event import Event, Notice, NoticeKind
from integrations_app.domain.paging import Page, Standing
from integrations_app.errors import Conflict, IntegrationError
from integrations_app.features.ai_endpoints import lookup, service, views, wording
from integrations_app.features.ai_endpoints.endpoint import KEY, EndpointSummary
from integrations_app.i18n import _
from integrations_app.state.client_input import clean
from integrations_app.state.kept_order import Rows
from integrations_app.state.paged_list import PagedList
from integrations_app.state.seen import read_only, subject_of, text_of
from integrations_app.state.session import AdminState, watching
from integrations_app.state.watching import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which page."""

    after: str = ""
    before: str = ""


def _page(asked: _Asked) -> Page[EndpointSummary]:
    return lookup.page(after=asked.after, before=asked.before)


def _standing(_asked: _Asked, uuids: Collection[UUID]) -> Standing[EndpointSummary]:
    return lookup.standing(uuids)


_rows = Rows(page=_page, standing=_standing, item=views.endpoint_item)


class EndpointList(PagedList, AdminState):
    """One page of endpoints, kept up while it is open."""

    rows: list[views.EndpointItem] = []
    removing: views.EndpointItem = views.EndpointItem()
    removal_problem: str = ""

    _query: _Asked = _Asked()

    @rx.event
    @read_only
    async def load(self) -> list[rx.event.EventSpec]:
        """Show what the address asks for."""
        await self._actor()
        self.removing, self.changed = views.EndpointItem(), []
        address = self.router.url.query_parameters
        return await self._open(address, is_back=self._is_back())

    @rx.event(background=True)
    @read_only
    async def watch(self) -> AsyncIterator[None]:
        """Keep the rows up until the page is left or the session ends."""
        async for batch in watching(self):
            async with self:
                if self._concerns(batch):
                    await self._reload()
            yield

    @rx.event
    async def ask_removal(self, seen: str) -> None:
        """Ask before an endpoint is deleted.

        Args:
            seen: The row that was shown at the click.
        """
        await self._actor()
        self.removal_problem = ""
        self.removing = self._row(text_of(seen)) or views.EndpointItem()

    @rx.event
    @read_only
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.removing = views.EndpointItem()

    @rx.event
    async def remove(self, seen: str) -> list[rx.event.EventSpec]:
        """Delete the endpoint that was asked about.

        Args:
            seen: The row that was shown when the question was asked.
        """
        actor = await self._actor()
        uuid, version = subject_of(seen)
        asked = self.removing
        if (asked.uuid, asked.version) != (uuid, version):
            return []
        try:
            await asyncio.to_thread(service.remove, uuid, actor=actor, expected_version=version)
        except Conflict as error:  # the question is about what is no more
            self.removing = views.EndpointItem()
            return [rx.toast.error(wording.of_error(error))]
        except IntegrationError as error:
            self.removal_problem = wording.of_error(error)
            return []
        self.removing = views.EndpointItem()
        turned_back = await self._reload(without=asked.uuid)
        return [rx.toast.success(_("{name} was removed.", name=asked.name)), *turned_back]

    def _concerns(self, batch: Batch) -> bool:
        """Return whether the rows may look different now."""
        shown = {row.integration for row in self._seen}
        return not batch.complete or any(
            str(fact.uuid) in shown if isinstance(fact, Event) else is_about_endpoints(fact)
            for fact in batch.facts
        )

    def _close_questions(self) -> None:
        self.removing = views.EndpointItem()

    def _source(self) -> Rows[Any, Any, Any]:
        return _rows

    def _asked(self) -> _Asked:
        return self._query

    def _read(self, told: Mapping[str, str]) -> None:
        cursors = {key: clean(told.get(key, "")) for key in ("after", "before")}
        self._query = _Asked(**cursors)

    def _link(self, **changes: str) -> str:
        return routes.ai_endpoints(**changes)

    def _tell(self, page: Page[Any]) -> None:
        self._put(count=views.count(page))


def is_about_endpoints(fact: object) -> bool:
    """Return whether this is told of a change of endpoints."""
    return (
        isinstance(fact, Notice) and fact.kind is NoticeKind.MODULE_CHANGED and fact.module == KEY
    )
