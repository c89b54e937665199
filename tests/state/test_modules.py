"""What the page of modules shows of what they require."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from integrations_app import integrations
from integrations_app.modules import Module, registry
from integrations_app.state.modules import Modules
from tests.postgresql import DatabaseUnderTest
from tests.state.tabs import serving, until


class Newsletter(Module):
    key = "newsletter"

    def required_integrations(self) -> Sequence[str]:
        return ("mistral",)


@pytest.fixture(autouse=True)
def newsletter() -> Iterator[None]:
    registry.register(Newsletter())
    yield
    registry.unregister("newsletter")


def test_a_requirement_that_is_met_meanwhile_shows_by_itself(
    ada: str, db: DatabaseUnderTest
) -> None:
    async def scenario() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=ada)
            await tab.begin(Modules.watch)
            state = await tab.state(Modules)

            def needs() -> list[tuple[str, str]]:
                return [
                    (need.title, need.status)
                    for row in state.rows
                    if row.key == "newsletter"
                    for need in row.needs
                ]

            await until(lambda: needs() == [("Mistral", "missing")], within_s=5)
            db.execute("UPDATE integration_connections SET status = 'connected'")
            integrations.rename_connection(connection, "again", actor="anna")
            await until(lambda: needs() == [("Mistral", "connected")], within_s=5)

    connection = integrations.add_connection("mistral", "main", actor="anna").uuid
    asyncio.run(scenario())
