"""Step 2 of an OAuth2 connection: to the provider and back, and whose account it shall be."""

import asyncio
import json

import reflex as rx

from integrations_app import settings
from integrations_app.domain.actor import Actor
from integrations_app.domain.admin import AdminSession
from integrations_app.domain.authorization import Outcome
from integrations_app.errors import IntegrationError
from integrations_app.i18n import _
from integrations_app.services import account_changes, authorizations, host_sessions
from integrations_app.state import wording


class Account(rx.State, mixin=True):
    """What the second step shows; the page's state has its own copy."""

    new_account: str = ""
    returned: str = ""
    returned_ok: bool = False

    _new_account_id: str = ""

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
        self._new_account_id = found.account_id if found else ""

    async def _take_account(self, uuid: str, token: str, actor: Actor) -> None:
        """Let the other account take the place of the present one.

        Raises:
            IntegrationError: It could not be done; the question does not stand any more.
        """
        self.new_account = ""
        await asyncio.to_thread(
            account_changes.accept, uuid, token, account_id=self._new_account_id, actor=actor
        )
        self._show_connected()

    async def _keep_account(self, uuid: str, token: str) -> None:
        """Leave the present account as it is."""
        self.new_account = ""
        try:
            await asyncio.to_thread(account_changes.discard, uuid, token)
        except IntegrationError as error:
            self.returned, self.returned_ok = wording.of_error(error), False

    async def _way_to_provider(self, uuid: str, session: AdminSession) -> rx.event.EventSpec:
        """Leave for the provider; a full page load, so that the way back is one, too."""
        await asyncio.to_thread(host_sessions.anchor, session)
        url = await asyncio.to_thread(authorizations.begin, uuid, session.token)
        return rx.call_script(f"window.location.assign({json.dumps(url)})")

    def _wrong_origin(self, provider: str) -> str:
        """Why nobody could come back to this page; empty if one can."""
        expected = settings.load().origin
        if self.router.url.origin in ("", expected):
            return ""
        return _(
            "{provider} sends people back to {origin}, where you are not signed in. Open this page "
            "there, then connect.",
            provider=provider,
            origin=expected,
        )


def arrived() -> rx.event.EventSpec:
    """Show the step that tells how it went, once, not again at a reload."""
    return rx.call_script(
        "history.replaceState(history.state, '', window.location.pathname);"
        "setTimeout(() => { const step = document.getElementById('account');"
        " step?.focus({preventScroll: true}); step?.scrollIntoView({block: 'nearest'}) }, 100)"
    )
