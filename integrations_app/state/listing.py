"""The list: its address says which rows, the database says what is in them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Set
from dataclasses import replace
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

import reflex as rx

from integrations_app import routes
from integrations_app.domain.authorization import Outcome
from integrations_app.domain.connection import Status
from integrations_app.domain.event import Event, NoticeKind
from integrations_app.domain.summary import FAILING_LIMIT, ListPage, PageQuery, SortKey
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.i18n import _, listing, ngettext
from integrations_app.services import catalogue, checks, connections, legacy
from integrations_app.services import listing as pages
from integrations_app.state import views, wording
from integrations_app.state.aside import aside
from integrations_app.state.modules import is_about_modules
from integrations_app.state.removal import Removal
from integrations_app.state.sent import clean, query_of
from integrations_app.state.session import AdminState, watching
from integrations_app.state.together import Together
from integrations_app.state.watching import Batch

SEARCH_MAX_LENGTH = 100
_ALL = "all"
_READABLE_MS = 20_000

_Rows: TypeAlias = tuple[views.ConnectionItem, ...]


class Listing(Removal, AdminState):
    """One page of connections, kept up while it is open."""

    rows: list[views.ConnectionItem] = []
    changed: list[str] = []
    testing: list[str] = []
    loaded: bool = False
    problem: str = ""
    count: str = ""
    attention: str = ""
    modules_failing: str = ""
    search: str = ""
    provider: str = _ALL
    status: str = _ALL
    sort: str = SortKey.ATTENTION.value
    descending: bool = False
    sort_links: dict[str, str] = {}
    next_link: str = ""
    previous_link: str = ""
    providers: list[views.OptionItem] = []
    provider_names: str = ""

    _query: PageQuery = PageQuery()
    _seen: _Rows = ()
    """What `rows` holds, to compare with; to go through `rows` itself is slow."""

    @rx.var
    def filtered(self) -> bool:
        """Whether the address asks for less than everything."""
        return bool(self.search) or self.provider != _ALL or self.status != _ALL

    @rx.event
    async def load(self) -> AsyncIterator[object]:
        """Show what the address asks for."""
        await self._actor()
        self._read(self.router.url.query_parameters)
        declared = catalogue.all_providers()
        self._put(
            providers=[views.OptionItem(value=each.key, label=each.title) for each in declared],
            provider_names=listing([each.title for each in declared]),
            removing_uuid="",
            changed=[],
        )
        await self._reload()
        await self._look_at_modules()
        if self.router.url.query_parameters.get(routes.RETURNED) == Outcome.STATE_MISMATCH:
            told = wording.of_return(Outcome.STATE_MISMATCH, "")
            yield rx.toast.error(told, duration=_READABLE_MS, close_button=True)

    @rx.event(background=True)
    async def watch(self) -> None:
        """Keep the rows up until the page is left or the session ends."""
        async for batch in watching(self):
            async with self:
                if self._concerns(batch):
                    await self._reload()
                if is_about_modules(batch):
                    await self._look_at_modules()

    @rx.event
    async def turn_to(self, link: str) -> AsyncIterator[rx.event.EventSpec | None]:
        """Show what a link on this page leads to, and only then have the browser go there."""
        await self._actor()
        query = query_of(link)
        self._read(dict(parse_qsl(query)))
        await self._reload()
        yield None
        yield rx.redirect(f"{routes.LISTING}?{query}")

    @rx.event
    async def find(self, text: str) -> rx.event.EventSpec:
        """Show the rows whose name or account begins with this."""
        return await self._goto(search=clean(str(text)).strip()[:SEARCH_MAX_LENGTH])

    @rx.event
    async def choose_provider(self, key: str) -> rx.event.EventSpec:
        """Show the rows of one provider, or of all."""
        return await self._goto(provider="" if key == _ALL else clean(str(key)))

    @rx.event
    async def choose_status(self, status: str) -> rx.event.EventSpec:
        """Show the rows of one status, or of all."""
        return await self._goto(status="" if status == _ALL else clean(str(status)))

    @rx.event(background=True)
    async def test(self, uuid: str) -> AsyncIterator[None]:
        """Check a connection's stored credentials; the row says how it ended."""
        async with self:
            actor = await self._actor()
            if uuid in self.testing or all(row.uuid != uuid for row in self._seen):
                return
            self.testing = [*self.testing, uuid]
        yield
        problem = ""
        try:
            await aside(checks.run, uuid, actor=actor)
        except IntegrationError as error:
            problem = wording.of_error(error)
        finally:
            async with self:
                self.testing = [each for each in self.testing if each != uuid]
                await self._reload()
                self.problem = problem or self.problem

    @rx.event(background=True)
    async def disconnect(self, uuid: str) -> None:
        """Remove a connection's credentials; the row stays."""
        async with self:
            actor = await self._actor()
        problem = ""
        try:
            done = await aside(connections.disconnect, uuid, actor=actor)
            if done.revoked is False:
                problem = wording.of_unrevoked(self._service(uuid))
        except IntegrationError as error:
            problem = wording.of_error(error)
        async with self:
            await self._reload()
            self.problem = problem or self.problem

    @rx.event
    async def ask_removal(self, uuid: str) -> None:
        """Ask before a connection is deleted, and say who uses it."""
        await self._actor()
        asked = next((row for row in self.rows if row.uuid == uuid), None)
        if asked is not None:
            await self._ask_removal(asked.uuid, asked.name, asked.service, provider=asked.provider)

    @rx.event
    async def remove(self, seen: int) -> rx.event.EventSpec | None:
        """Delete the connection that was asked about.

        Args:
            seen: How many uses the question spoke of.
        """
        actor = await self._actor()
        removed = await self._remove(actor, seen)
        if removed is not None:
            await self._reload()
        return removed

    @rx.event
    async def replace(self) -> rx.event.EventSpec | None:
        """Let the chosen connection take the place of the one that was asked about."""
        actor = await self._actor()
        removed = await self._replace(actor)
        if removed is not None:
            await self._reload()
        return removed

    def _leave_behind(self) -> None:
        self.testing = []

    def _service(self, uuid: str) -> str:
        return next((row.service for row in self._seen if row.uuid == uuid), _("the provider"))

    def _concerns(self, batch: Batch) -> bool:
        """Whether the rows may look different now; most checks change the time of one row."""
        if not batch.complete or any(isinstance(fact, Event) for fact in batch.facts):
            return True
        shown = {row.uuid for row in self._seen}
        by_time = self._query.sort is SortKey.TESTED
        return any(
            fact.kind is NoticeKind.CHECK_RECORDED and (by_time or str(fact.uuid) in shown)
            for fact in batch.facts
        )

    async def _look_at_modules(self) -> None:
        try:
            failing = await asyncio.to_thread(legacy.failed)
        except DatabaseUnavailable:
            self._behind = True
            return
        self._put(modules_failing=_failing(failing))

    async def _reload(self) -> None:
        try:
            page, rows = await _reading.ask(self._query)
        except DatabaseUnavailable as error:
            self.problem, self._behind = wording.of_error(error), True
            return
        self._show(page, rows)

    def _show(self, page: ListPage, rows: _Rows) -> None:
        before = {row.uuid: row for row in self._seen}
        changed = [row.uuid for row in rows if _is_news(row, before.get(row.uuid, row))]
        following = self._link(after=page.next_cursor) if page.next_cursor else ""
        preceding = self._link(before=page.previous_cursor) if page.previous_cursor else ""
        if rows != self._seen:
            self.rows, self._seen = list(rows), rows
        self._put(changed=changed, count=_count(page), problem="", loaded=True)
        self._put(next_link=following, previous_link=preceding, attention=_attention(page))

    def _put(self, **values: object) -> None:
        """Set what differs: Reflex sends, and the browser draws, whatever is set."""
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _read(self, told: Mapping[str, str]) -> None:
        """Take over the query of an address."""
        told = {key: clean(value) for key, value in told.items()}
        sort = told.get("sort", "")
        status = told.get("status", "")
        query = PageQuery(
            search=told.get("search", "").strip()[:SEARCH_MAX_LENGTH],
            provider=told.get("provider", ""),
            status=Status(status) if status in set(Status) else None,
            sort=SortKey(sort) if sort in set(SortKey) else SortKey.ATTENTION,
            descending=told.get("order", "") == "desc",
            after=told.get("after", ""),
            before=told.get("before", ""),
        )
        self._query = query
        self._put(
            search=query.search,
            provider=query.provider or _ALL,
            status=query.status.value if query.status else _ALL,
            sort=query.sort.value,
            descending=query.descending,
            sort_links={key.value: self._sort_link(key) for key in SortKey},
        )

    def _sort_link(self, key: SortKey) -> str:
        turned = key is self._query.sort and not self._query.descending
        return self._link(sort=key.value, order="desc" if turned else "")

    async def _goto(self, **changes: str) -> rx.event.EventSpec:
        link = self._link(**changes)
        await self._actor()
        self._read(dict(parse_qsl(urlsplit(link).query)))
        await self._reload()
        return rx.redirect(link, replace=True)

    def _link(self, **changes: str) -> str:
        query = self._query
        kept = {
            "search": query.search,
            "provider": query.provider,
            "status": query.status.value if query.status else "",
            "sort": "" if query.sort is SortKey.ATTENTION else query.sort.value,
            "order": "desc" if query.descending else "",
        }
        return routes.listing(**{**kept, **changes})


def _count(page: ListPage) -> str:
    if not page.counted_all:
        return _("{number}+ connections", number=f"{page.count:,}")
    return ngettext("{n} connection", "{n} connections", page.count)


def _attention(page: ListPage) -> str:
    if not page.failing:
        return ""
    if page.failing > FAILING_LIMIT:
        return _("{number}+ need attention", number=FAILING_LIMIT)
    return ngettext("{n} needs attention", "{n} need attention", page.failing)


def _failing(modules: int) -> str:
    if not modules:
        return ""
    return ngettext(
        "Old data of {n} module could not be turned into integrations.",
        "Old data of {n} modules could not be turned into integrations.",
        modules,
    )


def _is_news(row: views.ConnectionItem, before: views.ConnectionItem) -> bool:
    """Whether a row is worth a glow when it changes by itself; the passing of time is not."""
    return row != before and replace(row, tested_at="") != replace(before, tested_at="")


def _read(queries: Set[PageQuery]) -> dict[PageQuery, tuple[ListPage, _Rows]]:
    read = {query: pages.page(query) for query in queries}
    return {
        query: (page, tuple(views.connection_item(row) for row in page.rows))
        for query, page in read.items()
    }


_reading = Together(_read)
"""Most open pages show the same rows."""
