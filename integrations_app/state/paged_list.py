"""The common part of all lists: pages that the address names, and rows that stay in place."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlsplit

import reflex as rx

from integrations_app.domain.paging import COUNT_LIMIT, Page
from integrations_app.errors import DatabaseUnavailable
from integrations_app.i18n import _, ngettext
from integrations_app.state import wording
from integrations_app.state.client_input import query_of
from integrations_app.state.kept_order import Reading, Rows
from integrations_app.state.seen import read_only
from integrations_app.state.session import AdminState, watching
from integrations_app.state.watching import Batch

_Query: TypeAlias = frozenset[tuple[str, str]]


class PagedList(rx.State, mixin=True):
    """Part of a list's state, as in `class Projects(PagedList, AdminState)`, which has `rows`.

    The order of the rows is renewed when the person asks for it, and never by what others do.
    """

    changed: list[str] = []
    """Uuids of rows that have just changed by themselves."""
    deleted: list[str] = []
    """Uuids of rows that are shown and exist no more."""
    order_changes: str = ""
    """How many rows have changed so that they are not in their place; empty for none."""
    loaded: bool = False
    problem: str = ""
    """Why the rows may be out of date."""
    failure: str = ""
    """Why the last act failed; it stays until the next one, or the page is left."""
    position: str = ""
    """Which rows these are, of how many; empty if there is none."""
    next_link: str = ""
    previous_link: str = ""

    _seen: tuple[Any, ...] = ()
    """What `rows` holds, to compare with; to go through `rows` itself is slow."""
    _followed: tuple[_Query, ...] = ()
    """Queries of addresses that the browser was sent to, since their rows are shown; it is on its
    way there, and may be behind what the person has asked for by now."""

    @rx.event
    @read_only
    async def load(self) -> AsyncIterator[object]:
        """Show what the address asks for."""
        page = cast("AdminState", self)
        await page._actor()
        is_back = page._is_back()
        page._close_questions()
        self._put(changed=[])
        for event in await self._open(self.router.url.query_parameters, is_back=is_back):
            yield event

    @rx.event(background=True)
    @read_only
    async def watch(self) -> None:
        """Keep the rows up until the page is left or the session ends."""
        async for batch in watching(cast("AdminState", self)):
            async with self:
                if self._concerns(batch):
                    await self._reload()

    @rx.event
    @read_only
    async def turn_to(self, link: str) -> AsyncIterator[list[rx.event.EventSpec] | None]:
        """Show what a link on this page leads to, and only then have the browser go there."""
        await cast("AdminState", self)._actor()
        query = query_of(link)
        self._read(dict(parse_qsl(query)))
        turned_back = await self._renew()
        yield None
        yield turned_back or self._follow(f"{urlsplit(self._link()).path}?{query}")

    @rx.event
    @read_only
    async def refresh_order(self) -> list[rx.event.EventSpec]:
        """Show the rows as they follow each other now, without those that are gone."""
        await cast("AdminState", self)._actor()
        return await self._renew()

    def _shows(self, subject: str) -> bool:
        return self._row(subject) is not None

    def _row(self, subject: str) -> Any:
        """Return the row of this uuid and version; None if it is not shown, or is gone."""
        rows = (row for row in self._seen if f"{row.uuid}/{row.version}" == subject)
        return next((row for row in rows if row.uuid not in self.deleted), None)

    def _source(self) -> Rows[Any, Any, Any]:
        """Return where the rows are read."""
        raise NotImplementedError

    def _asked(self) -> Any:
        """Return which page is shown, as `_source` is asked for it."""
        raise NotImplementedError

    def _read(self, told: Mapping[str, str]) -> None:
        """Take over the query of an address."""
        raise NotImplementedError

    def _link(self, **changes: str) -> str:
        """The address of the list as it is shown, or of another page of it."""
        raise NotImplementedError

    def _concerns(self, batch: Batch) -> bool:
        """Return whether the rows may look different now."""
        raise NotImplementedError

    def _tell(self, page: Page[Any]) -> None:
        """Show what the list says of all pages."""
        self._put(position=_position(page))

    def _is_news(self, row: Any, before: Any) -> bool:
        """Return whether a row that differs from before is worth a glow."""
        del row, before
        return True

    async def _open(self, address: Mapping[str, str], *, is_back: bool) -> list[rx.event.EventSpec]:
        """Show what an address asks for; what has stayed open stays in its order.

        Args:
            address: Its query.
            is_back: The page has only been away from the server.

        Returns:
            See `_renew`.
        """
        if self._arrives(address):  # what has come meanwhile, the watcher reads
            return []
        before = self._asked()
        self._read(address)
        return await (self._reload() if is_back and self._asked() == before else self._renew())

    def _follow(self, link: str, *, replaces: bool = False) -> list[rx.event.EventSpec]:
        """Have the browser go to the address of what is shown by now.

        Args:
            link: The address.
            replaces: It takes the place of the one before, which Back then skips.
        """
        query = _query_of(dict(parse_qsl(urlsplit(link).query)))
        if query == (self._followed or (_query_of(self.router.url.query_parameters),))[-1]:
            return []
        self._followed = (*self._followed, query)
        return [rx.redirect(link, replace=replaces)]

    def _arrives(self, address: Mapping[str, str]) -> bool:
        """Return whether the browser comes to an address that it was sent to, and not by itself."""
        query, sent = _query_of(address), self._followed
        arrives = query in sent
        self._followed = sent[sent.index(query) + 1 :] if arrives else ()
        return arrives

    async def _renew(self) -> list[rx.event.EventSpec]:
        """Show the page in its order.

        Returns:
            The way to the page that is shown, if nothing is left of the one that was asked for;
            else nothing.
        """
        return await self._show_what_is_read(())

    async def _reload(self, *, without: str = "") -> list[rx.event.EventSpec]:
        """Show what has become of the rows, each where it is.

        Args:
            without: Uuid of a row that the person has deleted.

        Returns:
            See `_renew`; there is such a page only if no row is left to show.
        """
        seen = self._seen
        kept = tuple(row for row in seen if row.uuid != without) if without else seen
        return await self._show_what_is_read(kept)

    async def _show_what_is_read(self, shown: tuple[Any, ...]) -> list[rx.event.EventSpec]:
        existing = {row.uuid for row in shown}.difference(self.deleted)
        try:
            reading = await self._source().read(self._asked(), shown=existing)
        except DatabaseUnavailable as error:
            self.problem, cast("AdminState", self)._behind = wording.of_error(error), True
            return []
        self._show(shown, reading)
        turned_back_to = reading.page.turned_back_to
        if shown or turned_back_to is None:
            return []
        link = self._link(after=turned_back_to)
        self._read(dict(parse_qsl(urlsplit(link).query)))
        return [rx.redirect(link, replace=True)]

    def _show(self, shown: tuple[Any, ...], reading: Reading[Any]) -> None:
        seen = self._seen
        kept = reading.kept(shown, seen)
        news = [row.uuid for row, before in kept.different if self._is_news(row, before)]
        if kept.rows != seen:
            cast("Any", self).rows, self._seen = list(kept.rows), kept.rows
        self._put(
            changed=news,
            deleted=[row.uuid for row in kept.rows if row.uuid in kept.deleted],
            order_changes=_changes(kept.changes),
            problem="",
            loaded=True,
        )
        self._tell(reading.page)
        if not shown or reading.page.turned_back_to is None:
            self._show_links(reading.page)

    def _show_links(self, page: Page[Any]) -> None:
        self._put(
            next_link=self._link(after=page.next_cursor) if page.next_cursor else "",
            previous_link=self._link(before=page.previous_cursor) if page.previous_cursor else "",
        )

    def _put(self, **values: object) -> None:
        """Set what differs: Reflex sends, and the browser draws, whatever is set."""
        stored = getattr(self, "__wrapped__", self)  # a background event's proxy is slow to read
        for name, value in values.items():
            if getattr(stored, name) != value:
                setattr(self, name, value)


def _changes(number: int) -> str:
    return ngettext("{n} row has changed", "{n} rows have changed", number) if number else ""


def _query_of(parameters: Mapping[str, str]) -> _Query:
    return frozenset(parameters.items())


def _position(page: Page[Any]) -> str:
    if not page.rows:
        return ""
    total = f"{page.count:,}" if page.counted_all else _("{number}+", number=f"{page.count:,}")
    if page.preceding is None:
        return _("After the first {limit} of {total}", limit=f"{COUNT_LIMIT:,}", total=total)
    return _(
        "{first}–{last} of {total}",
        first=f"{page.preceding + 1:,}",
        last=f"{page.preceding + len(page.rows):,}",
        total=total,
    )
