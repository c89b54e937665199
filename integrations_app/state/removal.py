"""The question before a connection is deleted, wherever it is asked."""

import asyncio

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.errors import IntegrationError, InUse
from integrations_app.i18n import _
from integrations_app.services import connections, usage
from integrations_app.services.references import parse_uuid
from integrations_app.state import views, wording


class Removal(rx.State, mixin=True):
    """Which connection is asked about; each page's state has its own copy."""

    removing_uuid: str = ""
    removing_name: str = ""
    removing_usages: list[views.UsageItem] = []
    removal_problem: str = ""

    @rx.event
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.removing_uuid = ""

    async def _ask_removal(self, uuid: str, name: str) -> None:
        found = await asyncio.to_thread(usage.of, parse_uuid(uuid))
        self.removing_usages = views.usage_items(found)
        self.removal_problem = ""
        self.removing_uuid, self.removing_name = uuid, name

    async def _remove(self, actor: Actor) -> rx.event.EventSpec | None:
        """Delete what was asked about.

        Returns:
            The notice that it is gone; None if it is still there and the question says why.
        """
        if not self.removing_uuid:
            return None
        try:
            await asyncio.to_thread(connections.remove, self.removing_uuid, actor=actor)
        except IntegrationError as error:
            self.removal_problem = wording.of_error(error)
            if isinstance(error, InUse):
                self.removing_usages = views.usage_items(error.usages)
            return None
        self.removing_uuid = ""
        return rx.toast.success(_("{name} was removed.", name=self.removing_name))
