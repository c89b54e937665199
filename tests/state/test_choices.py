"""What states with a picker show, to whom, and how it follows what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import reflex as rx

from integrations_app import integrations, routes
from integrations_app.components import ConnectionChoices
from integrations_app.domain.choice import ALL_LIMIT, SOME_LIMIT
from integrations_app.errors import InvalidDeclaration
from integrations_app.services.identity import sessions
from tests.postgresql import DatabaseUnderTest
from tests.state.shelf import ChatShelf, Forgetful, Shelf, Workshop
from tests.state.tabs import Tab, events, said, serving, until

A_SECOND_S = 1.0
NOBODYS = "0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"


def on_shelf(
    token: str, scenario: Callable[[Tab, Any], Awaitable[None]], *, shelf: type[Shelf] = Shelf
) -> None:
    """Run the scenario on a tab whose page watches."""

    async def within() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=token)
            await tab.begin(shelf.watch_choices)
            state = await tab.state(shelf)
            await until(lambda: not state.choices_loading, within_s=5)
            await scenario(tab, state)

    asyncio.run(within())


def names(state: Any) -> list[str]:
    return [choice.name for choice in state.choices]


def add(name: str, provider: str = "mistral") -> str:
    return str(integrations.add_connection(provider, name, actor="anna").uuid)


def fill(db: DatabaseUnderTest, size: int) -> None:
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'n' || lpad(i::text, 4, '0')"
        " FROM generate_series(1, %s) AS i",
        size,
    )


def test_what_others_change_shows_within_a_second(ada: str) -> None:
    main = add("main")

    async def scenario(_tab: Tab, shelf: Any) -> None:
        assert names(shelf) == ["main"]

        await asyncio.to_thread(add, "other")
        assert await until(lambda: names(shelf) == ["main", "other"], within_s=5) < A_SECOND_S
        await asyncio.to_thread(integrations.rename_connection, main, "renamed")
        assert await until(lambda: "renamed" in names(shelf), within_s=5) < A_SECOND_S
        await asyncio.to_thread(integrations.remove_connection, main)
        assert await until(lambda: names(shelf) == ["other"], within_s=5) < A_SECOND_S

    on_shelf(ada, scenario)


def test_a_page_that_watches_anyway_follows_by_the_same_watch(ada: str) -> None:
    async def scenario() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=ada)
            await tab.begin(Workshop.watch)
            workshop = await tab.state(Workshop)
            await until(lambda: not workshop.choices_loading, within_s=5)

            await asyncio.to_thread(add, "main")

            assert await until(lambda: names(workshop) == ["main"], within_s=5) < A_SECOND_S
            assert workshop.facts == 1

    asyncio.run(scenario())


def test_only_texts_for_people_go_to_the_browser(ada: str) -> None:
    integrations.add_connection("mistral", "main", values={"api_key": "sk-very-secret"})

    async def scenario(tab: Tab, _shelf: Any) -> None:
        told = said(tab.told)
        assert "main" in told
        assert "sk-very-secret" not in told
        assert "integration:mistral:main" not in told

    on_shelf(ada, scenario)


def test_of_other_capabilities_nothing_shows(ada: str) -> None:
    add("main")
    add("mail", "google")

    async def scenario(_tab: Tab, shelf: Any) -> None:
        assert names(shelf) == ["main"]

        await asyncio.to_thread(add, "more-mail", "google")
        await asyncio.to_thread(add, "other")
        await until(lambda: len(shelf.choices) > 1, within_s=5)
        assert names(shelf) == ["main", "other"]

    on_shelf(ada, scenario, shelf=ChatShelf)


def test_what_is_selected_shows_though_it_could_not_be_selected_now(ada: str) -> None:
    add("main")
    mail = add("mail", "google")

    async def scenario(tab: Tab, shelf: Any) -> None:
        await tab.send(ChatShelf.store, uuids=[mail])
        assert names(shelf) == ["main", "mail"]

        await asyncio.to_thread(integrations.remove_connection, mail)
        await until(lambda: shelf.choices_missing == [mail], within_s=5)
        assert names(shelf) == ["main"]

    on_shelf(ada, scenario, shelf=ChatShelf)


def test_beyond_a_thousand_the_first_show_and_a_search_finds_the_others(
    ada: str, db: DatabaseUnderTest
) -> None:
    fill(db, ALL_LIMIT + 1)

    async def scenario(tab: Tab, shelf: Any) -> None:
        assert (len(shelf.choices), shelf.choices_more) == (SOME_LIMIT, True)

        await tab.send(Shelf.find_choices, text=" n1001 ")
        assert (names(shelf), shelf.choices_more) == (["n1001"], False)
        assert shelf.choices_searched == "n1001"

        await tab.send(Shelf.find_choices, text="")
        assert (len(shelf.choices), shelf.choices_more) == (SOME_LIMIT, True)

    on_shelf(ada, scenario)


def test_a_search_says_of_nothing_that_it_is_deleted(ada: str, db: DatabaseUnderTest) -> None:
    fill(db, ALL_LIMIT + 1)
    other = add("other")

    async def scenario(tab: Tab, shelf: Any) -> None:
        await tab.send(Shelf.store, uuids=[other, NOBODYS])

        await tab.send(Shelf.find_choices, text="n1001")

        assert names(shelf) == ["n1001", "other"]
        assert shelf.choices_missing == [NOBODYS]

    on_shelf(ada, scenario)


@pytest.mark.parametrize(
    "made_up",
    ["", "x", "x" * 100_000, "\0", "\ud800", f"{NOBODYS}\n", None, 7, [NOBODYS], {"a": 1}],
)
def test_what_no_connection_can_be_called_harms_nothing(ada: str, made_up: object) -> None:
    main = add("main")

    async def scenario(tab: Tab, shelf: Any) -> None:
        await tab.send(Shelf.store, uuids=[made_up, main])
        assert names(shelf) == ["main"]

        await tab.send(Shelf.find_choices, text=made_up)
        assert len(shelf.choices_searched) <= 100
        assert "main" in names(shelf), "It is selected."

    on_shelf(ada, scenario)


def test_whoever_is_not_signed_in_sees_nothing(db: DatabaseUnderTest) -> None:
    add("valuable")

    async def scenario() -> None:
        async with serving() as tabs:
            for handler, payload in (
                (Shelf.watch_choices, {}),
                (Shelf.find_choices, {"text": "v"}),
            ):
                told = await tabs.tab().send(handler, **payload)
                assert events(told) == [f"_redirect {routes.LOGIN}"]
                assert "valuable" not in said(told)

    asyncio.run(scenario())


def test_signing_out_ends_it_for_that_admin_alone(ada: str, bob: str) -> None:
    add("valuable")

    async def scenario(tab: Tab, shelf: Any) -> None:
        bobs_tab = tab.tabs.tab(session=bob, token="bobs")
        await bobs_tab.begin(Shelf.watch_choices)
        bobs = await bobs_tab.state(Shelf)
        await until(lambda: names(bobs) == ["valuable"], within_s=5)

        await asyncio.to_thread(sessions.sign_out, ada)
        await until(lambda: not names(shelf), within_s=5)
        before = len(tab.told)
        await asyncio.to_thread(add, "another")
        await until(lambda: len(names(bobs)) == 2, within_s=5)

        assert "another" not in said(tab.told[before:])

    on_shelf(ada, scenario)


def test_where_nobody_said_who_may_see_them_nobody_does(ada: str) -> None:
    add("valuable")

    async def scenario() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=ada)
            told = await tab.send(Forgetful.watch_choices)
            told += await tab.send(Forgetful.find_choices, text="v")

            assert "valuable" not in said(told)
            assert names(await tab.state(Forgetful)) == []

    asyncio.run(scenario())


def test_after_a_lost_database_it_shows_what_there_is_then(
    ada: str, db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("main")

    async def scenario(_tab: Tab, shelf: Any) -> None:
        with monkeypatch.context() as away:
            away.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
            db.execute("SELECT pg_notify('integration_events', '{\"kind\": \"check_recorded\"}')")
            db.execute("UPDATE integration_connections SET name = 'renamed'")
            await asyncio.sleep(0.3)
            assert names(shelf) == ["main"]

        await until(lambda: names(shelf) == ["renamed"], within_s=5)

    on_shelf(ada, scenario)


def test_a_state_whose_capability_is_misspelt_is_refused_where_it_is_written() -> None:
    with pytest.raises(InvalidDeclaration, match=r"Misspelt: _capability: 'chatt' .* mean 'chat'"):

        class Misspelt(ConnectionChoices, rx.State):
            _capability = "chatt"
