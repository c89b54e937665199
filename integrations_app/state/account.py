"""Step 2 of an OAuth2 connection: to the provider and back, and whose account it shall be."""

import asyncio
from typing import TYPE_CHECKING

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.domain.authorization import AccountChoice, Outcome
from integrations_app.errors import IntegrationError
from integrations_app.i18n import _
from integrations_app.services.blocking_pool import run_long
from integrations_app.services.oauth import account_changes
from integrations_app.state import views, wording
from integrations_app.state.seen import subject_of
from integrations_app.state.session import known_session


class Account(rx.State, mixin=True):
    """The second step of connecting; the page's state has its own copy."""

    new_account: str = ""
    new_account_id: str = ""
    returned: str = ""
    returned_ok: bool = False

    if TYPE_CHECKING:  # what the page's state brings
        problem: str
        provider: views.ProviderItem

        async def _actor(self) -> Actor: ...

        async def _catch_up(self) -> None: ...

    def _show_return(self, told: str, provider: str) -> None:
        """Say how the way to the provider and back ended, as the address tells."""
        if told in set(Outcome) - {Outcome.CONNECTED, Outcome.OTHER_ACCOUNT}:
            self.returned, self.returned_ok = wording.of_return(Outcome(told), provider), False

    def _show_connected(self) -> None:
        self.returned, self.returned_ok = _("The account is connected."), True

    async def _ask_about_account(self, uuid: str, token: str) -> None:
        """Ask whose account it shall be, if this browser came back with another one."""
        found = await asyncio.to_thread(account_changes.pending, uuid, token)
        self.new_account = found.account if found else ""
        self.new_account_id = found.account_id if found else ""

    @rx.event
    async def take_account(self, seen: str, account_id: str) -> None:
        """Let the account that was just signed in with take the place of the present one.

        Args:
            seen: The form that was shown at the click.
            account_id: The account that the question named.
        """
        actor = await self._actor()
        if not self.new_account:  # a second click
            return
        self.new_account = ""
        token = (await known_session(self)).token
        try:
            choice = await run_long(
                actor,
                account_changes.accept,
                subject_of(seen)[0],
                token,
                account_id=str(account_id),
                actor=actor,
            )
        except IntegrationError as error:
            self.problem = wording.of_error(error)
        else:
            self._show_choice(choice, _("The account is connected."))
        await self._catch_up()

    @rx.event
    async def keep_account(self, seen: str, account_id: str) -> None:
        """Leave the present account as it is.

        Args:
            seen: The form that was shown at the click.
            account_id: The account that the question named.
        """
        actor = await self._actor()
        self.new_account = ""
        token = (await known_session(self)).token
        try:
            choice = await run_long(
                actor,
                account_changes.discard,
                subject_of(seen)[0],
                token,
                account_id=str(account_id),
            )
        except IntegrationError as error:
            self.returned, self.returned_ok = wording.of_error(error), False
        else:
            self._show_choice(choice, _("The account stays as it was."))

    def _show_choice(self, choice: AccountChoice, done: str) -> None:
        """Show how it ended, and whether the other account's access is over at the provider."""
        self.returned, self.returned_ok = done, choice.revoked is not False
        if choice.revoked is False:
            self.returned = f"{done} {wording.of_unrevoked_account(self.provider.title)}"


def arrived() -> rx.event.EventSpec:
    """Show the step that tells how it went, once, not again at a reload."""
    return rx.call_script(
        "history.replaceState(history.state, '', window.location.pathname);"
        "setTimeout(() => { const step = document.getElementById('account');"
        " step?.focus({preventScroll: true}); step?.scrollIntoView({block: 'nearest'}) }, 100)"
    )
