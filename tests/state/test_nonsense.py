"""Handlers that are sent what no page of ours sends, by somebody who is signed in."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import Any
from uuid import UUID

import pytest

from integrations_app import integrations
from integrations_app.domain.actor import Actor
from integrations_app.features.ai_endpoints import service as endpoints
from integrations_app.features.ai_endpoints.endpoint import Draft as Endpoint
from integrations_app.features.ai_endpoints.form_state import EndpointForm
from integrations_app.features.ai_endpoints.listing_state import EndpointList
from integrations_app.features.projects import service as projects
from integrations_app.features.projects.form_state import ProjectForm
from integrations_app.features.projects.listing_state import ProjectList
from integrations_app.features.projects.project import Draft as Project
from integrations_app.state.edit import Edit
from integrations_app.state.listing import Listing
from integrations_app.state.modules import Modules
from integrations_app.state.new import New
from tests.postgresql import DatabaseUnderTest
from tests.state.tabs import Tab, serving

ANN = Actor(kind="admin", id="ann", label="ann@example.com")
STATES = (Edit, EndpointForm, EndpointList, Listing, Modules, New, ProjectForm, ProjectList)
HUGE = "9" * 5_000

NONSENSE = (
    None,
    7,
    -1,
    1.5,
    10**30,
    True,
    "",
    "\ud800",
    "a\0b",
    "//[",
    "?after=%00%ff&before=//[",
    HUGE,
    [],
    [["a"]],
    {"uuid": 5, "action": ["select"]},
    {"uuid": HUGE, "action": "select"},
    {"name": "\ud800", "model": {"a": 1}, "api_key": ["b"]},
)


@pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__)
def test_no_handler_fails_over_it(
    state: Any, ada: str, db: DatabaseUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    # Reflex quotes arguments of a wrong type, and no report with lone surrogates can be handed on.
    caplog.set_level(logging.ERROR, logger="reflex_base.event.processor")
    uuid = _uuid_for(state)
    versions = tuple(f"{uuid}/{version}.0" for version in (HUGE, "²", "-1", "1e9"))

    async def scenario() -> None:
        async with serving() as tabs:
            tab = tabs.tab(session=ada, uuid=str(uuid), integrations_uuid=str(uuid))
            for handler in state.event_handlers.values():
                names = list(inspect.signature(handler.fn).parameters)[1:]
                if not names or handler.fn.__name__ == "setvar":
                    continue
                await tab.send(state.load)
                seen = {"seen": tab.seen(await _shown(tab, state))} if "seen" in names else {}
                for sent in (*NONSENSE, *versions):
                    await tab.begin(handler, **dict.fromkeys(names, sent))
                    await tab.begin(handler, **{**dict.fromkeys(names, sent), **seen})
            await tab.send(state.load)  # the events of a tab are handled in their order

    asyncio.run(scenario())

    assert "A handler failed" not in caplog.text


async def _shown(tab: Tab, state: Any) -> str:
    """The form or the first row, as the page of this state spells it at a click."""
    shown = await tab.state(state)
    if hasattr(shown, "form_key"):
        return shown.form_key
    rows = [] if state is Modules else list(getattr(shown, "rows", []))
    return f"{rows[0].uuid}/{rows[0].version}" if rows else ""


def _uuid_for(state: object) -> UUID:
    """Of something that the page of this state can show."""
    if state is EndpointForm:
        return endpoints.add(Endpoint(name="chat", model="small"), actor=ANN).uuid
    if state is ProjectForm:
        return projects.add(Project(name="shop"), actor=ANN).uuid
    return integrations.add_connection("mistral", "main").uuid
