"""Connections to choose from, kept up while a page is open, in any Reflex app."""

import contextlib
from collections.abc import AsyncGenerator, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import reflex as rx

from integrations_app.domain.choice import ChoiceQuery
from integrations_app.domain.event import Event, NoticeKind
from integrations_app.domain.references import parse_uuid
from integrations_app.domain.summary import Summary
from integrations_app.errors import DatabaseUnavailable, InvalidDeclaration, InvalidUuid
from integrations_app.providers import vocabulary
from integrations_app.services.connections import choices as stored
from integrations_app.state import views
from integrations_app.state.batching import Together
from integrations_app.state.client_input import clean
from integrations_app.state.seen import read_only
from integrations_app.state.watching import Batch, DatabaseWatch, Follower, following

SEARCH_MAX_LENGTH = 100
_ASKED_AGAIN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class PickerItem:
    """A connection to choose."""

    uuid: str = ""
    provider: str = ""
    service: str = ""
    icon: str = ""
    name: str = ""
    account: str = ""
    status: str = ""
    tested_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    items: tuple[PickerItem, ...]
    more: bool


class ConnectionChoices(Follower, mixin=True):
    """Connections to choose from; a state that takes this in says who may see it.

        class Endpoints(ConnectionChoices, rx.State):
            _capability = "chat"

            async def _may_see_connections(self) -> bool:
                return await signed_in(self)

    `watch_choices` is started from the page's `on_load`, and ends with the page.
    """

    choices: list[PickerItem] = []
    choices_loading: bool = True
    choices_forbidden: bool = False
    choices_more: bool = False
    choices_searched: str = ""
    choices_missing: list[str] = []

    _choices_seen: tuple[PickerItem, ...] = ()
    """What `choices` holds, to compare with; to go through `choices` itself is slow."""

    _provider: str = ""
    """Key of the only provider to choose from."""

    _capability: str = ""
    """What the provider must be capable of."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Refuse a state whose pickers would never show anything.

        Raises:
            InvalidDeclaration: Its `_capability` is unknown.
        """
        super().__init_subclass__(**options)
        declared = cls.__dict__.get("_capability")
        word = getattr(declared, "default", declared)  # Reflex keeps what a mixin says in fields
        wrong = vocabulary.problem(word, vocabulary.CAPABILITIES) if word else None
        if wrong:
            raise InvalidDeclaration(
                f"{cls.__module__}.{cls.__qualname__}", f"_capability: {wrong}"
            )

    @rx.event(background=True)
    @read_only
    async def watch_choices(self) -> None:
        """Show what there is to choose from, until the page is left or it may not be seen."""
        async with contextlib.aclosing(self._happenings()) as batches:
            async for batch in batches:
                async with self:
                    await self._follow(batch)

    @rx.event
    @read_only
    async def find_choices(self, text: str) -> None:
        """Show what has this in it, where there is too much to show it all."""
        self.choices_searched = clean(str(text)).strip()[:SEARCH_MAX_LENGTH]
        await self._reload_choices()

    async def _may_see_connections(self) -> bool:
        """Return whether whoever looks at this tab may see connections; asked before each look."""
        return False

    def _selected_uuids(self) -> Iterable[str]:
        """The uuids that are stored, of all pickers that this state feeds.

        They are supplied whatever is searched for, so that none of them looks deleted that is not.
        """
        return ()

    def _happenings(self) -> AsyncGenerator[Batch, None]:
        """Return what happens, for as long as it may be seen here."""

        async def admitted(_line: DatabaseWatch) -> datetime | None:
            async with self:
                if await self._may_see_connections():
                    return datetime.now(UTC) + _ASKED_AGAIN_AFTER
                self._forget_choices()
                return None

        async def ignore(_is_up: bool) -> None:  # noqa: FBT001 - what a line says
            pass

        return following(self, admitted=admitted, on_line=ignore)

    async def _follow(self, batch: Batch) -> None:
        """Show what of this concerns the choices."""
        is_first = self.choices_loading or self.choices_forbidden
        if is_first or self._concerns_choices(batch):
            await self._reload_choices()

    async def _reload_choices(self) -> None:
        """Show what there is now; for handlers, too, that change what is selected."""
        try:
            if not await self._may_see_connections():
                self._forget_choices()
                return
            found = await _reading.ask(self._choice_query())
        except DatabaseUnavailable:
            self._behind = True
            return
        self._show_choices(found)

    def _concerns_choices(self, batch: Batch) -> bool:
        shown = {each.uuid for each in self._choices_seen} | set(self.choices_missing)
        query = self._choice_query()
        return not batch.complete or any(
            str(fact.uuid) in shown or stored.includes(query, fact.provider)
            if isinstance(fact, Event)
            else fact.kind is NoticeKind.CHECK_RECORDED and str(fact.uuid) in shown
            for fact in batch.facts
        )

    def _choice_query(self) -> ChoiceQuery:
        selected = []
        for text in self._selected_texts():
            with contextlib.suppress(InvalidUuid):  # the picker says that it is gone
                selected.append(parse_uuid(text))
        return ChoiceQuery(
            provider=self._provider,
            capabilities=frozenset({self._capability} - {""}),
            search=self.choices_searched,
            selected=tuple(selected),
        )

    def _selected_texts(self) -> list[str]:
        """Return what is stored, as far as a uuid could be meant by it: browsers send anything."""
        return [text for text in self._selected_uuids() if text and isinstance(text, str)]

    def _show_choices(self, found: _Found) -> None:
        known = {item.uuid for item in found.items}
        missing = [text for text in self._selected_texts() if text.lower() not in known]
        if found.items != self._choices_seen:  # what is set is sent, and drawn anew
            self.choices, self._choices_seen = list(found.items), found.items
        if missing != self.choices_missing:
            self.choices_missing = missing
        self.choices_more, self.choices_loading, self.choices_forbidden = found.more, False, False

    def _forget_choices(self) -> None:
        self.choices, self._choices_seen, self.choices_missing = [], (), []
        self.choices_more, self.choices_searched = False, ""
        self.choices_loading, self.choices_forbidden = False, True


def picker_item(row: Summary) -> PickerItem:
    """A connection as a picker shows it."""
    shown = views.connection_item(row)
    return PickerItem(
        uuid=shown.uuid,
        provider=shown.provider,
        service=shown.service,
        icon=shown.icon,
        name=shown.name,
        account=shown.account,
        status=shown.status,
        tested_at=shown.tested_at,
    )


def _read(queries: Set[ChoiceQuery]) -> Mapping[ChoiceQuery, _Found]:
    return {query: _found(query) for query in queries}


def _found(query: ChoiceQuery) -> _Found:
    found = stored.find(query)
    return _Found(items=tuple(picker_item(row) for row in found.rows), more=found.more)


_reading = Together(_read)
"""Most open pages show the same choices."""
