"""Acts carry what the person saw, and are refused where that is not what is shown."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext

from integrations_app import integrations, routes
from integrations_app.features.projects import service as projects
from integrations_app.features.projects.form_state import ProjectForm
from integrations_app.features.projects.project import Draft as Project
from integrations_app.state.edit import Edit
from integrations_app.state.guard import is_ours, is_public
from integrations_app.state.listing import Listing
from integrations_app.state.seen import SEEN, needs_seen
from integrations_app.state.session import AdminState
from tests.api.conftest import ANN
from tests.postgresql import DatabaseUnderTest
from tests.state.tabs import Tab, events, said, serving

TOAST = "_call_function"
LEFT = "You had left the page"
CHANGED = "What you clicked has changed meanwhile"
INHERITED = {"setvar"}
"""Of Reflex; no page sends it, so that it is refused whoever sends it."""
NAMES_ITS_SUBJECT = {"check_saved"}
"""Goes on with a save, and says of which connection."""


def ours() -> Iterator[tuple[str, Any]]:
    """Every handler of a page of the product that is not for anyone, by name."""
    for name, registered in sorted(RegistrationContext.get().event_handlers.items()):
        state = registered.states[0]
        is_a_pages = state.__module__.startswith("integrations_app.") and is_ours(name)
        if is_a_pages and not is_public(name) and issubclass(state, AdminState):
            yield name, registered.handler.fn


def acting() -> list[str]:
    return [name for name, handler in ours() if needs_seen(handler)]


def run(session: str, scenario: Callable[[Tab], Awaitable[None]], **query: str) -> None:
    async def within() -> None:
        async with serving() as tabs:
            await scenario(tabs.tab(session=session, **query))

    asyncio.run(within())


def test_every_handler_only_looks_or_takes_what_was_seen() -> None:
    neither = [
        name
        for name, handler in ours()
        if needs_seen(handler)
        and SEEN not in inspect.signature(handler).parameters
        and handler.__name__ not in INHERITED
    ]

    assert neither == []


def test_only_these_handlers_name_their_subject_themselves() -> None:
    named = {
        handler.__name__ for _name, handler in ours() if hasattr(handler, "_names_its_subject")
    }

    assert named == NAMES_ITS_SUBJECT


@pytest.mark.parametrize("name", acting())
@pytest.mark.parametrize("seen", ["nothing", "of another page", "of something else", "no text"])
def test_an_act_on_what_is_not_shown_is_refused_in_words(
    ada: str, db: DatabaseUnderTest, name: str, seen: str
) -> None:
    uuid = integrations.add_connection("mistral", "main", actor=ANN).uuid
    before = db.rows("SELECT * FROM integration_audit")
    handler = dict(ours())[name]
    parameters = [each for each in inspect.signature(handler).parameters if each != "self"]

    async def scenario(tab: Tab) -> None:
        sent: dict[str, object] = dict.fromkeys(parameters, "")
        sent[SEEN] = {
            "nothing": "",
            "of another page": f"{routes.PROJECTS}#{uuid}/1",
            "of something else": tab.seen(f"{uuid}/7.0"),
            "no text": {"uuid": str(uuid)},
        }[seen]

        told = await tab.send(name, **sent)

        assert events(told) == [TOAST]
        assert LEFT in said(told) or CHANGED in said(told)

    run(ada, scenario)
    assert db.rows("SELECT * FROM integration_audit") == before


def test_an_act_on_what_is_shown_is_done(ada: str, db: DatabaseUnderTest) -> None:
    project = projects.add(Project(name="shop"), actor=ANN)

    async def scenario(tab: Tab) -> None:
        await tab.send(ProjectForm.load)
        seen = tab.seen((await tab.state(ProjectForm)).form_key)

        await tab.send(ProjectForm.save, form={"name": "store", "description": ""}, seen=seen)

    run(ada, scenario, uuid=str(project.uuid))
    assert [each["name"] for each in db.rows("SELECT name FROM projects")] == ["store"]


def test_a_new_template_is_not_what_was_typed_for_a_project(
    ada: str, db: DatabaseUnderTest
) -> None:
    async def scenario(tab: Tab) -> None:
        await tab.send(ProjectForm.load_new)
        seen = tab.seen((await tab.state(ProjectForm)).form_key)
        tab.search = f"?{routes.KIND}={routes.TEMPLATES}"
        await tab.send(ProjectForm.load_new)

        told = await tab.send(ProjectForm.save, form={"name": "shop"}, seen=seen)

        assert CHANGED in said(told)

    run(ada, scenario)
    assert db.rows("SELECT * FROM projects") == []


def test_a_question_about_one_connection_deletes_no_other(ada: str, db: DatabaseUnderTest) -> None:
    main = integrations.add_connection("mistral", "main")
    other = integrations.add_connection("mistral", "other")

    async def scenario(tab: Tab) -> None:
        await tab.send(Listing.load)
        await tab.send(Listing.ask_removal, seen=tab.seen(f"{main.uuid}/1"))
        asked = await tab.state(Listing)

        await tab.send(
            Listing.remove, seen=tab.seen(f"{other.uuid}/1"), usages=asked.removing_fingerprint
        )

    run(ada, scenario)
    assert integrations.list_connections() == [main, other]


def test_nothing_is_disconnected_that_nobody_was_asked_about(
    ada: str, db: DatabaseUnderTest
) -> None:
    uuid = integrations.add_connection("mistral", "main", values={"api_key": "key-of-main"}).uuid

    async def scenario(tab: Tab) -> None:
        await tab.send(Listing.load)
        seen = tab.seen(f"{uuid}/1")

        await tab.send(Listing.disconnect, seen=seen)
        assert integrations.is_connected(uuid)

        await tab.send(Listing.ask_disconnect, seen=seen)
        await tab.send(Listing.disconnect, seen=seen)
        assert not integrations.is_connected(uuid)

    run(ada, scenario)


def test_typing_that_arrives_at_another_form_is_not_typing_there(
    ada: str, db: DatabaseUnderTest
) -> None:
    main = integrations.add_connection("mistral", "main")
    other = integrations.add_connection("mistral", "other")

    async def scenario(tab: Tab) -> None:
        await tab.send(Edit.load)
        await tab.send(Edit.touch, begun_at=f"{main.uuid}/1.0")

        assert not (await tab.state(Edit)).touched

    run(ada, scenario, integrations_uuid=str(other.uuid))
