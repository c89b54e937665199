"""In somebody else's app the app itself says who may see connections, again and again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e import stranger
from tests.e2e.stranger import Call
from tests.picker.host import Host
from tests.picker.pages import (
    ANY_UUID,
    SOME,
    added,
    card,
    cards,
    line,
    note,
    open_desk,
    open_lines,
    picker,
    search_field,
)

REFUSED = "You are not signed in, or may not see integrations."
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
    expect(note(tab)).to_have_text(f"{REFUSED} Sign in")


def test_whoever_may_not_see_them_is_told_so_and_where_to_sign_in(tab: Page, host: Host) -> None:
    added("mistral", "valuable")
    host.allowed.unlink()

    open_desk(tab, one=ANY_UUID)

    expect(note(tab)).to_have_text(f"{REFUSED} Sign in")
    expect(picker(tab).get_by_role("link", name="Sign in")).to_have_attribute("href", "/enter")
    expect(cards(tab)).to_have_count(0)
    expect(note(tab, SOME)).to_have_text(REFUSED)


def test_a_drop_down_that_may_show_nothing_says_so_in_place_of_opening(
    tab: Page, host: Host
) -> None:
    host.allowed.unlink()

    open_lines(tab, one=ANY_UUID)

    expect(tab.get_by_role("link", name="Sign in")).to_have_attribute("href", "/enter")
    expect(tab.get_by_text(REFUSED)).to_have_count(2)
    expect(line(tab)).to_have_count(0)


def test_after_signing_in_the_page_shows_them(tab: Page, host: Host) -> None:
    added("mistral", "valuable")
    host.allowed.unlink()
    open_desk(tab)
    expect(note(tab)).to_have_text(f"{REFUSED} Sign in")

    host.allowed.touch()
    tab.reload()

    expect(card(tab, "valuable")).to_be_visible()
    expect(note(tab)).to_have_text("")


def test_a_search_that_is_no_longer_allowed_finds_nothing_and_forgets_the_rest(
    tab: Page, host: Host, many: None
) -> None:
    open_desk(tab)
    expect(search_field(tab)).to_be_visible()

    host.allowed.unlink()
    search_field(tab).fill("n1001")

    expect(cards(tab)).to_have_count(0)
