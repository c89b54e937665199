"""What stands on a card, and what stands there instead of cards."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.picker.conftest import NewTab
from tests.picker.pages import (
    ANY_UUID,
    ONE,
    SOME,
    added,
    card,
    cards,
    expect_selected,
    expect_told,
    names,
    note,
    open_desk,
    picker,
)
from tests.postgresql import DatabaseUnderTest

CHECKED = """
    UPDATE integration_connections SET status = 'connected', account_name = 'Ada Lovelace',
    connected_at = now(), last_validated_at = now() - interval '3 minutes'
"""


def test_a_card_shows_name_service_account_status_and_age(
    tab: Page, library: DatabaseUnderTest
) -> None:
    added("mistral", "default")
    library.execute(CHECKED)

    open_desk(tab)

    for text in (
        "default",
        "Mistral",
        "Ada Lovelace",
        "Connected",
        "Tested 3 minutes ago",
    ):
        expect(card(tab, "default").get_by_text(text, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("connected", "Connected"),
        ("configured", "Not tested"),
        ("error", "Error"),
        ("disconnected", "Not connected"),
    ],
)
def test_every_status_has_its_word(
    tab: Page, library: DatabaseUnderTest, status: str, word: str
) -> None:
    added("mistral", "main")
    library.execute("UPDATE integration_connections SET status = %s", status)

    open_desk(tab)

    expect(card(tab, "main").get_by_text(word, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("now() - interval '10 seconds'", "Tested just now"),
        ("now() + interval '1 hour'", "Tested just now"),
        ("now() - interval '1 minute'", "Tested 1 minute ago"),
        ("now() - interval '50 hours'", "Tested 2 days ago"),
        ("now() - interval '400 days'", "Tested 1 year ago"),
        ("NULL", "Never tested"),
    ],
)
def test_the_age_is_told_as_people_do(
    tab: Page, library: DatabaseUnderTest, at: str, words: str
) -> None:
    added("mistral", "main")
    library.execute(f"UPDATE integration_connections SET last_validated_at = {at}")

    open_desk(tab)

    expect(card(tab, "main").get_by_text(words, exact=True)).to_be_visible()


def test_the_age_grows_while_the_page_is_open(new_tab: NewTab, library: DatabaseUnderTest) -> None:
    added("mistral", "main")
    library.execute("UPDATE integration_connections SET last_validated_at = now()")
    tab = new_tab()
    tab.clock.install()
    open_desk(tab)
    expect(card(tab, "main").get_by_text("Tested just now")).to_be_visible()

    tab.clock.fast_forward("05:00")

    expect(card(tab, "main").get_by_text("Tested 5 minutes ago")).to_be_visible()


def test_where_there_is_only_one_service_none_is_named(tab: Page) -> None:
    added("mistral", "main")

    open_desk(tab)

    expect(card(tab, "main", ONE).get_by_text("Mistral")).to_be_visible()
    expect(card(tab, "main", SOME).get_by_text("Mistral")).to_have_count(0)
    expect(card(tab, "main", SOME).locator(".picker-mark")).to_have_count(0)


def test_a_logo_that_the_app_does_not_have_is_a_letter(tab: Page) -> None:
    added("mistral", "main")
    added("openrouter", "other")

    open_desk(tab)

    expect(card(tab, "main").locator(".picker-mark")).to_have_text("M")
    expect(card(tab, "other").locator(".picker-mark")).to_have_text("O")


def test_a_logo_that_the_app_has_is_shown(tab: Page) -> None:
    added("mistral", "main")
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"/>'
    tab.route(
        "**/providers/mistral.svg",
        lambda route: route.fulfill(body=drawing, content_type="image/svg+xml"),
    )

    open_desk(tab)

    expect(card(tab, "main").locator("img")).to_have_attribute("src", "/providers/mistral.svg")


def test_only_one_service_shows_where_only_one_is_asked_for(tab: Page) -> None:
    added("mistral", "main")
    added("openrouter", "other")

    open_desk(tab)

    expect(cards(tab, ONE)).to_have_count(2)
    expect(cards(tab, SOME)).to_have_count(1)


def test_what_is_stored_shows_though_it_is_of_another_service(tab: Page) -> None:
    added("mistral", "main")
    (other,) = added("openrouter", "other")

    open_desk(tab, some=(other.uuid,))

    expect_selected(card(tab, "other", SOME))
    expect(card(tab, "other", SOME).get_by_text("OpenRouter")).to_be_visible()


def test_what_is_stored_stands_first_and_a_click_moves_nothing(tab: Page) -> None:
    stored = added("mistral", "a", "b", "c", "d")
    open_desk(tab, some=(stored[2].uuid,))
    expect(cards(tab, SOME)).to_have_count(4)
    assert names(tab, SOME) == ["c", "a", "b", "d"]

    card(tab, "d", SOME).click()
    expect_selected(card(tab, "d", SOME))
    card(tab, "c", SOME).click()
    expect_selected(card(tab, "c", SOME), selected=False)

    assert names(tab, SOME) == ["c", "a", "b", "d"]


def test_what_is_connected_stands_before_what_is_not(tab: Page, library: DatabaseUnderTest) -> None:
    added("deepseek", "a")
    added("mistral", "b", "c", "d")
    library.execute("UPDATE integration_connections SET status = 'error' WHERE name = 'b'")
    library.execute(
        "UPDATE integration_connections SET status = 'connected' WHERE name IN ('c', 'd')"
    )

    open_desk(tab)

    expect(cards(tab)).to_have_count(4)
    assert names(tab) == ["c", "d", "a", "b"]


def test_a_check_moves_no_card(tab: Page, library: DatabaseUnderTest) -> None:
    added("mistral", "a", "b")
    library.execute("UPDATE integration_connections SET status = 'connected' WHERE name = 'b'")
    open_desk(tab)
    expect(cards(tab)).to_have_count(2)

    integrations.save_setup(integrations.resolve_to_uuid("mistral:b"), {"api_key": "another"})

    expect(card(tab, "b").get_by_text("Not tested", exact=True)).to_be_visible()
    assert names(tab) == ["b", "a"]


def test_the_label_stands_above_the_list(tab: Page) -> None:
    added("mistral", "main")

    open_desk(tab)

    label, list_ = (
        each.bounding_box() for each in (picker(tab).get_by_text(ONE, exact=True), cards(tab).first)
    )
    assert label is not None
    assert list_ is not None
    assert label["y"] + label["height"] <= list_["y"]


def test_a_long_list_goes_on_where_it_is_scrolled_to(tab: Page) -> None:
    added("mistral", *(f"n{number:03}" for number in range(120)))
    open_desk(tab)

    for _ in range(4):
        cards(tab).last.scroll_into_view_if_needed()

    expect(card(tab, "n119")).to_be_visible()
    expect(card(tab, "n119")).to_have_attribute("aria-posinset", "120")
    expect(card(tab, "n119")).to_have_attribute("aria-setsize", "120")


def test_what_others_change_shows_without_a_reload(tab: Page, library: DatabaseUnderTest) -> None:
    (main,) = added("mistral", "main")
    open_desk(tab)

    integrations.save_setup(main.uuid, {"api_key": "a-key"})
    expect(card(tab, "main").get_by_text("Not tested", exact=True)).to_be_visible()
    integrations.rename_connection(main.uuid, "renamed")
    expect(card(tab, "renamed")).to_be_visible()
    added("openrouter", "new")

    expect(card(tab, "new")).to_be_visible()
    expect_told(tab)


def test_nothing_is_called_deleted_before_it_is_known(tab: Page) -> None:
    tab.goto(f"/waiting?one={ANY_UUID}")

    expect(note(tab)).to_have_text("Loading…")
    expect(picker(tab)).to_have_attribute("aria-busy", "true")
    expect(cards(tab)).to_have_count(0)


def test_an_empty_picker_leads_to_where_a_first_one_is_made(tab: Page) -> None:
    open_desk(tab)

    expect(note(tab)).to_have_text("No integrations yet. Add Integration")
    expect(picker(tab).get_by_role("link", name="Add Integration")).to_have_attribute(
        "href", "/elsewhere"
    )
    expect(note(tab, SOME)).to_have_text("No integrations yet.")


def test_a_first_one_takes_the_place_of_the_empty_picker(tab: Page) -> None:
    open_desk(tab)

    added("mistral", "main")

    expect_selected(card(tab, "main"), selected=False)
    expect(note(tab)).to_have_text("")


def test_on_a_phone_nothing_stands_out_of_the_page(
    new_tab: NewTab, library: DatabaseUnderTest
) -> None:
    phone = new_tab(viewport={"width": 390, "height": 844})
    added("mistral", "x" * 100, "main")
    library.execute(CHECKED)
    library.execute("UPDATE integration_connections SET account_name = repeat('long', 50)")

    open_desk(phone, one=ANY_UUID)

    expect(cards(phone)).to_have_count(3)
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
