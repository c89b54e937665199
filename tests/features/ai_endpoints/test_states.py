"""What open pages know of AI endpoints, and who may have them do something."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from reflex.istate.manager.token import BaseStateToken
from reflex.state import State

from integrations_app import routes
from integrations_app.features.ai_endpoints import lookup, service
from integrations_app.features.ai_endpoints.form_state import EndpointForm
from integrations_app.features.ai_endpoints.listing_state import EndpointList
from tests.api.facts import actions
from tests.features.ai_endpoints.conftest import BOB, connection, endpoint, old, row
from tests.postgresql import DatabaseUnderTest
from tests.state.conftest import ada
from tests.state.tabs import Tab, Tabs, events, said, serving

__all__ = ["ada"]

KEY = "sk-old-secret-of-the-endpoint"
FORM = {"name": "stolen", "model": "stolen"}


def run(scenario: Callable[[Tabs], Awaitable[None]]) -> None:
    async def within() -> None:
        async with serving() as tabs:
            await scenario(tabs)

    asyncio.run(within())


def at_page_of(tabs: Tabs, uuid: UUID, session: str) -> Tab:
    """A tab that knows this uuid from its address, where nothing is loaded by itself."""
    return tabs.tab(session=session, uuid=str(uuid))


async def shown(tab: Tab) -> str:
    """What the form says of itself at a click."""
    return tab.seen((await tab.state(EndpointForm)).form_key)


def seen_by(handler: Any, seen: dict[str, str]) -> dict[str, str]:
    """The argument for a handler that takes it."""
    return seen if "seen" in inspect.signature(handler.fn).parameters else {}


async def everything(tab: Tab) -> Any:
    """The root of all that the server remembers of a tab."""
    return await tab.tabs.states.get_state(BaseStateToken(ident=tab.token, cls=State))


def all_that(state: Any) -> str:
    """Every var of a state and those below it, backend ones included, as text."""
    own = repr({**vars(state), **(state._backend_vars or {})})
    return own + "".join(all_that(each) for each in state.substates.values())


def test_no_state_ever_holds_an_old_key(db: DatabaseUnderTest, ada: str) -> None:
    made = old(db, "chat", "openai", KEY)

    async def scenario(tabs: Tabs) -> None:
        tab = at_page_of(tabs, made, ada)
        await tab.send(EndpointList.load)
        await tab.send(EndpointList.ask_removal, seen=tab.seen(f"{made}/1"))
        await tab.send(EndpointForm.load)
        await tab.send(EndpointForm.touch, begun_at=f"{made}/1.0")
        await tab.send(EndpointForm.save, form={"name": "", "model": ""}, seen=await shown(tab))
        form = {"name": "talk", "model": "large"}
        await tab.send(EndpointForm.save, form=form, seen=await shown(tab))
        await tab.send(EndpointForm.load_theirs, seen=await shown(tab))
        await tab.send(EndpointForm.ask_question, question="forget", seen=await shown(tab))

        state = await tab.state(EndpointForm)
        assert (state.name, state.has_old_key, state.can_recover) == ("talk", True, True)
        root = await everything(tab)
        assert "talk" in all_that(root)
        assert KEY[:8] not in all_that(root)
        assert b"talk" in state._serialize()  # what Redis would keep
        for each in (root, state.parent_state, state):
            assert KEY[:8].encode() not in each._serialize()
        assert "talk" in said(tab.told)
        assert KEY[:8] not in said(tab.told)

    run(scenario)


def test_without_a_session_nothing_is_told_and_nothing_done(db: DatabaseUnderTest) -> None:
    made = endpoint("chat", connection().uuid)
    before = actions(db)

    async def scenario(tabs: Tabs) -> None:
        tab = at_page_of(tabs, made.uuid, "made up")
        for handler, payload in (
            (EndpointList.load, {}),
            (EndpointList.ask_removal, {"seen": tab.seen(f"{made.uuid}/1")}),
            (EndpointList.remove, {}),
            (EndpointForm.load, {}),
            (EndpointForm.load_new, {}),
            (EndpointForm.find_choices, {"text": ""}),
            (EndpointForm.pick, {"event": {"uuid": str(made.uuid), "action": "select"}}),
            (EndpointForm.save, {"form": FORM}),
            (EndpointForm.save_over, {"form": FORM, "version": 1}),
            (EndpointForm.ask, {"form": FORM, "prompt": "Hello?"}),
            (EndpointForm.ask_question, {"question": "remove"}),
            (EndpointForm.remove, {}),
            (EndpointForm.forget_key, {}),
        ):
            told = await tab.send(handler, **payload)
            assert events(told) == [f"_redirect {routes.LOGIN}"]
            assert not any(update.delta for update in told)

    run(scenario)
    assert lookup.by_uuid(made.uuid) == made
    assert actions(db) == before


def test_a_made_up_argument_does_no_harm(db: DatabaseUnderTest, ada: str) -> None:
    made = endpoint("chat", connection().uuid)

    async def scenario(tabs: Tabs) -> None:
        tab = at_page_of(tabs, made.uuid, ada)
        await tab.send(EndpointForm.load)
        seen = {"seen": await shown(tab)}
        for handler, payload in (
            (EndpointForm.pick, {"event": None}),
            (EndpointForm.pick, {"event": {"uuid": ["x"], "action": "select"}}),
            (EndpointForm.pick, {"event": {"uuid": "' OR true --", "action": "select"}}),
            (EndpointForm.touch, {"begun_at": None}),
            (EndpointForm.touch, {"begun_at": f"{made.uuid}/x.y"}),
            (EndpointForm.save, {"form": None}),
            (EndpointForm.save, {"form": {"name": 7, "model": ["x"]}}),
            (EndpointForm.save, {"form": {"name": "a\0b", "model": "\ud800"}}),
            (EndpointForm.ask, {"form": [], "prompt": None}),
            (EndpointForm.ask_question, {"question": {"x": 1}}),
            (EndpointForm.remove, {}),
            (EndpointForm.forget_key, {}),
            (EndpointList.ask_removal, {}),
            (EndpointList.remove, {}),
            (EndpointList.turn_to, {"link": "https://evil.example/?after=%00\ud800"}),
        ):
            told = await tab.send(handler, **payload, **seen_by(handler, seen))
            assert "evil" not in said(told)

        state = await tab.state(EndpointForm)
        assert state.picked == [str(made.draft.integration)]

    run(scenario)
    assert lookup.by_uuid(made.uuid) == made


def test_a_question_is_answered_only_if_it_was_asked(db: DatabaseUnderTest, ada: str) -> None:
    made = old(db, "chat", "openai", KEY)

    async def scenario(tabs: Tabs) -> None:
        tab = at_page_of(tabs, made, ada)
        await tab.send(EndpointForm.load)
        seen = await shown(tab)
        await tab.send(EndpointForm.forget_key, seen=seen)
        await tab.send(EndpointForm.ask_question, question="remove", seen=seen)
        await tab.send(EndpointForm.forget_key, seen=seen)
        assert row(db, made)["api_key"] == KEY

        await tab.send(EndpointForm.ask_question, question="forget", seen=seen)
        await tab.send(EndpointForm.forget_key, seen=seen)
        assert row(db, made)["api_key"] is None

    run(scenario)


def test_a_conflict_names_what_changed_although_the_form_had_followed(
    db: DatabaseUnderTest, ada: str
) -> None:
    made = endpoint("chat", connection().uuid)
    theirs = replace(made.draft, model="large")

    async def scenario(tabs: Tabs) -> None:
        tab = at_page_of(tabs, made.uuid, ada)
        await tab.send(EndpointForm.load)
        begun_at = (await tab.state(EndpointForm)).form_key
        service.update(made.uuid, theirs, actor=BOB)
        await tab.send(EndpointForm.load)

        await tab.send(EndpointForm.touch, begun_at=begun_at)
        form = {"name": "talk", "model": "small"}
        await tab.send(EndpointForm.save, form=form, seen=await shown(tab))

        assert (await tab.state(EndpointForm)).conflict == "the model"

    run(scenario)
    assert lookup.by_uuid(made.uuid).draft == theirs


def test_what_was_picked_is_saved_although_the_page_had_not_shown_it_yet(
    db: DatabaseUnderTest, ada: str
) -> None:
    first, second = connection(name="first").uuid, connection(name="second").uuid
    made = endpoint("chat", first)

    async def scenario(tabs: Tabs) -> None:
        tab = at_page_of(tabs, made.uuid, ada)
        await tab.send(EndpointForm.load)
        seen = await shown(tab)
        await tab.send(
            EndpointForm.pick, event={"uuid": str(second), "action": "select"}, seen=seen
        )
        form = {"name": "talk", "model": "small", "integration": str(first)}
        await tab.send(EndpointForm.save, form=form, seen=seen)

    run(scenario)
    assert lookup.by_uuid(made.uuid).draft.integration == second


def test_what_the_form_says_is_saved_where_no_pick_is_known(
    db: DatabaseUnderTest, ada: str
) -> None:
    first, second = connection(name="first").uuid, connection(name="second").uuid
    made = endpoint("chat", first)

    async def scenario(tabs: Tabs) -> None:
        tab = at_page_of(tabs, made.uuid, ada)  # of a server that has just started again
        await tab.send(EndpointForm.load)
        form = {"name": "talk", "model": "small", "integration": str(second)}
        await tab.send(EndpointForm.save, form=form, seen=await shown(tab))

    run(scenario)
    assert lookup.by_uuid(made.uuid).draft.integration == second
