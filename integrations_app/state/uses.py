"""Uses of a connection, for the pages that show them."""

import asyncio

import reflex as rx

from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import InvalidUuid
from integrations_app.services.connections import usage
from integrations_app.state import views
from integrations_app.state.session import Batch

SHOWN = 8
"""So many places are listed; of the others there is a count."""


class Uses(rx.State, mixin=True):
    """The places that use the connection of a page; each page's state has its own copy."""

    uses: list[views.UsageItem] = []
    uses_count: int = 0
    uses_more: int = 0
    uses_of: str = ""
    """Uuid of the connection that these are the uses of; empty until they are known."""

    async def _read_uses(self, uuid: str) -> None:
        try:
            found = await asyncio.to_thread(usage.of, parse_uuid(uuid))
        except InvalidUuid:
            return
        self.uses = views.usage_items(found[:SHOWN])
        self.uses_count, self.uses_more = len(found), max(len(found) - SHOWN, 0)
        self.uses_of = uuid


def may_move_uses(batch: Batch) -> bool:
    """Return whether connections may be used elsewhere now."""
    return not batch.complete or any(
        isinstance(fact, Notice) and fact.kind is NoticeKind.MODULE_CHANGED for fact in batch.facts
    )
