"""The form of a module's row: filled once, kept up with what others do meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.errors import Conflict, DatabaseUnavailable, IntegrationError, Missing
from integrations_app.i18n import _, listing
from integrations_app.state.sent import version_of
from integrations_app.state.session import without_database
from integrations_app.state.setup_form import focus


class Words(Protocol):
    """What a module calls its fields, and what can be wrong with them."""

    def of_error(self, error: IntegrationError) -> str:
        """What happened and what to do, for an error that belongs to no single field."""
        ...

    def of_fields(self, error: IntegrationError) -> dict[str, str]:
        """Field to what is wrong with it; empty if the error is about something else."""
        ...

    def of_field(self, field: str) -> str:
        """What a field is called in a sentence."""
        ...


class RowForm(rx.State, mixin=True):
    """The form belongs to whoever types; taken in beside `AdminState`.

    A row is a frozen dataclass with `uuid`, `version`, and a `draft` with what can be typed, its
    `name` among it.
    """

    row_uuid: str = ""
    """Empty for one that is not stored yet."""
    asked: str = ""
    """The end of the address that is shown; the browser may be at another one already."""
    name: str = ""
    loaded: bool = False
    touched: bool = False
    saved: bool = False
    busy: bool = False
    problems: dict[str, str] = {}
    problem: str = ""
    changed_meanwhile: bool = False
    conflict: str = ""
    removed_meanwhile: bool = False

    _seen: Any = None
    """What is typed here was meant for this: it is what is stored at a save, or that is refused."""
    _drawn: int = 0
    """How often the form was emptied on purpose."""

    if TYPE_CHECKING:  # what AdminState brings
        _behind: bool

        async def _actor(self) -> Actor: ...

    @rx.var
    def form_key(self) -> str:
        """Another key is another form: what was typed into the old one is gone with it."""
        version = self._seen.version if self._seen else 0
        return f"{self.row_uuid or 'new'}/{version}.{self._drawn}"

    @rx.event
    @without_database
    async def touch(self, begun_at: str) -> None:
        """Someone types: from now on the form is theirs.

        Args:
            begun_at: The `form_key` that they began to type at; the line may have been cut since.
        """
        self.touched, self.saved = True, False
        self._go_back_to(str(begun_at))

    @rx.event(background=True)
    async def save(self, form: dict[str, str]) -> AsyncIterator[object]:
        """Create what the form says, or save it."""
        async for event in self._save(form, over=False):
            yield event

    @rx.event(background=True)
    async def save_over(self, form: dict[str, str]) -> AsyncIterator[object]:
        """Save although somebody else saved meanwhile."""
        async for event in self._save(form, over=True):
            yield event

    @rx.event
    async def load_theirs(self) -> None:
        """Give up what is typed here and show what is stored."""
        await self._actor()
        try:
            row = await asyncio.to_thread(self._finding(), self.row_uuid)
        except IntegrationError as error:
            self.problem = self._words().of_error(error)
            return
        self._drawn += 1
        self._fill(row)
        await self._show_more()

    def _words(self) -> Words:
        """The module's."""
        raise NotImplementedError

    def _finding(self) -> Callable[[str], Any]:
        """Finds a row by its uuid; called in a thread, and raises `Missing` if there is none."""
        raise NotImplementedError

    def _storing(self, form: object, *, seen: Any, actor: Actor) -> Callable[[], Any]:
        """Stores what a form says, which is read without trust; called in a thread.

        Args:
            form: What a browser sent.
            seen: What it was typed over; None to save over anything.
            actor: Who does it.
        """
        raise NotImplementedError

    def _put(self, row: Any) -> None:
        """Show what can be typed, of a row or, if it is None, of none."""
        raise NotImplementedError

    def _created_at(self, row: Any) -> str:
        """The address to go on to, once the row is stored."""
        raise NotImplementedError

    def _show_live(self, row: Any) -> None:
        """Show what nobody types; of a row or, if it is None, of none."""

    async def _show_more(self) -> None:
        """Read what else belongs to what the form shows now."""

    def _open(self, row: Any) -> None:
        """Show a row as it is stored, or the form for a new one."""
        self._clear_feedback()
        self.busy = self.saved = self.removed_meanwhile = False
        self._fill(row)

    def _fill(self, row: Any) -> None:
        self.row_uuid = str(row.uuid) if row else ""
        self._put(row)
        self._show_live(row)
        self._seen = row
        self.touched = self.changed_meanwhile = False
        self.conflict, self.loaded = "", True

    def _clear_feedback(self) -> None:
        self.problems, self.problem, self.conflict = {}, "", ""

    async def _catch_up(self) -> None:
        """Show what others did; what is being typed stays."""
        if not self.row_uuid or not self.loaded or self.removed_meanwhile:
            return
        try:
            row = await asyncio.to_thread(self._finding(), self.row_uuid)
        except Missing:
            self.removed_meanwhile = True
            return
        except DatabaseUnavailable:
            self._behind = True
            return
        self._show_live(row)
        if self.busy or (self._seen and row.version == self._seen.version):
            return
        if self.touched:
            self.changed_meanwhile = True
        else:
            self._fill(row)

    def _go_back_to(self, begun_at: str) -> None:
        """What is typed was meant for an older version, and is still there."""
        uuid, version = version_of(begun_at)
        if self._seen is None or version is None or uuid != self.row_uuid:
            return
        if version < self._seen.version:
            self._seen = replace(self._seen, version=version)
            self.changed_meanwhile = True

    async def _save(self, form: object, *, over: bool) -> AsyncIterator[object]:
        async with self:
            actor = await self._actor()
            if self.busy or self.removed_meanwhile:
                return
            self._clear_feedback()
            self.busy, self.saved = True, False
            is_new = not self.row_uuid
            store = self._storing(form, seen=None if over else self._seen, actor=actor)
        yield None
        try:
            row = await asyncio.to_thread(store)
        except IntegrationError as error:
            async with self:
                self.busy, event = False, self._refused(error)
            yield event
            return
        async with self:
            self.busy = False
            self._fill(row)
            self.saved = not is_new
            address = self._created_at(row)
        if is_new:
            yield rx.redirect(address)
            yield rx.toast.success(_("{name} was created.", name=row.draft.name))

    def _refused(self, error: IntegrationError) -> rx.event.EventSpec | None:
        """Say what is wrong, beside its field where it has one, and go there."""
        words = self._words()
        if isinstance(error, Conflict):
            fields = [words.of_field(field) for field in error.fields]
            self.conflict, self.changed_meanwhile = listing(fields) or _("something"), False
            return None
        self.problems = words.of_fields(error)
        if not self.problems:
            self.problem = words.of_error(error)
            return None
        return focus(next(iter(self.problems)))
