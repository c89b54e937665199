"""One connection: its form, its status, and what others do to it meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable

import reflex as rx

from integrations_app import routes
from integrations_app.domain.authorization import Outcome
from integrations_app.domain.connection import Connection, Disconnection, Status
from integrations_app.errors import (
    DatabaseUnavailable,
    IntegrationError,
    InvalidUuid,
    NotFound,
)
from integrations_app.i18n import _
from integrations_app.services.blocking_pool import run_long
from integrations_app.services.checking import run
from integrations_app.services.connections import lookup, removal
from integrations_app.state import form_answer, outage, wording
from integrations_app.state.account import arrived
from integrations_app.state.client_input import version_of
from integrations_app.state.disconnecting import Disconnecting
from integrations_app.state.removal import Answered, Removal
from integrations_app.state.seen import names_its_subject, read_only, subject_of, text_of
from integrations_app.state.session import AdminState, known_session, watching, without_database
from integrations_app.state.stored_form import StoredForm
from integrations_app.state.uses import Uses, may_move_uses

_READABLE_MS = 20_000

POSTED = ("save", "test", "connect")
"""What the page's script asks for, and waits for."""


class Edit(Disconnecting, Removal, Uses, StoredForm, AdminState):
    """The form is filled once and then belongs to whoever types; the status card is always live."""

    @rx.var
    def title(self) -> str:
        """Return what tabs are told apart by."""
        if not self.loaded or not self.name:
            return _("Edit Integration")
        return _("{name} – {provider}", name=self.name, provider=self.provider.title)

    @rx.event
    @read_only
    async def load(self) -> AsyncIterator[object]:
        """Show the connection of the address, or go back to the list."""
        await self._actor()
        asked: str = self.integrations_uuid  # pyright: ignore[reportAttributeAccessIssue] - of the address
        try:
            connection = await asyncio.to_thread(lookup.by_uuid, asked)
        except (NotFound, InvalidUuid):
            yield rx.redirect(routes.LISTING)
            yield rx.toast.error(_("Integration not found"))
            return
        except DatabaseUnavailable:
            yield outage.load_again()
            return
        self.asked = asked
        if self.busy in POSTED:  # the page that asked for it is gone
            self._begin("")
        if self.touched and self.connection_uuid == str(connection.uuid):
            await self._catch_up()  # the line was cut: what is being typed stays
        else:
            self._open(connection)
        await self._ask_about_account(self.connection_uuid, (await known_session(self)).token)
        told = self.router.url.query_parameters.get(routes.RETURNED, "")
        if told:
            self._clear_feedback()
            self.saved = False
            self._show_return(told, self.provider.title)
            if told == Outcome.CONNECTED and connection.status is Status.CONNECTED:
                self._show_connected()
            yield arrived()

    @rx.event(background=True)
    @read_only
    async def watch(self) -> AsyncIterator[object]:
        """Keep the status up; say so when someone else changes what the form shows."""
        async for batch in watching(self):
            async with self:
                if not batch.complete or batch.concerns(self.connection_uuid):
                    await self._catch_up()
                if may_move_uses(batch) or self.uses_of != self.connection_uuid:
                    await self._read_uses(self.connection_uuid)
                unchecked = "" if batch.complete else self._expected
            # Its turn may have come while the database was away.
            yield Edit.check_saved(unchecked) if unchecked else None

    @rx.event
    @without_database
    @read_only
    async def touch(self, begun_at: str) -> None:
        """Someone types: from now on the form is theirs.

        Args:
            begun_at: The `form_key` that they began to type at; the line may have been cut since.
        """
        if version_of(begun_at)[0] != self.connection_uuid:
            return  # typed into another form, before the line came back
        self.touched, self.saved, self.outcome = True, False, ""
        await self._go_back_to(str(begun_at))

    @rx.event
    @without_database
    @read_only
    async def posted(self, text: str) -> AsyncIterator[object]:
        """Show how it ended what the form asked for, or that it has begun.

        Args:
            text: A `FormAnswer` as JSON, handed on by the page's script.
        """
        answer = form_answer.read(text)
        if answer is None or version_of(answer.subject)[0] != self.connection_uuid:
            return
        yield self._show_answer(answer)
        self.conflict, self.conflict_version = answer.conflict, answer.conflict_version
        if answer.is_begun:
            self.saved, self._expected, self.returned = False, "", ""
        elif answer.conflict:
            self.changed_by = ""
        elif answer.action == "connect" and answer.problem:  # beside its button
            yield await self._show_saved(check=False) if answer.is_stored else None
            self.returned, self.problem = answer.problem, ""
        elif answer.is_done:
            yield await self._show_saved(check=answer.action == "save")
        else:
            await self._catch_up()

    @rx.event
    async def load_theirs(self, seen: str) -> None:
        """Give up what is typed here and show what is stored.

        Args:
            seen: The form that was shown at the click.
        """
        await self._actor()
        try:
            connection = await asyncio.to_thread(lookup.by_uuid, subject_of(seen)[0])
        except IntegrationError as error:
            self.problem = wording.of_error(error)
            return
        self._drawn += 1
        self._fill(connection)

    @rx.event(background=True)
    @names_its_subject
    async def check_saved(self, uuid: str) -> None:
        """Check a connection that was just saved, where there is something to check."""
        async with self:
            actor = await self._actor()
            if self._expected != uuid:
                return
            self._expected, turn = "", self._turn
        try:
            connection = await asyncio.to_thread(lookup.by_uuid, uuid)
            if not run.can_check(connection):
                async with self:
                    self.saved = turn == self._turn
                return
            result = await run_long(actor, run.run, uuid, actor=actor)
        except IntegrationError as error:
            async with self:
                if turn == self._turn:
                    self.problem = wording.of_error(error)
            return
        finally:
            async with self:
                self._end(turn)
        async with self:
            if turn == self._turn:
                self._show_result(result)
            await self._catch_up()

    @rx.event
    async def ask_disconnect(self, seen: str) -> None:
        """Ask before the connection is disconnected.

        Args:
            seen: The form that was shown at the click.
        """
        await self._actor()
        self._ask_disconnect(
            text_of(seen),
            name=self.name,
            service=self.provider.title,
            provider=self.provider.key,
        )

    @rx.event(background=True)
    async def disconnect(self, seen: str) -> AsyncIterator[object]:
        """Remove the credentials; the connection and its uuid stay.

        Args:
            seen: The form that was shown when the question was asked.
        """
        uuid, version = subject_of(seen)
        async with self:
            actor = await self._actor()
            name = self.name
            if self.busy or self.disconnecting_subject != text_of(seen):
                return
            self.disconnecting_subject = ""
            self._clear_feedback()
            self.saved, self.returned = False, ""
            turn = self._begin("disconnect")
        yield
        try:
            done = await run_long(
                actor, removal.disconnect, uuid, actor=actor, expected_version=version
            )
            connection = await asyncio.to_thread(lookup.by_uuid, uuid)
        except IntegrationError as error:
            async with self:
                is_here = turn == self._turn
                if is_here:
                    self.problem = wording.of_error(error)
            yield None if is_here else _told_elsewhere(name, wording.of_error(error))
            return
        finally:
            async with self:
                self._end(turn)
        async with self:
            is_here = self.connection_uuid == uuid
            event = self._show_disconnected(done, connection) if is_here else None
            if not is_here and done.revoked is False:
                event = _told_elsewhere(name, wording.of_unrevoked(connection.provider))
        yield event

    @rx.event
    async def ask_removal(self, seen: str) -> None:
        """Ask before the connection is deleted, and say who uses it.

        Args:
            seen: The form that was shown at the click.
        """
        await self._actor()
        await self._ask_removal(
            text_of(seen), self.name, self.provider.title, provider=self.provider.key
        )

    @rx.event
    async def remove(self, seen: str, usages: str) -> AsyncIterator[object]:
        """Delete the connection and go back to the list.

        Args:
            seen: The form that was shown when the question was asked.
            usages: `fingerprint` of the places that the question named.
        """
        actor = await self._actor()
        async for event in self._leave_by(self._remove(seen, usages, actor)):
            yield event

    @rx.event
    async def replace(self, seen: str, chosen: str, usages: str) -> AsyncIterator[object]:
        """Let another connection take the place of this one, and go back to the list.

        Args:
            seen: The form that was shown when the question was asked.
            chosen: Uuid of the other connection.
            usages: `fingerprint` of the places that the question named.
        """
        actor = await self._actor()
        async for event in self._leave_by(self._replace(seen, chosen, usages, actor)):
            yield event

    async def _leave_by(self, removal: Awaitable[Answered]) -> AsyncIterator[object]:
        uuid, self.connection_uuid = self.connection_uuid, ""  # not to be told of it by ourselves
        is_gone = False
        try:
            is_gone, notices = await removal
        finally:
            if not is_gone:
                self.connection_uuid = uuid
        if is_gone:
            yield rx.redirect(routes.LISTING)
        for notice in notices:
            yield notice

    async def _show_saved(self, *, check: bool) -> object:
        """Show what is stored now, and have it checked where there is something to check."""
        try:
            connection = await asyncio.to_thread(lookup.by_uuid, self.connection_uuid)
        except IntegrationError as error:
            self.problem = wording.of_error(error)
            return None
        self._fill(connection)
        if not check:
            return None
        checkable = run.can_check(connection)
        self.saved = not checkable
        if not checkable:
            return None
        self._begin("check")
        self._expected = self.connection_uuid
        return Edit.check_saved(self.connection_uuid)

    def _show_disconnected(
        self, done: Disconnection, connection: Connection
    ) -> rx.event.EventSpec | None:
        if done.revoked is False:
            self.returned, self.returned_ok = wording.of_unrevoked(self.provider.title), False
        elif self.provider.connects_account:
            self.returned, self.returned_ok = _("The account is disconnected."), True
        else:
            self.outcome, self.outcome_ok = _("Disconnected. The credentials are removed."), True
        if not self.touched:
            self._fill(connection)
            return None
        self._version = self._base = connection.version
        self._show_live(connection)
        moved = json.dumps(self.form_key)  # what is typed there is meant for this version now
        return rx.call_script(f"window.integrationsFormMoved?.({moved})")

    def _close_questions(self) -> None:
        self.removing_uuid = self.removing_subject = self.disconnecting_subject = ""


def _told_elsewhere(name: str, sentence: str) -> rx.event.EventSpec:
    """Tell of a connection whose page has been left."""
    told = _("{name}: {problem}", name=name, problem=sentence)
    return rx.toast.error(told, duration=_READABLE_MS, close_button=True)
