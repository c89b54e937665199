"""What an open page is told, and how it goes dark."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from integrations_app import integrations, routes
from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.errors import DatabaseUnavailable, NotSignedIn
from integrations_app.services.changes import event_stream
from integrations_app.services.identity import admins, sessions
from integrations_app.state import guard
from integrations_app.state.leaving import leave, sign_out
from tests.postgresql import DatabaseUnderTest
from tests.state.conftest import OPERATOR
from tests.state.diary import PRIVATE, Diary
from tests.state.tabs import Tab, Tabs, events, said, serving, until

A_SECOND_S = 1.0


def watched(token: str, scenario: Callable[[Tab], Awaitable[None]]) -> None:
    """Run the scenario on a tab whose page is loaded and watching."""

    async def within() -> None:
        async with serving() as tabs:
            tab = await _watching(tabs, token)
            await scenario(tab)

    asyncio.run(within())


async def _watching(tabs: Tabs, token: str, name: str = "tab") -> Tab:
    tab = tabs.tab(session=token, token=name)
    await tab.begin(Diary.watch)
    await until(lambda: PRIVATE in said(tab.told), within_s=5)
    return tab


async def _dark(tab: Tab) -> float:
    return await until(lambda: leave() in said(tab.told), within_s=5)


def test_the_first_batch_comes_at_once_and_says_to_read_everything(ada: str) -> None:
    async def scenario(tab: Tab) -> None:
        diary = await tab.state(Diary)
        assert (diary.batches, diary._gaps) == ([0], [True])

    watched(ada, scenario)


def test_a_change_by_a_program_reaches_the_page_within_a_second(ada: str) -> None:
    async def scenario(tab: Tab) -> None:
        diary = await tab.state(Diary)

        await asyncio.to_thread(integrations.add_connection, "mistral", "main")
        took_s = await until(lambda: diary.batches == [0, 1], within_s=5)

        assert took_s < A_SECOND_S
        assert diary._gaps == [True, False]

    watched(ada, scenario)


def test_a_burst_comes_in_few_batches_and_loses_nothing(ada: str) -> None:
    async def scenario(tab: Tab) -> None:
        diary = await tab.state(Diary)

        def burst() -> None:
            for number in range(40):
                integrations.add_connection("mistral", f"c{number}")

        await asyncio.to_thread(burst)
        await until(lambda: sum(diary.batches) == 40, within_s=5)

        assert len(diary.batches) < 20

    watched(ada, scenario)


def test_a_cut_line_to_the_database_says_to_read_everything(
    ada: str, db: DatabaseUnderTest
) -> None:
    async def scenario(tab: Tab) -> None:
        diary = await tab.state(Diary)

        await asyncio.to_thread(db.cut_connections, application="integrations listener")
        await until(lambda: len(diary._gaps) > 1, within_s=5)

        assert diary._gaps == [True, True]

    watched(ada, scenario)


def test_signing_out_darkens_every_tab_of_the_session_within_a_second(ada: str, bob: str) -> None:
    async def scenario(tab: Tab) -> None:
        other = await _watching(tab.tabs, ada, "other")
        bobs = await _watching(tab.tabs, bob, "bobs")

        await asyncio.to_thread(sessions.sign_out, ada)

        assert await _dark(tab) < A_SECOND_S
        assert await _dark(other) < A_SECOND_S
        assert leave() not in said(bobs.told)
        assert (await bobs.state(Diary)).batches == [0]

    watched(ada, scenario)


def test_the_removal_of_an_admin_darkens_their_pages_within_a_second(ada: str) -> None:
    async def scenario(tab: Tab) -> None:
        admin = sessions.admin_of(ada)
        assert admin is not None

        await asyncio.to_thread(admins.remove, admin.uuid, OPERATOR)

        assert await _dark(tab) < A_SECOND_S

    watched(ada, scenario)


def test_a_session_that_runs_out_darkens_its_pages_within_a_second(
    ada: str, db: DatabaseUnderTest
) -> None:
    db.execute("UPDATE integration_sessions SET expires_at = now() + interval '1500 ms'")

    async def scenario(tab: Tab) -> None:
        assert await _dark(tab) < 1.5 + A_SECOND_S

    watched(ada, scenario)


def test_a_dark_tab_knows_nothing_any_more(ada: str) -> None:
    async def scenario(tab: Tab) -> None:
        before = len(tab.told)

        await asyncio.to_thread(sessions.sign_out, ada)
        await _dark(tab)

        emptied = {}
        for update in tab.told[before:]:
            emptied.update(update.delta)
        assert emptied[Diary.get_full_name()]["text_rx_state_"] == ""
        assert PRIVATE not in said(tab.told[before:])
        assert (await tab.state(Diary)).text == ""

    watched(ada, scenario)


def test_what_still_runs_when_the_session_ends_is_shown_to_nobody(ada: str) -> None:
    async def scenario(tab: Tab) -> None:
        running = await tab.begin(Diary.write_later, delay_s=0.5)
        await asyncio.to_thread(sessions.sign_out, ada)
        await _dark(tab)
        before = len(tab.told)

        await running.wait_all()

        assert PRIVATE not in said(tab.told[before:])

    watched(ada, scenario)


def test_nothing_is_shown_between_the_end_of_the_session_and_the_dark(ada: str) -> None:
    async def scenario(tab: Tab) -> None:
        before = len(tab.told)

        def end_and_change() -> None:
            sessions.sign_out(ada)
            integrations.add_connection("mistral", "main")

        await asyncio.to_thread(end_and_change)
        await _dark(tab)

        assert PRIVATE not in said(tab.told[before:])

    watched(ada, scenario)


def test_a_tab_that_is_left_is_not_told_any_more(ada: str) -> None:
    async def scenario(tab: Tab) -> None:
        watcher = tab.tabs.processor._tasks
        assert len(event_stream.hub()._receivers) == 1

        for task in list(watcher.values()):
            task.cancel()
        await until(lambda: not event_stream.hub()._receivers, within_s=5)

    watched(ada, scenario)


@pytest.mark.parametrize("steps", range(6))
def test_a_tab_that_is_left_just_as_something_happens_is_not_told_any_more(
    ada: str, steps: int
) -> None:
    async def scenario(tab: Tab) -> None:
        await asyncio.sleep(0.2)  # past the pause between two batches, so that it waits again

        event_stream.hub().publish(Notice(kind=NoticeKind.SESSION_ENDED))
        for _ in range(steps):
            await asyncio.sleep(0)
        for task in list(tab.tabs.processor._tasks.values()):
            task.cancel()

        await until(lambda: not event_stream.hub()._receivers, within_s=5)

    watched(ada, scenario)


def test_while_the_database_is_away_the_page_waits_and_then_goes_on(
    ada: str, db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(tab: Tab) -> None:
        diary = await tab.state(Diary)
        with monkeypatch.context() as away:
            away.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
            db.execute("SELECT pg_notify('integration_events', '{\"kind\": \"check_recorded\"}')")
            await asyncio.sleep(0.3)
            assert diary.batches == [0]

        await until(lambda: len(diary.batches) == 2, within_s=5)
        assert diary._gaps == [True, True], "What came meanwhile is unknown."
        assert leave() not in said(tab.told)

    watched(ada, scenario)


def test_without_a_session_nothing_is_watched(db: DatabaseUnderTest) -> None:
    async def scenario() -> None:
        async with serving() as tabs:
            assert events(await tabs.tab().send(Diary.watch)) == [f"_redirect {routes.LOGIN}"]

    asyncio.run(scenario())


def test_a_handler_that_finds_nobody_signed_in_leads_to_the_sign_in_page() -> None:
    event = guard.answer(NotSignedIn())

    assert event is not None
    assert f'"{routes.LOGIN}"' in str(event.args)


def test_a_lost_database_is_told_in_words() -> None:
    assert "The database cannot be reached." in str(guard.answer(DatabaseUnavailable("gone")))


def test_signing_out_is_a_request_of_the_browsers_own() -> None:
    assert "/api/integrations/sign-out" in str(sign_out().args)
