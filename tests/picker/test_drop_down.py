"""The picker as one line, which opens the list over what stands around it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.picker.conftest import NewTab
from tests.picker.pages import (
    ANY_UUID,
    added,
    expect_selected,
    expect_told,
    line,
    offer,
    open_lines,
)
from tests.postgresql import DatabaseUnderTest

OTHERS = "The other models"
NAMES = ("alpha", "beta", "gamma")
SEVEN = (*NAMES, "delta", "epsilon", "zeta", "eta")


def options(page: Page):
    return page.get_by_role("option")


def expect_closed(page: Page, label: str = "Model") -> None:
    expect(line(page, label)).to_have_attribute("aria-expanded", "false")
    expect(options(page)).to_have_count(0)


def test_closed_it_is_one_line_that_says_what_is_selected(tab: Page) -> None:
    alpha, *_rest = added("mistral", *NAMES)
    open_lines(tab, one=alpha.uuid)

    expect(line(tab)).to_contain_text("alpha")
    expect(line(tab)).to_contain_text("Not connected")
    expect(line(tab, OTHERS)).to_have_text("Choose an integration")
    expect_closed(tab)
    height = line(tab).bounding_box()
    assert height is not None
    assert height["height"] <= 44


def test_a_click_opens_it_another_one_selects_and_it_closes(tab: Page) -> None:
    _alpha, beta, _gamma = added("mistral", *NAMES)
    open_lines(tab)

    line(tab).click()
    expect(line(tab)).to_have_attribute("aria-expanded", "true")
    listbox = tab.get_by_role("listbox", name="Model")
    expect(line(tab)).to_have_attribute("aria-controls", listbox.get_attribute("id") or "none")
    offer(tab, "beta").click()

    expect_closed(tab)
    expect(line(tab)).to_contain_text("beta")
    expect(line(tab)).to_be_focused()
    expect_told(tab, f"one select {beta.uuid}")


def test_what_is_selected_can_be_deselected(tab: Page) -> None:
    alpha, *_rest = added("mistral", *NAMES)
    open_lines(tab, one=alpha.uuid)

    line(tab).click()
    expect_selected(offer(tab, "alpha"))
    offer(tab, "alpha").click()

    expect(line(tab)).to_have_text("Choose an integration")
    expect_told(tab, f"one deselect {alpha.uuid}")


def test_where_several_may_be_selected_it_stays_open_and_names_them(tab: Page) -> None:
    added("mistral", *NAMES)
    open_lines(tab)

    line(tab, OTHERS).click()
    offer(tab, "alpha").click()
    offer(tab, "gamma").click()

    expect(line(tab, OTHERS)).to_have_text("alpha, gamma")
    expect_selected(offer(tab, "gamma"))
    tab.keyboard.press("Escape")
    expect_closed(tab, OTHERS)


@pytest.mark.parametrize("key", ["Enter", " ", "ArrowDown", "ArrowUp"])
def test_by_keyboard_it_opens_on_what_is_selected(tab: Page, key: str) -> None:
    _alpha, beta, gamma = added("mistral", *NAMES)
    open_lines(tab, one=beta.uuid)
    line(tab).focus()

    tab.keyboard.press(key)
    expect(offer(tab, "beta")).to_be_focused()
    tab.keyboard.press("End")
    tab.keyboard.press("Enter")

    expect_closed(tab)
    expect(line(tab)).to_be_focused()
    expect_told(tab, f"one select {gamma.uuid}")


def test_escape_closes_it_and_selects_nothing(tab: Page) -> None:
    added("mistral", *NAMES)
    open_lines(tab)
    line(tab).press("ArrowDown")

    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Escape")

    expect_closed(tab)
    expect(line(tab)).to_be_focused()
    expect_told(tab)


def test_the_tab_key_leaves_it_for_what_comes_next(tab: Page) -> None:
    added("mistral", *NAMES)
    open_lines(tab)
    line(tab).press("ArrowDown")

    tab.keyboard.press("Tab")

    expect_closed(tab)
    expect(line(tab, OTHERS)).to_be_focused()


def test_a_click_elsewhere_closes_it(tab: Page) -> None:
    added("mistral", *NAMES)
    open_lines(tab)
    line(tab).click()
    expect(options(tab)).to_have_count(3)

    tab.mouse.click(5, 5)

    expect_closed(tab)


def test_of_many_one_is_found_by_typing(tab: Page) -> None:
    stored = {each.name: each.uuid for each in added("mistral", *SEVEN)}
    open_lines(tab)
    line(tab).click()
    expect(tab.get_by_role("searchbox", name="Search integrations")).to_be_focused()

    tab.keyboard.type("zet")
    expect(options(tab)).to_have_count(1)
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")

    expect(line(tab)).to_contain_text("zeta")
    expect_told(tab, f"one select {stored['zeta']}")
    line(tab).click()
    expect(options(tab)).to_have_count(7)


def test_what_exists_no_more_is_named_so_and_can_be_deselected(tab: Page) -> None:
    added("mistral", *NAMES)
    open_lines(tab, one=ANY_UUID)
    expect(line(tab)).to_contain_text("Integration deleted")

    line(tab).click()
    offer(tab, "Integration deleted").click()

    expect(line(tab)).to_have_text("Choose an integration")


def test_without_connections_it_leads_to_where_a_first_one_is_made(tab: Page) -> None:
    open_lines(tab)

    expect(tab.get_by_role("link", name="Add Integration")).to_have_attribute("href", "/elsewhere")
    expect(line(tab)).to_have_count(0)
    added("mistral", "main")
    expect(line(tab)).to_have_text("Choose an integration")


def test_the_focus_is_not_lost_when_an_open_one_loses_its_last_connection(tab: Page) -> None:
    (main,) = added("mistral", "main")
    open_lines(tab)
    line(tab).press("ArrowDown")
    expect(offer(tab, "main")).to_be_focused()

    integrations.remove_connection(main.uuid)

    expect(options(tab)).to_have_count(0)
    expect(tab.locator("#one")).to_be_focused()


def test_at_the_lower_edge_it_opens_upwards_and_nothing_scrolls(new_tab: NewTab) -> None:
    low = new_tab(viewport={"width": 390, "height": 420})
    added("mistral", *SEVEN)
    open_lines(low)

    line(low, OTHERS).click()

    expect(options(low)).to_have_count(7)
    popup, trigger = (
        each.bounding_box() for each in (low.locator(".picker-popup"), line(low, OTHERS))
    )
    assert popup is not None
    assert trigger is not None
    assert popup["y"] >= 0
    assert low.evaluate("document.documentElement.scrollWidth") <= 390


def test_long_names_stay_within_the_line(new_tab: NewTab, library: DatabaseUnderTest) -> None:
    phone = new_tab(viewport={"width": 390, "height": 844})
    (long,) = added("mistral", "x" * 100)
    library.execute("UPDATE integration_connections SET account_name = repeat('long', 50)")

    open_lines(phone, one=long.uuid)

    expect(line(phone)).to_contain_text("Not connected")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
