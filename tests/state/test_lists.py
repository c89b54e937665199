"""Lists that are open while others work: no row moves until the person asks for the order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from integrations_app import integrations, routes
from integrations_app.domain.actor import Actor
from integrations_app.features.ai_endpoints import service as endpoints
from integrations_app.features.ai_endpoints.endpoint import Draft as Endpoint
from integrations_app.features.ai_endpoints.listing_state import EndpointList
from integrations_app.features.projects import service as projects
from integrations_app.features.projects.listing_state import ProjectList
from integrations_app.features.projects.project import Draft as Project
from integrations_app.state.listing import Listing
from integrations_app.storage.engine import database
from tests.postgresql import DatabaseUnderTest
from tests.state.tabs import Tab, events, serving, until

OTHERS = Actor.of("others")
WITHIN_S = 5.0
PAGE = 25


@dataclass(frozen=True, kw_only=True)
class List:
    """A list by name, and how others change what is in it."""

    state: Any
    address: str
    add: Callable[[str], UUID]
    rename: Callable[[UUID, str], object]
    remove: Callable[[UUID], object]
    fill: str
    """SQL that makes of a number `at` a row called m01, m02, …"""
    names_usages: bool = False
    """The question before a removal says who uses it."""


LISTS = {
    "connections": List(
        state=Listing,
        address=routes.LISTING,
        add=lambda name: integrations.add_connection("mistral", name).uuid,
        rename=integrations.rename_connection,
        remove=integrations.remove_connection,
        fill="INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'm' || to_char(at, 'FM00')",
        names_usages=True,
    ),
    "endpoints": List(
        state=EndpointList,
        address=routes.AI_ENDPOINTS,
        add=lambda name: endpoints.add(Endpoint(name=name, model="small"), actor=OTHERS).uuid,
        rename=lambda uuid, name: endpoints.update(
            uuid, Endpoint(name=name, model="small"), actor=OTHERS
        ),
        remove=lambda uuid: endpoints.remove(uuid, actor=OTHERS),
        fill="INSERT INTO ai_endpoints (name) SELECT 'm' || to_char(at, 'FM00')",
    ),
    "projects": List(
        state=ProjectList,
        address=routes.PROJECTS,
        add=lambda name: projects.add(Project(name=name), actor=OTHERS).uuid,
        rename=lambda uuid, name: projects.update(uuid, Project(name=name), actor=OTHERS),
        remove=lambda uuid: projects.remove(uuid, actor=OTHERS),
        fill="INSERT INTO projects (name) SELECT 'm' || to_char(at, 'FM00')",
    ),
}

every_list = pytest.mark.parametrize("each", LISTS.values(), ids=LISTS)


@dataclass(frozen=True, kw_only=True)
class Open:
    """A list that is open at a tab, and kept up."""

    tab: Tab
    each: List
    state: Any

    @property
    def names(self) -> str:
        """What stands in the rows, from the first to the last."""
        return " ".join(row.name for row in self.state._seen)

    async def shows(self, names: str) -> None:
        """Return once the rows are these."""
        await until(lambda: self.names == names, within_s=WITHIN_S)

    async def send(self, handler: str, **payload: object) -> list[str]:
        """Have a handler run; gives what the browser was asked to do."""
        before = len(self.tab.told)
        await (await self.tab.begin(self.each.state.event_handlers[handler], **payload)).wait_all()
        return events(self.tab.told[before:])

    async def remove(self, uuid: UUID) -> list[str]:
        """As the person does who has the list open."""
        [row] = [row for row in self.state._seen if row.uuid == str(uuid)]
        seen = self.tab.seen(f"{row.uuid}/{row.version}")
        await self.send("ask_removal", seen=seen)
        named = {"usages": self.state.removing_fingerprint} if self.each.names_usages else {}
        return await self.send("remove", seen=seen, **named)

    async def others(self, act: Callable[..., Any], *args: object) -> None:
        """Have others do something."""
        await asyncio.to_thread(act, *args)


def run(
    each: List, session: str, scenario: Callable[[Open], Awaitable[None]], **query: str
) -> None:
    async def within() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=session, **query)
            await tab.send(each.state.event_handlers["load"])
            await tab.begin(each.state.event_handlers["watch"])
            await scenario(Open(tab=tab, each=each, state=await tab.state(each.state)))

    asyncio.run(within())


def add_all(each: List, names: str) -> dict[str, UUID]:
    return {name: each.add(name) for name in names.split()}


def fill(each: List, db: DatabaseUnderTest, number: int) -> dict[str, UUID]:
    """Many rows, in their order."""
    made = db.rows(f"{each.fill} FROM generate_series(1, {number}) AS at RETURNING uuid, name")
    return {row["name"]: row["uuid"] for row in made}


@every_list
def test_a_rename_by_others_moves_no_row_and_the_order_is_offered(each: List, ada: str) -> None:
    uuids = add_all(each, "a b c")

    async def scenario(page: Open) -> None:
        await page.others(each.rename, uuids["a"], "z")
        await page.shows("z b c")
        assert page.state.order_changes == "1 row has changed"

        await page.send("refresh_order")

        assert (page.names, page.state.order_changes) == ("b c z", "")

    run(each, ada, scenario)


@every_list
def test_what_others_add_shows_at_the_end_at_once(each: List, ada: str) -> None:
    add_all(each, "b c")

    async def scenario(page: Open) -> None:
        await page.others(each.add, "d")
        await page.shows("b c d")
        assert page.state.order_changes == ""

        await page.others(each.add, "a")
        await page.shows("b c d a")
        assert page.state.order_changes == "1 row has changed"

    run(each, ada, scenario)


@every_list
def test_what_others_remove_stays_in_its_place_as_deleted_until_the_order_is_renewed(
    each: List, ada: str
) -> None:
    uuids = add_all(each, "a b c")

    async def scenario(page: Open) -> None:
        await page.others(each.remove, uuids["b"])
        await until(lambda: page.state.deleted == [str(uuids["b"])], within_s=WITHIN_S)
        assert (page.names, page.state.order_changes) == ("a b c", "1 row has changed")
        await page.others(each.rename, uuids["c"], "cc")
        await page.shows("a b cc")
        assert page.state.deleted == [str(uuids["b"])]

        await page.send("refresh_order")

        assert (page.names, page.state.deleted) == ("a cc", [])

    run(each, ada, scenario)


@every_list
def test_what_leaves_a_full_page_stays_and_is_kept_up(
    each: List, ada: str, db: DatabaseUnderTest
) -> None:
    uuids = fill(each, db, PAGE + 2)
    names = list(uuids)

    async def scenario(page: Open) -> None:
        await page.others(each.rename, uuids["m04"], "z1")  # to the second page
        shown = " ".join(["m01 m02 m03 z1", *names[4 : PAGE + 1]])
        await page.shows(shown)
        assert page.state.order_changes == "1 row has changed"

        await page.others(each.rename, uuids["m04"], "z2")
        await page.shows(shown.replace("z1", "z2"))

        await page.send("refresh_order")
        assert page.names == " ".join([*names[:3], *names[4 : PAGE + 1]])

    run(each, ada, scenario)


@every_list
def test_the_persons_own_removal_takes_the_row_away_and_moves_no_other(
    each: List, ada: str
) -> None:
    uuids = add_all(each, "a b c d")

    async def scenario(page: Open) -> None:
        await page.others(each.rename, uuids["a"], "z")
        await page.shows("z b c d")

        await page.remove(uuids["c"])

        assert (page.names, page.state.deleted) == ("z b d", [])

    run(each, ada, scenario)


@every_list
def test_every_way_to_ask_for_rows_brings_them_in_their_order(each: List, ada: str) -> None:
    uuids = add_all(each, "a b")

    async def scenario(page: Open) -> None:
        for handler, payload in (("load", {}), ("turn_to", {"link": each.address})):
            await page.others(each.rename, uuids["a"], "z")
            await page.shows("z b")

            await page.send(handler, **payload)

            assert (page.names, page.state.order_changes) == ("b z", "")
            await page.others(each.rename, uuids["a"], "a")
            await page.send("refresh_order")

    run(each, ada, scenario)


@every_list
def test_the_removal_of_the_last_row_of_a_page_leads_to_the_page_before(
    each: List, ada: str, db: DatabaseUnderTest
) -> None:
    uuids = fill(each, db, PAGE + 1)
    names = list(uuids)

    async def scenario(page: Open) -> None:
        await page.send("turn_to", link=page.state.next_link)
        assert page.names == names[-1]

        asked = await page.remove(uuids[names[-1]])

        assert page.names == " ".join(names[:-1])
        assert f"_redirect {each.address}" in asked
        assert (page.state.previous_link, page.state.next_link) == ("", "")

    run(each, ada, scenario)


@every_list
def test_the_address_of_a_page_that_has_emptied_leads_to_the_page_before(
    each: List, ada: str, db: DatabaseUnderTest
) -> None:
    uuids = fill(each, db, PAGE + 1)
    names = list(uuids)

    async def scenario(page: Open) -> None:
        link = page.state.next_link
        await page.others(each.remove, uuids[names[-1]])

        asked = await page.send("turn_to", link=link)

        assert page.names == " ".join(names[:-1])
        assert asked[-1] == f"_redirect {each.address}"

    run(each, ada, scenario)


@every_list
def test_a_page_that_others_empty_stays_as_it_is_and_the_way_back_too(
    each: List, ada: str, db: DatabaseUnderTest
) -> None:
    uuids = fill(each, db, PAGE + 1)
    names = list(uuids)

    async def scenario(page: Open) -> None:
        await page.send("turn_to", link=page.state.next_link)
        before = page.state.previous_link

        await page.others(each.remove, uuids[names[-1]])
        await until(lambda: page.state.deleted != [], within_s=WITHIN_S)
        assert (page.names, page.state.previous_link) == (names[-1], before)

        asked = await page.send("refresh_order")
        assert page.names == " ".join(names[:-1])
        assert asked == [f"_redirect {each.address}"]

    run(each, ada, scenario)


@every_list
def test_a_batch_costs_one_more_query_than_a_page_and_only_if_rows_have_left_it(
    each: List, ada: str, db: DatabaseUnderTest
) -> None:
    uuids = fill(each, db, PAGE + 2)
    names = list(uuids)

    async def scenario(page: Open) -> None:
        await page.others(each.rename, uuids["m03"], "m03a")
        await page.shows(" ".join(names[:PAGE]).replace("m03", "m03a"))
        with queries() as asked:
            await page.others(each.rename, uuids["m03"], "m03b")
            await page.shows(" ".join(names[:PAGE]).replace("m03", "m03b"))
            in_order = len(asked)
        with queries() as asked:
            await page.others(each.rename, uuids["m03"], "z")
            await until(lambda: "z" in page.names, within_s=WITHIN_S)
            out_of_order = len(asked)

        assert out_of_order == in_order + 1

    run(each, ada, scenario)


@contextmanager
def queries() -> Iterator[list[str]]:
    """Every read of the tables of lists meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "LIMIT" in statement or " IN (" in statement:
            asked.append(statement)

    event.listen(database().reader, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database().reader, "before_cursor_execute", note)


