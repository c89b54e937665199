"""In somebody else's app the app itself says who may see connections, again and again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e import stranger
from tests.e2e.stranger import Call
from tests.picker.host import Host
from tests.picker.pages import added, card, cards, open_desk, search_field

DESK = "reflex___state____state.picker_app___picker_app____desk"


def test_a_websocket_that_may_not_see_connections_is_told_of_none(host: Host) -> None:
    added("mistral", "valuable")
    calls = [
        Call(handler=f"{DESK}.watch_choices", path="/"),
        Call(handler=f"{DESK}.find_choices", payload={"text": "val"}, path="/"),
    ]

    allowed = stranger.call(host.origin, calls, until="valuable")
    host.allowed.unlink()
    refused = stranger.call(host.origin, calls)

    assert "valuable" in allowed.text, "The handlers are called so."
    assert "valuable" not in refused.text


def test_a_page_that_may_see_them_no_longer_forgets_them_with_the_next_change(
    tab: Page, host: Host
) -> None:
    added("mistral", "valuable")
    open_desk(tab)
    expect(card(tab, "valuable")).to_be_visible()

    host.allowed.unlink()
    added("mistral", "another")

    expect(cards(tab)).to_have_count(0)


def test_a_search_that_is_no_longer_allowed_finds_nothing_and_forgets_the_rest(
    tab: Page, host: Host, many: None
) -> None:
    open_desk(tab)
    expect(search_field(tab)).to_be_visible()

    host.allowed.unlink()
    search_field(tab).fill("n1001")

    expect(cards(tab)).to_have_count(0)
