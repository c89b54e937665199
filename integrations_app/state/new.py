"""A new connection: choose the service, fill in its form, try it, create it."""

import asyncio
from collections.abc import AsyncIterator

import reflex as rx

from integrations_app import routes, settings
from integrations_app.domain.provider import Provider
from integrations_app.errors import IntegrationError
from integrations_app.services import catalogue, checks, connections
from integrations_app.state import setup_form, views, wording
from integrations_app.state.aside import aside
from integrations_app.state.edit import Edit
from integrations_app.state.session import AdminState


class New(setup_form.SetupForm, AdminState):
    """The choice of a provider, which is in the address, and the form for it."""

    choices: list[views.ProviderItem] = []
    wanted: str = ""
    provider: views.ProviderItem = views.ProviderItem()
    asked: str = ""
    """What of the address is shown; until it is read, the browser may be further than this."""
    loaded: bool = False

    @rx.var
    def shown(self) -> list[views.ProviderItem]:
        """The providers that the search leaves."""
        words = self.wanted.lower().split()
        return [
            each
            for each in self.choices
            if all(
                word in f"{each.title} {each.description} {each.category} {each.key}".lower()
                for word in words
            )
        ]

    @rx.event
    async def load(self) -> None:
        """Show the choice, or the form for the provider that the address names."""
        await self._actor()
        redirect_uri = settings.load().origin + routes.OAUTH_CALLBACK
        self.choices = [
            views.provider_item(each, redirect_uri=redirect_uri)
            for each in catalogue.all_providers()
        ]
        key = self.router.url.query_parameters.get(routes.CHOSEN, "")
        declared = catalogue.find(key)
        self.provider = next(
            (each for each in self.choices if each.key == key), views.ProviderItem()
        )
        self.fields = views.field_items(declared, values={}, saved_secrets=()) if declared else []
        self._clear_feedback()
        self._begin("")
        self.revealed, self.wanted, self.asked, self.loaded = [], "", key, True

    @rx.event
    async def search(self, text: str) -> None:
        """Leave only the providers that fit."""
        self.wanted = str(text)[:100]

    @rx.event
    async def touch(self) -> None:
        """Someone types: what a test said is about something else now."""
        self.outcome = ""

    @rx.event(background=True)
    async def test(self, form: dict[str, str]) -> AsyncIterator[rx.event.EventSpec | None]:
        """The dry run: ask the provider about what is typed now; nothing is stored."""
        async with self:
            await self._actor()
            declared = catalogue.find(self.provider.key)
            if self.busy or declared is None:
                return
            self._clear_feedback()
            turn = self._begin("test")
        yield None
        event = await self._try(declared, setup_form.read(form, declared), turn)
        yield event

    async def _try(
        self, declared: Provider, submitted: setup_form.Submitted, turn: int
    ) -> rx.event.EventSpec | None:
        event = None
        try:
            result = await aside(checks.dry_run, declared.key, submitted.values)
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
        return event

    @rx.event
    async def create(self, form: dict[str, str]) -> AsyncIterator[object]:
        """Store the connection, go to its page, and check it there."""
        actor = await self._actor()
        declared = catalogue.find(self.provider.key)
        if declared is None:
            self.problem = wording.of_error(IntegrationError())
            return
        submitted = setup_form.read(form, declared)
        self._clear_feedback()
        turn = self._begin("create")
        yield
        try:
            connection = await asyncio.to_thread(
                connections.add,
                declared.key,
                submitted.name,
                values=submitted.values,
                actor=actor,
            )
        except IntegrationError as error:
            self._end(turn)
            self._say_removed(submitted)
            yield self._show_error(error, declared)
            return
        self._end(turn)
        edit = await self.get_state(Edit)
        edit._expect(connection.uuid)
        edit._say_removed(submitted)
        yield rx.redirect(routes.edit(connection.uuid))
        yield Edit.check_saved(str(connection.uuid))
