"""Connections to choose from on this app's own pages."""

from collections.abc import AsyncGenerator
from typing import cast

from integrations_app.state.picker import ConnectionChoices
from integrations_app.state.session import AdminState, watching
from integrations_app.state.watching import Batch


class AdminChoices(ConnectionChoices, mixin=True):
    """Choices for whoever is signed in, as in `class Endpoints(AdminChoices, AdminState)`.

    A page that watches for other reasons, too, need not start `watch_choices`: it hands each of
    its batches to `_follow`.
    """

    async def _may_see_connections(self) -> bool:
        await cast("AdminState", self)._actor()
        return True

    def _happenings(self) -> AsyncGenerator[Batch, None]:
        return watching(cast("AdminState", self))
