"""One connection: its form, its status, and what others do to it meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping

import reflex as rx

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.authorization import Outcome
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.provider import Provider
from integrations_app.errors import (
    DatabaseUnavailable,
    IntegrationError,
    InvalidUuid,
    NotFound,
)
from integrations_app.i18n import _
from integrations_app.services import catalogue, checks, connections, lookup
from integrations_app.state import outage, setup_form, wording
from integrations_app.state.account import Account, arrived
from integrations_app.state.aside import aside
from integrations_app.state.removal import Removal
from integrations_app.state.session import AdminState, known_session, watching, without_database
from integrations_app.state.stored_form import StoredForm
from integrations_app.state.uses import Uses, may_move_uses

_MAY_BE_OVERTAKEN = ("", "test", "check")
"""What a save need not wait for."""


class Edit(Account, Removal, Uses, StoredForm, AdminState):
    """The form is filled once and then belongs to whoever types; the status card is always live."""

    @rx.var
    def title(self) -> str:
        """What tabs are told apart by."""
        if not self.loaded or not self.name:
            return _("Edit Integration")
        return _("{name} – {provider}", name=self.name, provider=self.provider.title)

    @rx.event
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
        self.asked, self.returned, self.returned_ok = asked, "", False
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
    async def touch(self, begun_at: str) -> None:
        """Someone types: from now on the form is theirs.

        Args:
            begun_at: The `form_key` that they began to type at; the line may have been cut since.
        """
        self.touched, self.saved, self.outcome = True, False, ""
        await self._go_back_to(str(begun_at))

    @rx.event(background=True)
    async def save(self, form: dict[str, str]) -> AsyncIterator[object]:
        """Rename, save and check what the form says."""
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
            connection = await asyncio.to_thread(lookup.by_uuid, self.connection_uuid)
        except IntegrationError as error:
            self.problem = wording.of_error(error)
            return
        self._drawn += 1
        self._fill(connection)

    @rx.event(background=True)
    async def test(self, form: dict[str, str]) -> AsyncIterator[object]:
        """Check what is in the fields now; recorded only if that is what is stored."""
        async with self:
            actor = await self._actor()
            declared = catalogue.find(self.provider.key)
            if self.busy or declared is None:
                return
            self._clear_feedback()
            self.saved = False
            uuid, turn = self.connection_uuid, self._begin("test")
        yield None
        submitted = setup_form.read(form, declared)
        yield await self._ask(uuid, submitted, declared, actor, turn)

    @rx.event(background=True)
    async def check_saved(self, uuid: str) -> None:
        """Check a connection that was just saved, where there is something to check."""
        async with self:
            actor = await self._actor()
            if self._expected != uuid:
                return
            self._expected, turn = "", self._turn
        try:
            connection = await asyncio.to_thread(lookup.by_uuid, uuid)
            if not checks.can_check(connection):
                async with self:
                    self.saved = turn == self._turn
                return
            result = await aside(checks.run, uuid, actor=actor)
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

    @rx.event(background=True)
    async def connect(self, form: dict[str, str]) -> AsyncIterator[object]:
        """Save what the form says, then leave for the provider to connect an account."""
        async with self:
            actor = await self._actor()
            declared = catalogue.find(self.provider.key)
            if self.busy or declared is None:
                return
            self._clear_feedback()
            self.saved = False
            self.returned, self.conflict = self._wrong_origin(declared.title), ""
            self.returned_ok = False
            if self.returned:
                return
            turn = self._begin("connect")
            uuid, version = self.connection_uuid, self._base
        yield None
        event: object = None
        try:
            submitted = setup_form.read(form, declared)
            connection = await self._stored(uuid, submitted, version, actor)
            async with self:
                self._fill(connection)
                self._say_removed(submitted)
            event = await self._way_to_provider(uuid, await known_session(self))
        except IntegrationError as error:
            async with self:
                event = self._refused(error, declared)
        finally:
            async with self:
                self._end(turn)
        yield event

    @rx.event
    async def take_account(self) -> None:
        """Let the account that was just signed in with take the place of the present one."""
        actor = await self._actor()
        if not self.new_account:  # a second click
            return
        try:
            await self._take_account(self.connection_uuid, (await known_session(self)).token, actor)
        except IntegrationError as error:
            self.problem = wording.of_error(error)
        await self._catch_up()

    @rx.event
    async def keep_account(self) -> None:
        """Leave the present account as it is."""
        await self._actor()
        await self._keep_account(self.connection_uuid, (await known_session(self)).token)

    @rx.event(background=True)
    async def disconnect(self) -> AsyncIterator[None]:
        """Remove the credentials; the connection and its uuid stay."""
        async with self:
            actor = await self._actor()
            if self.busy:
                return
            self._clear_feedback()
            self.saved, self.returned = False, ""
            uuid, turn = self.connection_uuid, self._begin("disconnect")
        yield
        try:
            done = await aside(connections.disconnect, uuid, actor=actor)
            connection = await asyncio.to_thread(lookup.by_uuid, uuid)
        except IntegrationError as error:
            async with self:
                self.problem = wording.of_error(error)
            return
        finally:
            async with self:
                self._end(turn)
        async with self:
            if done.revoked is False:
                self.returned = wording.of_unrevoked(self.provider.title)
                self.returned_ok = False
            elif self.provider.connects_account:
                self.returned, self.returned_ok = _("The account is disconnected."), True
            else:
                self.outcome, self.outcome_ok = (
                    _("Disconnected. The credentials are deleted."),
                    True,
                )
            if self.touched:
                self._version = self._base = connection.version
                self._show_live(connection)
            else:
                self._fill(connection)

    @rx.event
    async def ask_removal(self) -> None:
        """Ask before the connection is deleted, and say who uses it."""
        await self._actor()
        if not self.connection_uuid:
            return
        await self._ask_removal(
            self.connection_uuid, self.name, self.provider.title, provider=self.provider.key
        )

    @rx.event
    async def remove(self, seen: int) -> AsyncIterator[object]:
        """Delete the connection and go back to the list.

        Args:
            seen: How many uses the question spoke of.
        """
        actor = await self._actor()
        async for event in self._leave_by(self._remove(actor, seen)):
            yield event

    @rx.event
    async def replace(self) -> AsyncIterator[object]:
        """Let the chosen connection take the place of this one, and go back to the list."""
        actor = await self._actor()
        async for event in self._leave_by(self._replace(actor)):
            yield event

    async def _leave_by(
        self, removal: Awaitable[rx.event.EventSpec | None]
    ) -> AsyncIterator[object]:
        uuid, self.connection_uuid = self.connection_uuid, ""  # not to be told of it by ourselves
        removed = await removal
        if removed is None:
            self.connection_uuid = uuid
            return
        yield rx.redirect(routes.LISTING)
        yield removed

    async def _save(self, form: Mapping[str, str], *, over: bool) -> AsyncIterator[object]:
        async with self:
            actor = await self._actor()
            declared = catalogue.find(self.provider.key)
            if self.busy not in _MAY_BE_OVERTAKEN or declared is None:
                return
            self._clear_feedback()
            self.saved, self.conflict, self._expected = False, "", ""
            turn = self._begin("save")
            uuid, version = self.connection_uuid, None if over else self._base
        yield None
        submitted = setup_form.read(form, declared)
        try:
            connection = await self._stored(uuid, submitted, version, actor)
        except IntegrationError as error:
            async with self:
                self._end(turn)
                self._say_removed(submitted)
                event = self._refused(error, declared)
            yield event
            return
        async with self:
            self._fill(connection)
            self._say_removed(submitted)
            checkable = checks.can_check(connection)
            self.busy = "check" if checkable else ""
            self.saved = not checkable
            self._expected = uuid if checkable else ""
        yield Edit.check_saved(uuid) if checkable else None

    async def _stored(
        self, uuid: str, submitted: setup_form.Submitted, version: int | None, actor: Actor
    ) -> Connection:
        return await asyncio.to_thread(
            connections.update,
            uuid,
            name=submitted.name,
            values=submitted.values,
            expected_version=version,
            actor=actor,
        )

    async def _ask(
        self,
        uuid: str,
        submitted: setup_form.Submitted,
        declared: Provider,
        actor: Actor,
        turn: int,
    ) -> rx.event.EventSpec | None:
        """Check stored credentials and record it, or typed ones and do not."""
        event = None
        try:
            result = await aside(
                checks.of_form,
                uuid,
                name=submitted.name,
                values=submitted.values,
                actor=actor,
            )
        except IntegrationError as error:
            async with self:
                if turn == self._turn:
                    event = self._show_error(error, declared)
        else:
            async with self:
                if turn == self._turn:
                    self._show_result(result)
        finally:
            async with self:
                self._end(turn)
                self._say_removed(submitted)
                await self._catch_up()
        return event
