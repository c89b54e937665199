"""Which services the search of a new connection leaves."""

from __future__ import annotations

import asyncio

import pytest

from integrations_app.state.new import New
from tests.postgresql import DatabaseUnderTest
from tests.state.tabs import serving


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("productivity", ["google", "microsoft"]),
        ("Productivity micro", ["microsoft"]),
        ("artificial", ["deepseek", "mistral", "openrouter"]),
    ],
)
def test_services_are_found_by_their_category(
    ada: str, db: DatabaseUnderTest, text: str, keys: list[str]
) -> None:
    async def scenario() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=ada)
            await tab.send(New.load)
            await tab.send(New.search, text=text)
            state = await tab.state(New)

            choices = [each for group in state.groups for each in group.choices]
            assert sorted(each.key for each in choices) == keys
            assert all(group.title for group in state.groups)
            assert state.found == len(keys)

    asyncio.run(scenario())
