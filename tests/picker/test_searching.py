"""Finding one of many: in the browser as long as they are there, else on the server."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from integrations_app import integrations
from integrations_app.domain.choice import SOME_LIMIT
from tests.e2e.wire import Overheard
from tests.picker.pages import (
    ANY_UUID,
    SOME,
    added,
    card,
    cards,
    expect_selected,
    note,
    open_desk,
    search_field,
)
from tests.postgresql import DatabaseUnderTest

SIX = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")


def test_six_need_no_search_and_seven_do(tab: Page) -> None:
    added("mistral", *SIX)
    open_desk(tab)
    expect(cards(tab)).to_have_count(6)
    expect(search_field(tab)).to_have_count(0)

    added("mistral", "eta")

    expect(search_field(tab)).to_be_visible()


def test_a_search_does_not_go_away_under_anyone(tab: Page) -> None:
    stored = added("mistral", *SIX, "eta")
    open_desk(tab)
    search_field(tab).focus()

    for each in stored[:3]:
        integrations.remove_connection(each.uuid)

    expect(cards(tab)).to_have_count(4)
    expect(search_field(tab)).to_be_focused()


def test_a_search_looks_at_name_account_and_service(tab: Page, library: DatabaseUnderTest) -> None:
    added("mistral", *SIX)
    added("openrouter", "other")
    library.execute(
        "UPDATE integration_connections SET account_name = 'Ada Lovelace' WHERE name = 'beta'"
    )
    open_desk(tab)

    for text, name in (
        ("PSIL", "epsilon"),
        ("love", "beta"),
        ("router", "other"),
        ("a be", "beta"),
    ):
        search_field(tab).fill(text)
        expect(cards(tab)).to_have_count(1)
        expect(card(tab, name)).to_be_visible()


def test_a_search_in_the_browser_asks_nobody(tab: Page) -> None:
    added("mistral", *SIX, "eta")
    overheard = Overheard.listen(tab)
    open_desk(tab)
    before = overheard.sent

    search_field(tab).fill("eta")
    expect(cards(tab)).to_have_count(3)
    card(tab, "zeta").click()
    expect_selected(card(tab, "zeta"))

    assert overheard.sent[len(before) :].count("desk.") == 1, "The click and nothing else."


def test_how_many_were_found_is_announced(tab: Page) -> None:
    added("mistral", *SIX, "eta")
    open_desk(tab)

    search_field(tab).fill("eta")
    expect(note(tab)).to_have_text("Found: 3")
    search_field(tab).fill("omega")
    expect(note(tab)).to_have_text("No integration matches.")
    expect(cards(tab)).to_have_count(0)
    search_field(tab).fill("")

    expect(note(tab)).to_have_text("")
    expect(cards(tab)).to_have_count(7)


def test_a_search_stays_while_others_change_things(tab: Page) -> None:
    added("mistral", *SIX, "eta")
    open_desk(tab)
    search_field(tab).fill("eta")
    search_field(tab).focus()

    added("mistral", "theta", "iota")

    expect(note(tab)).to_have_text("Found: 4")
    expect(search_field(tab)).to_have_value("eta")
    expect(search_field(tab)).to_be_focused()
    for name in ("theta", "zeta", "eta", *SIX[:4]):
        integrations.remove_connection(integrations.resolve_to_uuid(f"mistral:{name}"))
    expect(note(tab)).to_have_text("No integration matches.")
    expect(search_field(tab)).to_be_focused()


def test_a_search_in_one_picker_is_not_one_in_the_other(tab: Page) -> None:
    added("mistral", *SIX, "eta")
    open_desk(tab)

    search_field(tab).fill("zeta")

    expect(cards(tab)).to_have_count(1)
    expect(cards(tab, SOME)).to_have_count(7)


def test_of_too_many_the_first_show_and_it_says_so(tab: Page, many: None) -> None:
    open_desk(tab)

    expect(cards(tab)).to_have_count(SOME_LIMIT)
    expect(note(tab)).to_have_text("There are more; search to find them.")


def test_what_is_further_down_is_found_on_the_server(tab: Page, many: None) -> None:
    open_desk(tab)

    search_field(tab).fill("n1001")
    expect(card(tab, "n1001")).to_be_visible()
    expect(note(tab)).to_have_text("Found: 1")
    card(tab, "n1001").click()
    expect_selected(card(tab, "n1001"))
    search_field(tab).fill("")

    expect_selected(card(tab, "n1001"))
    expect(note(tab)).to_have_text("There are more; search to find them.")


def test_a_search_is_asked_for_once_however_many_pickers_there_are(tab: Page, many: None) -> None:
    overheard = Overheard.listen(tab)
    open_desk(tab)

    for searches, name in enumerate(("n1001", "n0999", "n1000"), start=1):
        search_field(tab).fill(name)
        expect(card(tab, name)).to_be_visible()
        assert overheard.sent.count("find_choices") == searches
    search_field(tab).fill("")
    expect(cards(tab)).to_have_count(SOME_LIMIT)

    assert overheard.sent.count("find_choices") == 4


def test_a_search_of_an_earlier_visit_is_forgotten(tab: Page, many: None) -> None:
    open_desk(tab)
    search_field(tab).fill("n1001")
    expect(card(tab, "n1001")).to_be_visible()

    open_desk(tab)

    expect(cards(tab)).to_have_count(SOME_LIMIT)
    expect(search_field(tab)).to_have_value("")


def test_what_is_nowhere_is_not_found_on_the_server(tab: Page, many: None) -> None:
    open_desk(tab)

    search_field(tab).fill("nowhere")

    expect(note(tab)).to_have_text("No integration matches.")


def test_what_a_search_leaves_out_is_not_deleted(tab: Page, many: None) -> None:
    last = integrations.resolve_to_uuid("mistral:n1001")
    open_desk(tab, one=last, some=(ANY_UUID,))
    expect_selected(card(tab, "n1001"))
    expect_selected(card(tab, "Integration deleted", SOME))

    search_field(tab).fill("n0500")

    expect(card(tab, "n0500")).to_be_visible()
    expect(card(tab, "Integration deleted")).to_have_count(0)
    expect(card(tab, "n1001")).to_have_count(0)
    search_field(tab).fill("")
    expect_selected(card(tab, "n1001"))


def test_a_stored_one_that_is_removed_from_many_shows_as_deleted(tab: Page, many: None) -> None:
    last = integrations.resolve_to_uuid("mistral:n1001")
    open_desk(tab, one=last)
    expect_selected(card(tab, "n1001"))

    integrations.remove_connection(last)

    expect_selected(card(tab, "Integration deleted"))
