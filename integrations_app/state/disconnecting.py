"""The question before a connection is disconnected, wherever it is asked."""

import reflex as rx

from integrations_app.services import catalogue
from integrations_app.state.seen import read_only


class Disconnecting(rx.State, mixin=True):
    """The connection that is asked about; each page's state has its own copy."""

    disconnecting_subject: str = ""
    """The connection and its version, as the page spells them; empty while nothing is asked."""
    disconnecting_name: str = ""
    disconnecting_service: str = ""
    disconnecting_keeps_client: bool = False
    """Whether the client ID and secret stay."""

    @rx.event
    @read_only
    async def keep_connected(self) -> None:
        """Close the question; nothing is disconnected."""
        self.disconnecting_subject = ""

    def _ask_disconnect(self, subject: str, *, name: str, service: str, provider: str) -> None:
        declared = catalogue.find(provider)
        self.disconnecting_keeps_client = declared is not None and declared.connects_account
        self.disconnecting_name, self.disconnecting_service = name, service
        self.disconnecting_subject = subject
