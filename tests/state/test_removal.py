"""What stands in the way of deleting a connection, as the list asks about it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from integrations_app import integrations
from integrations_app.domain.usage import Usage, fingerprint
from integrations_app.state.listing import Listing
from tests.api.conftest import Register, register
from tests.api.providers import Using
from tests.postgresql import DatabaseUnderTest
from tests.state.tabs import Tab, serving

__all__ = ["register"]

REPORT = Usage(label="Nightly report", url="/reports/1", blocking=True)
LETTER = Usage(label="Newsletter")
AS_ASKED = object()


@pytest.fixture
def uuid(db: DatabaseUnderTest) -> str:
    return str(integrations.add_connection("mistral", "main").uuid)


def run(session: str, scenario: Callable[[Tab], Awaitable[None]]) -> None:
    async def within() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=session)
            await tab.send(Listing.load)
            await scenario(tab)

    asyncio.run(within())


async def remove(tab: Tab, usages: object = AS_ASKED) -> None:
    """Answer the question that stands; by default with the uses that it names."""
    asked = await tab.state(Listing)
    seen = tab.seen(asked.removing_subject)
    await tab.send(
        Listing.remove,
        seen=seen,
        usages=asked.removing_fingerprint if usages is AS_ASKED else usages,
    )


def names() -> list[str]:
    return [each.name for each in integrations.list_connections()]


def test_a_use_that_blocks_is_named_and_nothing_is_deleted(
    ada: str, uuid: str, register: Register
) -> None:
    register(Using(REPORT, LETTER))

    async def scenario(tab: Tab) -> None:
        await tab.send(Listing.ask_removal, seen=tab.seen(f"{uuid}/1"))
        asked = await tab.state(Listing)
        assert "used by Nightly report" in asked.removing_blocked
        assert "Newsletter" not in asked.removing_blocked
        assert asked.removing_count == 2

        await remove(tab)

        assert (await tab.state(Listing)).removing_uuid == uuid

    run(ada, scenario)
    assert names() == ["main"]


def test_a_use_that_begins_to_block_after_the_question_is_told(
    ada: str, uuid: str, register: Register
) -> None:
    uses: list[Usage] = [LETTER]

    class Growing(Using):
        def usages(self, uuid: Any) -> list[Usage]:
            return uses

    register(Growing())

    async def scenario(tab: Tab) -> None:
        await tab.send(Listing.ask_removal, seen=tab.seen(f"{uuid}/1"))
        assert (await tab.state(Listing)).removing_blocked == ""
        uses.append(REPORT)

        await remove(tab, usages=fingerprint([LETTER]))

        told = await tab.state(Listing)
        assert "Nightly report" in told.removing_blocked
        assert [each.label for each in told.removing_usages] == ["Newsletter", "Nightly report"]

    run(ada, scenario)
    assert names() == ["main"]


@pytest.mark.parametrize("usages", [None, "no", 0, fingerprint([]), fingerprint([REPORT])])
def test_what_is_used_is_not_deleted_unless_these_uses_were_seen(
    ada: str, uuid: str, register: Register, usages: object
) -> None:
    register(Using(LETTER))

    async def scenario(tab: Tab) -> None:
        await tab.send(Listing.ask_removal, seen=tab.seen(f"{uuid}/1"))
        await remove(tab, usages=usages)

    run(ada, scenario)
    assert names() == ["main"]


def test_only_what_is_offered_takes_its_place(ada: str, uuid: str, register: Register) -> None:
    register(Using(LETTER))
    other = str(integrations.add_connection("mistral", "other").uuid)

    async def scenario(tab: Tab) -> None:
        await tab.send(Listing.ask_removal, seen=tab.seen(f"{uuid}/1"))
        for made_up in (uuid, "mistral:other", ["x"]):
            await tab.send(Listing.choose_replacement, event={"uuid": made_up, "action": "select"})
            assert (await tab.state(Listing)).replacement == []

        await tab.send(Listing.choose_replacement, event={"uuid": other, "action": "select"})

        assert (await tab.state(Listing)).replacement == [other]

    run(ada, scenario)


def test_uses_that_cannot_move_are_named_and_nothing_changes(
    ada: str, uuid: str, register: Register
) -> None:
    register(Using(LETTER))
    other = str(integrations.add_connection("mistral", "other").uuid)

    async def scenario(tab: Tab) -> None:
        await tab.send(Listing.ask_removal, seen=tab.seen(f"{uuid}/1"))
        await tab.send(Listing.choose_replacement, event={"uuid": other, "action": "select"})
        await tab.send(
            Listing.replace,
            seen=tab.seen(f"{uuid}/1"),
            chosen=other,
            usages=fingerprint([LETTER]),
        )

        told = (await tab.state(Listing)).removal_problem
        assert told == "No other connection can be used by Newsletter."

    run(ada, scenario)
    assert names() == ["main", "other"]
