"""The picker by keyboard: moving about selects nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.picker.pages import (
    SOME,
    added,
    card,
    cards,
    expect_selected,
    expect_told,
    open_desk,
    picker,
    search_field,
)

NAMES = ("alpha", "beta", "gamma", "go", "omega")


@pytest.fixture
def desk(tab: Page) -> Page:
    """The pickers, with five connections, of which none is selected."""
    added("mistral", *NAMES)
    open_desk(tab)
    return tab


def test_it_is_a_listbox_that_says_whether_it_takes_several(desk: Page) -> None:
    one = picker(desk).get_by_role("listbox", name="Model")
    some = picker(desk, SOME).get_by_role("listbox", name="Others")

    expect(one).to_have_attribute("aria-multiselectable", "false")
    expect(some).to_have_attribute("aria-multiselectable", "true")


def test_the_list_is_one_tab_stop_which_is_what_is_selected(tab: Page) -> None:
    stored = added("mistral", *NAMES)
    open_desk(tab, some=(stored[2].uuid,))

    tab.keyboard.press("Tab")
    expect(card(tab, "alpha")).to_be_focused()
    tab.keyboard.press("Tab")
    expect(card(tab, "gamma", SOME)).to_be_focused()


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (["ArrowDown"], "beta"),
        (["ArrowDown", "ArrowDown", "ArrowUp"], "beta"),
        (["ArrowUp"], "alpha"),
        (["End"], "omega"),
        (["End", "ArrowDown"], "omega"),
        (["End", "Home"], "alpha"),
        (["o"], "omega"),
        (["g"], "gamma"),
        (["g", "o"], "go"),
        (["G"], "gamma"),
        (["z"], "alpha"),
    ],
)
def test_keys_move_the_focus_and_select_nothing(desk: Page, keys: list[str], name: str) -> None:
    card(desk, "alpha").focus()

    for key in keys:
        desk.keyboard.press(key)

    expect(card(desk, name)).to_be_focused()
    expect(picker(desk).get_by_role("option", selected=True)).to_have_count(0)
    expect_told(desk)


@pytest.mark.parametrize("key", [" ", "Enter"])
def test_space_and_enter_select_and_deselect(desk: Page, key: str) -> None:
    card(desk, "alpha").focus()
    desk.keyboard.press("ArrowDown")

    desk.keyboard.press(key)
    expect_selected(card(desk, "beta"))
    desk.keyboard.press(key)
    expect_selected(card(desk, "beta"), selected=False)

    expect(card(desk, "beta")).to_be_focused()
    expect(desk.locator("#told > li")).to_have_count(2)


def test_keys_with_a_modifier_are_left_to_the_browser(desk: Page) -> None:
    card(desk, "alpha").focus()

    desk.keyboard.press("Control+Enter")
    desk.keyboard.press("Alt+o")

    expect(card(desk, "alpha")).to_be_focused()
    expect_told(desk)


def test_the_focus_stays_on_its_card_whatever_happens_around_it(desk: Page) -> None:
    card(desk, "gamma").focus()

    integrations.add_connection("deepseek", "first-of-all")
    integrations.remove_connection(integrations.resolve_to_uuid("mistral:alpha"))
    integrations.rename_connection(integrations.resolve_to_uuid("mistral:gamma"), "a-new-name")

    expect(cards(desk)).to_have_count(5)
    expect(card(desk, "a-new-name")).to_be_focused()


def test_the_focus_goes_to_the_next_card_when_its_own_is_removed(desk: Page) -> None:
    card(desk, "gamma").focus()

    integrations.remove_connection(integrations.resolve_to_uuid("mistral:gamma"))

    expect(card(desk, "go")).to_be_focused()
    expect_told(desk)


def test_the_focus_is_not_lost_with_the_last_card(desk: Page) -> None:
    card(desk, "omega").focus()

    for name in NAMES:
        integrations.remove_connection(integrations.resolve_to_uuid(f"mistral:{name}"))

    expect(cards(desk)).to_have_count(0)
    expect(picker(desk)).to_be_focused()


def test_the_focus_is_nobodys_business_while_it_is_elsewhere(desk: Page) -> None:
    card(desk, "gamma").focus()
    desk.keyboard.press("Tab")
    expect(card(desk, "alpha", SOME)).to_be_focused()

    integrations.remove_connection(integrations.resolve_to_uuid("mistral:gamma"))

    expect(cards(desk)).to_have_count(4)
    expect(card(desk, "alpha", SOME)).to_be_focused()


def test_from_the_search_the_list_is_an_arrow_away(tab: Page) -> None:
    added("mistral", *NAMES, "more", "most")
    open_desk(tab)
    search_field(tab).focus()

    tab.keyboard.press("ArrowDown")

    expect(card(tab, "alpha")).to_be_focused()


def test_the_end_of_a_long_list_is_one_key_away(tab: Page) -> None:
    added("mistral", *(f"n{number:03}" for number in range(200)))
    open_desk(tab)
    card(tab, "n000").focus()

    tab.keyboard.press("End")

    expect(card(tab, "n199")).to_be_focused()
    expect(card(tab, "n199")).to_be_in_viewport()