def test_what_begins_or_ceases_to_fail_moves_no_row(ada: str, db: DatabaseUnderTest) -> None:
    each = LISTS["connections"]
    uuids = add_all(each, "a b c")

    async def scenario(page: Open) -> None:
        def shows(status: str, changes: str) -> bool:
            seen = page.state._seen[2].status
            return (page.names, seen, page.state.order_changes) == ("a b c", status, changes)

        await page.others(fails, db, uuids["c"], "error")
        await until(lambda: shows("error", "1 row has changed"), within_s=WITHIN_S)

        await page.others(fails, db, uuids["c"], "configured")
        await until(lambda: shows("configured", ""), within_s=WITHIN_S)

    run(each, ada, scenario)


def fails(db: DatabaseUnderTest, uuid: UUID, status: str) -> None:
    """Give a connection a status, and have pages hear of something that happened to it."""
    db.execute("UPDATE integration_connections SET status = %s WHERE uuid = %s", status, uuid)
    name = integrations.get_integration_by_uuid(uuid).name
    integrations.rename_connection(uuid, f"{name}-heard")
    integrations.rename_connection(uuid, name)


def test_what_a_filter_leaves_out_now_stays_in_its_place(ada: str) -> None:
    each = LISTS["connections"]
    uuids = add_all(each, "a1 a2 a3")

    async def scenario(page: Open) -> None:
        await page.send("find", text="a")
        await page.others(each.rename, uuids["a2"], "b2")
        await page.shows("a1 b2 a3")
        assert page.state.order_changes == "1 row has changed"

        await page.send("refresh_order")
        assert page.names == "a1 a3"

    run(each, ada, scenario)


def test_disconnecting_keeps_the_row_in_its_place(ada: str) -> None:
    each = LISTS["connections"]
    uuids = add_all(each, "a b")

    async def scenario(page: Open) -> None:
        await page.send("turn_to", link=routes.listing(sort="status"))
        before = page.names

        await page.send("disconnect", uuid=str(uuids["a"]))

        assert page.names == before

    run(each, ada, scenario)


def test_an_empty_list_fills_as_others_add(ada: str) -> None:
    each = LISTS["connections"]

    async def scenario(page: Open) -> None:
        await page.send("refresh_order")
        await page.others(each.add, "main")
        await page.shows("main")

    run(each, ada, scenario)
