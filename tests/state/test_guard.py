"""Who may have an event handled, and what a tab is told that nobody is signed in at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from reflex.state import OnLoadInternalState, State
from reflex_base.registry import RegistrationContext

from integrations_app import routes
from integrations_app.services.identity import sessions
from integrations_app.state.guard import is_ours, is_public
from integrations_app.state.listing import Listing
from integrations_app.state.login import Login
from integrations_app.state.outage import Outage
from integrations_app.state.session import AdminState
from tests.postgresql import DatabaseUnderTest
from tests.state.diary import PRIVATE, Bystander, Chooser, Diary
from tests.state.tabs import Tabs, events, said, serving

TO_LOGIN = f"_redirect {routes.LOGIN}"
TOAST = "_call_function"
HYDRATE = State.event_handlers["hydrate"]
LOAD = OnLoadInternalState.event_handlers["on_load_internal"]
LATER = "_call_script"
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"

REFLEX_ROOT = "reflex___state____state"
PUBLIC = {
    f"{REFLEX_ROOT}.hydrate",
    f"{REFLEX_ROOT}.hydrate_and_load",
    f"{REFLEX_ROOT}.set_is_hydrated",
    f"{REFLEX_ROOT}.reflex___state____on_load_internal_state.on_load_internal",
    f"{REFLEX_ROOT}.reflex___state____on_load_internal_state.set_is_hydrated",
    f"{REFLEX_ROOT}.reflex___state____update_vars_internal_state.update_vars_internal",
    f"{REFLEX_ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception",
    f"{Login.get_full_name()}.enter",
    f"{Login.get_full_name()}.sign_in",
    f"{Login.get_full_name()}.create_admin",
    f"{Login.get_full_name()}.answered",
}


def run(scenario: Callable[[Tabs], Awaitable[None]]) -> None:
    async def within() -> None:
        async with serving() as tabs:
            await scenario(tabs)

    asyncio.run(within())


def handlers() -> list[str]:
    """Every event that any client can send, by name."""
    return sorted(RegistrationContext.get().event_handlers)


def test_these_handlers_are_for_anyone_and_no_others() -> None:
    assert {name for name in handlers() if is_public(name)} == PUBLIC


def test_an_unknown_name_is_not_public() -> None:
    assert not is_public(f"{REFLEX_ROOT}.made_up")


def test_a_var_of_ours_is_below_the_guarded_state_or_of_no_interest_to_anyone() -> None:
    ours = [
        state
        for state in RegistrationContext.get().base_states.values()
        if state.__module__.startswith("integrations_app") and state.vars
    ]

    assert ours
    assert [each for each in ours if not issubclass(each, (AdminState, Login, Outage))] == []


@pytest.mark.parametrize("session", ["", "made up"])
def test_without_a_session_every_other_event_is_answered_with_the_way_to_sign_in(
    db: DatabaseUnderTest, session: str
) -> None:
    async def scenario(tabs: Tabs) -> None:
        tab = tabs.tab(session=session)
        await tab.send(HYDRATE)
        for name in set(handlers()) - PUBLIC:
            told = await tab.send(name)
            assert events(told) == [TO_LOGIN], name
            assert not any(update.delta for update in told), name

    run(scenario)


def test_setting_a_var_by_name_needs_a_session(db: DatabaseUnderTest) -> None:
    async def scenario(tabs: Tabs) -> None:
        tab = tabs.tab()

        told = await tab.send(f"{Diary.get_full_name()}.setvar", var_name="text", value="mine")

        assert events(told) == [TO_LOGIN]
        assert (await tab.state(Diary)).text == ""

    run(scenario)


def test_an_expired_session_is_none(ada: str, db: DatabaseUnderTest) -> None:
    db.execute("UPDATE integration_sessions SET expires_at = now() - interval '1 second'")

    async def scenario(tabs: Tabs) -> None:
        assert events(await tabs.tab(session=ada).send(Diary.load)) == [TO_LOGIN]

    run(scenario)


def test_with_a_session_an_event_is_handled_in_the_admins_name(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        tab = tabs.tab(session=ada)

        told = await tab.send(Diary.load)

        assert PRIVATE in said(told)
        assert PRIVATE.upper() in said(told)
        assert "ada@example.com" in said(told)
        assert (await tab.state(Diary))._actors == ["ada@example.com"]

    run(scenario)


@pytest.mark.parametrize("path", [routes.LOGIN, routes.SETUP, f"{routes.LOGIN}/"])
def test_whoever_is_on_the_sign_in_or_set_up_page_stays_there(
    db: DatabaseUnderTest, path: str
) -> None:
    async def scenario(tabs: Tabs) -> None:
        told = await tabs.tab(path=path).send(Diary.load)

        assert events(told) == []
        assert PRIVATE not in said(told)

    run(scenario)


@pytest.mark.parametrize("name", ["hydrate", "hydrate_and_load"])
def test_a_stolen_tab_shows_nothing(ada: str, name: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        await tabs.tab(session=ada).send(Diary.load)
        thief = tabs.tab(session="")

        told = await thief.send(State.event_handlers[name])

        assert told
        assert PRIVATE not in said(told)
        assert PRIVATE.upper() not in said(told)
        assert "ada@example.com" not in said(told)
        assert (await thief.state(Diary)).text == ""

    run(scenario)


def test_a_stolen_tab_is_not_told_what_still_runs_for_its_owner(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        owner = tabs.tab(session=ada)
        await owner.send(Diary.load)
        running = await owner.begin(Diary.write_later, delay_s=0.3)
        thief = tabs.tab(session="")
        before = len(thief.told)

        await thief.send(HYDRATE)
        await running.wait_all()
        told_late = thief.told[before:]
        told_again = await thief.send(HYDRATE)

        assert PRIVATE not in said(told_late)
        assert PRIVATE not in said(told_again)

    run(scenario)


def test_a_tab_that_another_admin_takes_over_begins_anew(ada: str, bob: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        await tabs.tab(session=ada).send(Diary.load)

        told = await tabs.tab(session=bob).send(HYDRATE)

        assert PRIVATE not in said(told)
        assert "ada@example.com" not in said(told)
        assert "bob@example.com" in said(told)

    run(scenario)


def test_a_tab_keeps_what_it_knows_when_its_own_admin_comes_back(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        await tabs.tab(session=ada).send(Diary.load)

        told = await tabs.tab(session=ada).send(HYDRATE)

        assert PRIVATE in said(told)

    run(scenario)


def test_an_event_after_the_end_of_the_session_empties_the_tab(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        tab = tabs.tab(session=ada)
        await tab.send(Diary.load)
        sessions.sign_out(ada)

        told = await tab.send(Diary.load)

        assert events(told) == [TO_LOGIN]
        assert PRIVATE not in said(told)
        assert told[0].delta[Diary.get_full_name()]["text_rx_state_"] == ""
        assert (await tab.state(Diary)).text == ""

    run(scenario)


def test_the_end_of_a_session_leaves_alone_what_an_app_around_us_knows(ada: str) -> None:
    async def scenario(tabs: Tabs) -> None:
        tab = tabs.tab(session=ada)
        await tab.send(Diary.load)
        await tab.send(Bystander.write)
        sessions.sign_out(ada)

        told = await tab.send(Diary.load)

        assert (await tab.state(Diary)).text == ""
        assert (await tab.state(Bystander)).text == "the app's own"
        assert Bystander.get_full_name() not in told[0].delta

    run(scenario)


@pytest.mark.parametrize(
    ("state", "handler", "ours"),
    [
        (Listing, "load", True),
        (Login, "enter", True),
        (Diary, "load", True),
        (Diary, "setvar", True),
        (Bystander, "write", False),
        (Bystander, "setvar", False),
        (Chooser, "find_choices", False),
        (State, "hydrate", False),
        (State, "setvar", False),
    ],
)
def test_ours_is_what_we_define_and_what_stands_below_it(
    state: type[State], handler: str, ours: bool
) -> None:
    assert is_ours(f"{state.get_full_name()}.{handler}") is ours


def test_while_the_database_is_away_nothing_is_handled_and_nothing_forgotten(
    ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(tabs: Tabs) -> None:
        tab = tabs.tab(session=ada)
        await tab.send(Diary.load)
        monkeypatch.setenv("DATABASE_URL", NOWHERE)

        told = await tab.send(Diary.load)

        assert events(told) == [TOAST]
        assert "The database cannot be reached." in said(told)
        assert (await tab.state(Diary)).text == PRIVATE

    run(scenario)


def test_while_the_database_is_away_a_tab_that_comes_back_is_told_nothing(
    ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(tabs: Tabs) -> None:
        tab = tabs.tab(session=ada)
        await tab.send(Diary.load)
        monkeypatch.setenv("DATABASE_URL", NOWHERE)

        assert PRIVATE not in said(await tab.send(HYDRATE))

    run(scenario)


def test_while_the_database_is_away_what_needs_none_is_handled_for_the_tabs_own_admin(
    ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(tabs: Tabs) -> None:
        own, strangers = tabs.tab(session=ada), tabs.tab(session="made up", token="stranger")
        await own.send(Diary.load)
        monkeypatch.setenv("DATABASE_URL", NOWHERE)

        assert events(await own.send(Diary.turn)) == []
        assert events(await strangers.send(Diary.turn)) == [TOAST]

        assert (await own.state(Diary)).turned == 1
        assert (await strangers.state(Diary)).turned == 0

    run(scenario)


def test_while_the_database_is_away_a_page_is_loaded_later(
    ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(tabs: Tabs) -> None:
        tab = tabs.tab(session=ada)
        with monkeypatch.context() as away:
            away.setenv("DATABASE_URL", NOWHERE)
            told = await tab.send(LOAD)

            assert events(told) == [LATER]
            assert told[0].delta[Outage.get_full_name()] == {"database_away_rx_state_": True}

        assert LATER not in events(await tab.send(LOAD))

    run(scenario)


def test_a_failure_is_told_without_what_it_says(ada: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(tabs: Tabs) -> None:
        told = await tabs.tab(session=ada).send(Diary.fail)

        assert events(told) == [TOAST]
        assert PRIVATE not in said(told)

    run(scenario)
    assert "A handler failed." in caplog.text
