"""What the log says of an event can be found in the audit log, and the other way round."""

from __future__ import annotations

import asyncio
import logging

import pytest
import reflex as rx
from structlog.contextvars import get_contextvars

from integrations_app import integrations
from integrations_app.state.seen import names_its_subject
from integrations_app.state.session import AdminState
from tests.postgresql import DatabaseUnderTest
from tests.state.tabs import serving

logger = logging.getLogger(__name__)


class Clumsy(AdminState):
    """Stores a connection, says so, and fails."""

    @rx.event
    @names_its_subject
    async def store(self) -> None:
        actor = await self._actor()
        await asyncio.to_thread(integrations.add_connection, "mistral", "main", actor=actor)
        await asyncio.to_thread(logger.warning, "Stored.")
        raise RuntimeError("dropped")

    @rx.event(background=True)
    @names_its_subject
    async def store_beside(self) -> None:
        actor = await self._actor()
        await asyncio.to_thread(integrations.add_connection, "mistral", "main", actor=actor)
        await asyncio.to_thread(logger.warning, "Stored.")
        raise RuntimeError("dropped")


@pytest.fixture
def ids(caplog: pytest.LogCaptureFixture) -> dict[str, object]:
    """The request id that was bound when a line was logged."""
    found: dict[str, object] = {}

    def note(record: logging.LogRecord) -> bool:
        found[record.getMessage()] = get_contextvars().get("request_id")
        return True

    caplog.handler.addFilter(note)
    return found


@pytest.mark.parametrize("handler", [Clumsy.store, Clumsy.store_beside])
def test_the_lines_of_an_event_that_fails_carry_the_id_of_its_audit_entry(
    ada: str, db: DatabaseUnderTest, ids: dict[str, object], handler: object
) -> None:
    async def scenario() -> None:
        async with serving() as tabs:
            await tabs.tab(session=ada).send(handler)

    asyncio.run(scenario())

    [entry] = db.rows("SELECT * FROM integration_audit WHERE action = 'connection_added'")
    assert entry["request_id"]
    assert ids["Stored."] == entry["request_id"]
    assert ids["A handler failed."] == entry["request_id"]


def test_each_event_has_an_id_of_its_own(ada: str, db: DatabaseUnderTest) -> None:
    async def scenario() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=ada)
            for _ in range(2):
                await tab.send(Clumsy.store)
                db.execute("DELETE FROM integration_connections")

    asyncio.run(scenario())

    told = db.rows("SELECT request_id FROM integration_audit WHERE action = 'connection_added'")
    assert len({entry["request_id"] for entry in told}) == 2
