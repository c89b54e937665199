"""The list: its address says which rows, the database says what is in them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import reflex as rx

from integrations_app import routes
from integrations_app.domain.authorization import Outcome
from integrations_app.domain.connection import Status
from integrations_app.domain.event import Event, NoticeKind
from integrations_app.domain.paging import Page
from integrations_app.domain.summary import FAILING_LIMIT, ListPage, PageQuery, SortKey
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.i18n import _, listing, ngettext
from integrations_app.services import catalogue
from integrations_app.services.blocking_pool import run_long
from integrations_app.services.checking import run
from integrations_app.services.connections import list_pages as pages
from integrations_app.services.connections import removal
from integrations_app.services.operations import legacy_migrations
from integrations_app.state import views, wording
from integrations_app.state.client_input import clean
from integrations_app.state.disconnecting import Disconnecting
from integrations_app.state.kept_order import Rows
from integrations_app.state.modules import is_about_modules
from integrations_app.state.paged_list import PagedList
from integrations_app.state.removal import Removal
from integrations_app.state.seen import read_only, subject_of, text_of
from integrations_app.state.session import AdminState, watching
from integrations_app.state.watching import Batch

SEARCH_MAX_LENGTH = 100
ALL = "all"
CHOICES = ("provider", "status", "sort")
"""Parts of the address that are chosen from what is offered."""

_READABLE_MS = 20_000

_rows = Rows(page=pages.page, standing=pages.standing, item=views.connection_item)


class Listing(PagedList, Disconnecting, Removal, AdminState):
    """One page of connections, kept up while it is open."""

    rows: list[views.ConnectionItem] = []
    testing: list[str] = []
    attention: str = ""
    """How many connections need it, up to a limit."""
    modules_failing: str = ""
    search: str = ""
    provider: str = ALL
    status: str = ALL
    sort: str = SortKey.ATTENTION.value
    descending: bool = False
    sort_links: dict[str, str] = {}
    attention_link: str = ""
    """Shows what needs attention; if that is shown, everything."""
    providers: list[views.OptionItem] = []
    provider_names: str = ""

    _query: PageQuery = PageQuery()

    @rx.var
    def filtered(self) -> bool:
        """Return whether the address asks for less than everything."""
        return bool(self.search) or self.provider != ALL or self.status != ALL

    @rx.event
    @read_only
    async def load(self) -> AsyncIterator[object]:
        """Show what the address asks for."""
        await self._actor()
        is_back = self._is_back()
        declared = catalogue.all_providers()
        self._put(
            providers=[views.OptionItem(value=each.key, label=each.title) for each in declared],
            provider_names=listing([each.title for each in declared]),
            removing_uuid="",
            removing_subject="",
            disconnecting_subject="",
            failure=self.failure if is_back else "",
            changed=[],
        )
        turned_back = await self._open(self.router.url.query_parameters, is_back=is_back)
        await self._look_at_modules()
        if self.router.url.query_parameters.get(routes.RETURNED) == Outcome.STATE_MISMATCH:
            told = wording.of_return(Outcome.STATE_MISMATCH, "")
            yield rx.toast.error(told, duration=_READABLE_MS, close_button=True)
        for event in turned_back:
            yield event

    @rx.event(background=True)
    @read_only
    async def watch(self) -> None:
        """Keep the rows up until the page is left or the session ends."""
        async for batch in watching(self):
            async with self:
                if self._concerns(batch):
                    await self._reload()
                if is_about_modules(batch):
                    await self._look_at_modules()

    @rx.event
    @read_only
    async def find(self, text: str) -> list[rx.event.EventSpec]:
        """Show the rows whose name or account has this in it; Back skips what was typed between."""
        searched = clean(str(text)).strip()[:SEARCH_MAX_LENGTH]
        refines = bool(searched) and bool(self._query.search)
        return await self._goto({"search": searched}, replaces=refines)

    @rx.event
    @read_only
    async def choose(self, part: str, value: str) -> list[rx.event.EventSpec]:
        """Show the rows of one provider or one status, or all, or in another order.

        Args:
            part: Which part of the address, one of `CHOICES`.
            value: What it becomes.
        """
        if part not in CHOICES:
            return []
        changes = {part: "" if value == ALL else clean(str(value))}
        return await self._goto(changes)

    @rx.event
    @read_only
    async def tell_of_copy(self, is_copied: bool) -> list[rx.event.EventSpec]:  # noqa: FBT001 - the browser's answer
        """Say whether a uuid was copied."""
        if is_copied is True:
            return [rx.toast.success(_("Copied"))]
        return [rx.toast.error(_("Not copied: this browser does not allow it here."))]

    @rx.event(background=True)
    async def test(self, seen: str) -> AsyncIterator[None]:
        """Check a connection's stored credentials; the row says how it ended.

        Args:
            seen: The row that was shown at the click.
        """
        uuid, _version = subject_of(seen)
        async with self:
            actor = await self._actor()
            if uuid in self.testing:
                return
            self.testing, self.failure = [*self.testing, uuid], ""
        yield
        try:
            await run_long(actor, run.run, uuid, actor=actor)
        except IntegrationError as error:
            async with self:
                self.failure = wording.of_error(error)
        finally:
            async with self:
                self.testing = [each for each in self.testing if each != uuid]
                await self._reload()

    @rx.event(background=True)
    async def disconnect(self, seen: str) -> None:
        """Remove a connection's credentials; the row stays.

        Args:
            seen: The row that was shown when the question was asked.
        """
        uuid, version = subject_of(seen)
        async with self:
            actor = await self._actor()
            if self.disconnecting_subject != text_of(seen):
                return
            self.disconnecting_subject = self.failure = ""
        failure = ""
        try:
            done = await run_long(
                actor, removal.disconnect, uuid, actor=actor, expected_version=version
            )
            if done.revoked is False:
                failure = wording.of_unrevoked(self._service(uuid))
        except IntegrationError as error:
            failure = wording.of_error(error)
        async with self:
            self.failure = failure
            await self._reload()

    @rx.event
    async def ask_disconnect(self, seen: str) -> None:
        """Ask before a connection is disconnected.

        Args:
            seen: The row that was shown at the click.
        """
        await self._actor()
        row = self._row(text_of(seen))
        if row is not None:
            self._ask_disconnect(
                text_of(seen), name=row.name, service=row.service, provider=row.provider
            )

    @rx.event
    async def ask_removal(self, seen: str) -> None:
        """Ask before a connection is deleted, and say who uses it.

        Args:
            seen: The row that was shown at the click.
        """
        await self._actor()
        row = self._row(text_of(seen))
        if row is not None:
            await self._ask_removal(text_of(seen), row.name, row.service, provider=row.provider)

    @rx.event
    async def remove(self, seen: str, usages: str) -> list[rx.event.EventSpec]:
        """Delete the connection that was asked about.

        Args:
            seen: The row that was shown when the question was asked.
            usages: `fingerprint` of the places that the question named.
        """
        actor = await self._actor()
        is_gone, notices = await self._remove(seen, usages, actor)
        if not is_gone:
            return notices
        return [*notices, *await self._reload(without=subject_of(seen)[0])]

    @rx.event
    async def replace(self, seen: str, chosen: str, usages: str) -> list[rx.event.EventSpec]:
        """Let another connection take the place of the one that was asked about.

        Args:
            seen: The row that was shown when the question was asked.
            chosen: Uuid of the other connection.
            usages: `fingerprint` of the places that the question named.
        """
        actor = await self._actor()
        is_gone, notices = await self._replace(seen, chosen, usages, actor)
        if not is_gone:
            return notices
        return [*notices, *await self._reload(without=subject_of(seen)[0])]

    def _close_questions(self) -> None:
        self.removing_uuid = self.removing_subject = self.disconnecting_subject = ""

    def _leave_behind(self) -> None:
        self.testing = []

    def _service(self, uuid: str) -> str:
        return next((row.service for row in self._seen if row.uuid == uuid), _("the provider"))

    def _concerns(self, batch: Batch) -> bool:
        """Return whether rows may look different now; most checks change the time of one row."""
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
            failing = await asyncio.to_thread(legacy_migrations.failed)
        except DatabaseUnavailable:
            self._behind = True
            return
        self._put(modules_failing=_failing(failing))

    def _source(self) -> Rows[Any, Any, Any]:
        return _rows

    def _asked(self) -> PageQuery:
        return self._query

    def _tell(self, page: Page[Any]) -> None:
        super()._tell(page)
        self._put(attention=_attention(cast("ListPage", page)))

    def _is_news(self, row: views.ConnectionItem, before: views.ConnectionItem) -> bool:
        """The passing of time is not worth a glow."""
        return replace(row, tested_at="") != replace(before, tested_at="")

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
            provider=query.provider or ALL,
            status=query.status.value if query.status else ALL,
            sort=query.sort.value,
            descending=query.descending,
            sort_links={key.value: self._sort_link(key) for key in SortKey},
            attention_link=self._link(
                status="" if query.status is Status.ERROR else Status.ERROR.value
            ),
        )

    def _sort_link(self, key: SortKey) -> str:
        turned = key is self._query.sort and not self._query.descending
        return self._link(sort=key.value, order="desc" if turned else "")

    async def _goto(
        self, changes: Mapping[str, str], *, replaces: bool = False
    ) -> list[rx.event.EventSpec]:
        link = self._link(**changes)
        await self._actor()
        self._read(dict(parse_qsl(urlsplit(link).query)))
        return await self._renew() or self._follow(link, replaces=replaces)

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


def _attention(page: ListPage) -> str:
    if page.failing > FAILING_LIMIT:
        return _("{number}+", number=FAILING_LIMIT)
    return str(page.failing)


def _failing(modules: int) -> str:
    if not modules:
        return ""
    return ngettext(
        "Old data of {n} module could not be turned into integrations.",
        "Old data of {n} modules could not be turned into integrations.",
        modules,
    )
