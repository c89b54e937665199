"""The picker tells what is clicked, shows what is stored, and decides nothing."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.picker.pages import (
    ANY_UUID,
    ONE,
    SOME,
    added,
    card,
    cards,
    expect_selected,
    expect_told,
    open_desk,
    picker,
)


def test_the_only_connection_is_not_selected_by_itself(tab: Page) -> None:
    added("mistral", "main")

    open_desk(tab)

    expect_selected(card(tab, "main"), selected=False)
    expect_told(tab)


def test_a_click_selects_and_another_one_deselects(tab: Page) -> None:
    (main,) = added("mistral", "main")
    open_desk(tab)

    card(tab, "main").click()
    expect_selected(card(tab, "main"))
    card(tab, "main").click()
    expect_selected(card(tab, "main"), selected=False)

    expect_told(tab, f"one select {main.uuid}", f"one deselect {main.uuid}")


def test_a_click_on_another_one_selects_that_one_alone(tab: Page) -> None:
    main, other = added("mistral", "main", "other")
    open_desk(tab, one=main.uuid)

    card(tab, "other").click()

    expect_selected(card(tab, "other"))
    expect_selected(card(tab, "main"), selected=False)
    expect_told(tab, f"one select {other.uuid}")


def test_where_several_may_be_selected_clicks_add_and_remove(tab: Page) -> None:
    main, other = added("mistral", "main", "other")
    open_desk(tab)

    card(tab, "main", SOME).click()
    expect_selected(card(tab, "main", SOME))
    card(tab, "other", SOME).click()
    expect_selected(card(tab, "other", SOME))
    card(tab, "main", SOME).click()
    expect_selected(card(tab, "main", SOME), selected=False)

    expect_told(tab, f"some add {main.uuid}", f"some add {other.uuid}", f"some remove {main.uuid}")


def test_two_pickers_on_a_page_keep_apart(tab: Page) -> None:
    added("mistral", "main")
    open_desk(tab)

    card(tab, "main", ONE).click()

    expect_selected(card(tab, "main", ONE))
    expect_selected(card(tab, "main", SOME), selected=False)
    ids = tab.locator("[id]").evaluate_all("all => all.map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_pickers_in_a_list_tell_which_of_them_was_clicked(tab: Page) -> None:
    added("mistral", "main")
    tab.goto("/tasks")

    card(tab, "main", "translate").click()

    expect_selected(card(tab, "main", "translate"))
    for other in ("write", "sum-up"):
        expect_selected(card(tab, "main", other), selected=False)


def test_a_reload_selects_nothing(tab: Page) -> None:
    added("mistral", "main", "other")
    open_desk(tab)

    tab.reload()

    expect(cards(tab)).to_have_count(2)
    expect(picker(tab).get_by_role("option", selected=True)).to_have_count(0)
    expect_told(tab)


def test_nothing_takes_the_place_of_a_selected_one_that_is_removed(tab: Page) -> None:
    main, _other = added("mistral", "main", "other")
    open_desk(tab, one=main.uuid)

    integrations.remove_connection(main.uuid)

    gone = card(tab, "Integration deleted")
    expect_selected(gone)
    expect(gone).to_contain_text(str(main.uuid))
    expect_selected(card(tab, "other"), selected=False)
    expect_told(tab)


def test_the_selected_one_stays_the_only_one_when_the_others_are_removed(tab: Page) -> None:
    main, other = added("mistral", "main", "other")
    open_desk(tab, one=other.uuid)

    integrations.remove_connection(main.uuid)

    expect(cards(tab)).to_have_count(1)
    expect_selected(card(tab, "other"))
    expect_told(tab)


def test_what_exists_no_more_can_be_deselected(tab: Page) -> None:
    added("mistral", "main")
    open_desk(tab, one=ANY_UUID)

    card(tab, "Integration deleted").click()

    expect(cards(tab)).to_have_count(1)
    expect_told(tab, f"one deselect {ANY_UUID}")


def test_what_is_stored_in_capitals_is_the_same_connection(tab: Page) -> None:
    (main,) = added("mistral", "main")
    stored = str(main.uuid).upper()
    open_desk(tab, some=(stored,))

    expect(cards(tab, SOME)).to_have_count(1)
    card(tab, "main", SOME).click()

    expect_told(tab, f"some remove {stored}")
