"""A new connection: choose the service, fill in its form, try it, create it."""

from collections.abc import AsyncIterator

import reflex as rx

from integrations_app import routes, settings
from integrations_app.domain.provider import Provider
from integrations_app.services import catalogue
from integrations_app.state import form_answer, setup_form, views
from integrations_app.state.edit import Edit
from integrations_app.state.seen import read_only
from integrations_app.state.session import AdminState, without_database


class New(setup_form.SetupForm, AdminState):
    """The choice of a provider, which is in the address, and the form for it."""

    wanted: str = ""
    provider: views.ProviderItem = views.ProviderItem()
    asked: str = ""
    """What of the address is shown; until it is read, the browser may be further than this."""
    loaded: bool = False
    count: int = 0
    """How many services there are to choose from."""

    _choices: list[views.ChoiceItem] = []

    @rx.var
    def groups(self) -> list[views.ChoiceGroup]:
        """The services that the search leaves, by category."""
        return views.grouped(self._found())

    @rx.var
    def found(self) -> int:
        """The number of services that the search leaves."""
        return len(self._found())

    @rx.event
    @read_only
    async def load(self) -> None:
        """Show the choice, or the form for the provider that the address names."""
        await self._actor()
        self._choices = [views.choice_item(each) for each in catalogue.all_providers()]
        self.count = len(self._choices)
        key = self.router.url.query_parameters.get(routes.CHOSEN, "")
        self._show(catalogue.find(key))
        self._clear_feedback()
        self._begin("")
        self.revealed, self.wanted, self.asked, self.loaded = [], "", key, True

    @rx.event
    @read_only
    async def search(self, text: str) -> None:
        """Leave only the providers that fit."""
        self.wanted = str(text)[:100]

    @rx.event
    @read_only
    async def touch(self) -> None:
        """Someone types: what a test said is about something else now."""
        self.outcome = ""

    @rx.event
    @without_database
    @read_only
    async def posted(self, text: str) -> AsyncIterator[object]:
        """Show how a test or the creation of the connection ended, or that it has begun.

        Args:
            text: A `FormAnswer` as JSON, handed on by the page's script.
        """
        answer = form_answer.read(text)
        if answer is None or answer.subject != self.provider.key:
            return
        yield self._show_answer(answer)
        if answer.uuid is not None:
            edit = await self.get_state(Edit)
            edit._expect(answer.uuid)
            edit.removed = self.removed
            yield rx.redirect(routes.edit(answer.uuid))

    def _show(self, declared: Provider | None) -> None:
        """Show the form for a provider; if there is none, the choice."""
        self.provider, self.fields = views.ProviderItem(), []
        if declared is None:
            return
        redirect_uri = settings.load().url + routes.OAUTH_CALLBACK
        self.provider = views.provider_item(declared, redirect_uri=redirect_uri)
        self.fields = views.field_items(declared, values={}, saved_secrets=())

    def _found(self) -> list[views.ChoiceItem]:
        words = self.wanted.lower().split()
        return [each for each in self._choices if all(word in each.text for word in words)]
