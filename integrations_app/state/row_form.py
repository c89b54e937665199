"""The form of a module's row: filled once, kept up with what others do meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.errors import Conflict, DatabaseUnavailable, IntegrationError, Missing
from integrations_app.i18n import _, listing
from integrations_app.state.client_input import version_of
from integrations_app.state.seen import page_of, read_only, subject_of, text_of
from integrations_app.state.session import without_database
from integrations_app.state.setup_form import focus

_READABLE_MS = 20_000
_NAME_SHOWN = 200
_VERSIONS_KEPT = 5


class Words(Protocol):
    """Words of a module for its fields, and for what can be wrong with them."""

    def of_error(self, error: IntegrationError) -> str:
        """Return what happened and what to do, for an error that belongs to no single field."""
        ...

    def of_fields(self, error: IntegrationError) -> dict[str, str]:
        """Field to what is wrong with it; empty if the error is about something else."""
        ...

    def of_field(self, field: str) -> str:
        """Return what a field is called in a sentence."""
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
    conflict_version: int = 0
    removed_meanwhile: bool = False

    _seen: Any = None
    """What is typed here was meant for this: it is what is stored at a save, or that is refused."""
    _older: dict[int, Any] = {}
    """Versions that the form showed before this one, the latest few of them."""
    _drawn: int = 0
    """How often the form was emptied on purpose."""
    _turn: int = 0
    """Which save is waited for."""
    _kind: str = "new"
    """Stands for the uuid in the identity of a form for a row that is not stored yet."""

    if TYPE_CHECKING:  # what AdminState brings
        _behind: bool

        async def _actor(self) -> Actor: ...

    @rx.var
    def form_key(self) -> str:
        """Another key is another form: what was typed into the old one is gone with it."""
        version = self._seen.version if self._seen else 0
        return f"{self.row_uuid or self._kind}/{version}.{self._drawn}"

    @rx.event
    @without_database
    @read_only
    async def touch(self, begun_at: str) -> None:
        """Someone types: from now on the form is theirs.

        Args:
            begun_at: The `form_key` that they began to type at; the line may have been cut since.
        """
        if version_of(begun_at)[0] != version_of(self.form_key)[0]:
            return  # typed into another form, before the line came back
        self.touched, self.saved = True, False
        self._go_back_to(str(begun_at))

    @rx.event(background=True)
    async def save(self, form: dict[str, str], seen: str) -> AsyncIterator[object]:
        """Create what the form says, or save it.

        Args:
            form: What stands in the fields.
            seen: The form that was shown at the click.
        """
        async for event in self._save(form, seen):
            yield event

    @rx.event(background=True)
    async def save_over(
        self, form: dict[str, str], seen: str, version: int
    ) -> AsyncIterator[object]:
        """Save although somebody else saved meanwhile.

        Args:
            form: What stands in the fields.
            seen: The form that was shown at the click.
            version: The version that the others' save made, which the conflict spoke of.
        """
        async for event in self._save(form, seen, over=version):
            yield event

    @rx.event
    async def load_theirs(self, seen: str) -> None:
        """Give up what is typed here and show what is stored.

        Args:
            seen: The form that was shown at the click.
        """
        await self._actor()
        try:
            row = await asyncio.to_thread(self._finding(), subject_of(seen)[0])
        except IntegrationError as error:
            self.problem = self._words().of_error(error)
            return
        self._drawn += 1
        self._fill(row)
        await self._show_more()

    def _shows(self, subject: str) -> bool:
        return subject == self.form_key

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
            seen: The row that it was typed over; None for a new one.
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
        self._remember(self._seen, row)
        self._seen = row
        self.touched = self.changed_meanwhile = False
        self.conflict, self.loaded = "", True

    def _remember(self, before: Any, row: Any) -> None:
        """Keep what the form showed of the same row: somebody may be typing over it just now."""
        if before is None or row is None or before.uuid != row.uuid:
            self._older = {}
        else:
            latest = [*self._older.values(), before][-_VERSIONS_KEPT:]
            self._older = {older.version: older for older in latest}

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
        """Go back to a version that what is typed was meant for; it is still there."""
        uuid, version = version_of(begun_at)
        if self._seen is None or version is None or uuid != self.row_uuid:
            return
        if version < self._seen.version:
            self._seen = self._older.get(version) or replace(self._seen, version=version)
            self.changed_meanwhile = True

    async def _save(
        self, form: object, seen: str, *, over: int | None = None
    ) -> AsyncIterator[object]:
        async with self:
            actor = await self._actor()
            if self.busy or self.removed_meanwhile or not self._shows(text_of(seen)):
                return
            row = self._seen
            if row is not None and over is not None:
                row = replace(row, version=over)
            store = self._storing(form, seen=row, actor=actor)
            self._clear_feedback()
            self.busy, self.saved, self._turn = True, False, self._turn + 1
            turn = self._turn
        yield None
        event: object = None
        try:
            stored = await asyncio.to_thread(store)
        except IntegrationError as error:
            async with self:
                is_here = self._shows(text_of(seen))
                event = self._refused(error) if is_here else self._told_elsewhere(form, error)
        else:
            yield _forget_draft(seen)
            async with self:
                event = self._stored(stored, is_new=row is None, seen=seen)
        finally:
            async with self:
                self.busy = self.busy and turn != self._turn
        yield event

    def _told_elsewhere(self, form: object, error: IntegrationError) -> rx.event.EventSpec:
        """Say what is wrong with a form that the person has left."""
        words = self._words()
        problem = next(iter(words.of_fields(error).values()), words.of_error(error))
        name = form.get("name", "") if isinstance(form, Mapping) else ""
        told = _("{name}: {problem}", name=str(name)[:_NAME_SHOWN], problem=problem)
        return rx.toast.error(told, duration=_READABLE_MS, close_button=True)

    async def _remove(self, remove: Callable[..., object], seen: str, actor: Actor) -> str:
        """Delete the row that was seen.

        Args:
            remove: Deletes a row by uuid and version; called in a thread.
            seen: The form that was shown when the question was asked.
            actor: Who does it.

        Returns:
            Why it could not be done, in words; empty if it is done.
        """
        uuid, version = subject_of(seen)
        shown, self.row_uuid = self.row_uuid, ""  # not to be told of it by ourselves
        done = False
        try:
            await asyncio.to_thread(remove, uuid, actor=actor, expected_version=version)
            done = True
        except IntegrationError as error:
            return self._words().of_error(error)
        finally:
            if not done:
                self.row_uuid = shown
        return ""

    def _stored(self, row: Any, *, is_new: bool, seen: str) -> object:
        if not self._shows(text_of(seen)):  # the browser is somewhere else by now
            return rx.toast.success(_("{name} was saved.", name=row.draft.name))
        self._fill(row)
        self.saved = not is_new
        if not is_new:
            return None
        created = _("{name} was created.", name=row.draft.name)
        return [rx.redirect(self._created_at(row)), rx.toast.success(created)]

    def _refused(self, error: IntegrationError) -> rx.event.EventSpec | None:
        """Say what is wrong, beside its field where it has one, and go there."""
        words = self._words()
        if isinstance(error, Conflict):
            fields = [words.of_field(field) for field in error.fields]
            self.conflict, self.changed_meanwhile = listing(fields) or _("something"), False
            self.conflict_version = error.version
            return None
        self.problems = words.of_fields(error)
        if not self.problems:
            self.problem = words.of_error(error)
            return None
        return focus(next(iter(self.problems)))


def _forget_draft(seen: str) -> rx.event.EventSpec:
    """Have the browser offer no more what was typed into this form: it is stored."""
    told = f"{json.dumps(page_of(seen))}, {json.dumps(text_of(seen))}"
    return rx.call_script(f"window.integrationsFormSaved?.({told})")
