"""The list: what a row says, and what can be done from it."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.connection import Status
from tests.e2e.conftest import EMAIL, NewBrowser, NewTab, sign_in
from tests.e2e.pages import (
    LISTING_ADDRESS,
    act,
    button,
    checked,
    name_field,
    names,
    open_list,
    open_menu,
    row,
    rows,
    stored,
)
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour


def test_an_empty_list_says_what_can_be_connected(admin: Page) -> None:
    open_list(admin)

    expect(admin.get_by_text("No integrations configured")).to_be_visible()
    *titles, last = [provider.title for provider in integrations.list_providers()]
    expect(admin.get_by_text("Connect a service such as")).to_have_text(
        f"Connect a service such as {', '.join(titles)} and {last}."
    )
    expect(admin.get_by_role("link", name="Add Integration")).to_have_attribute(
        "href", re.compile(re.escape(routes.NEW))
    )


def test_a_row_says_name_service_account_status_and_what_can_be_done(
    admin: Page, library: DatabaseUnderTest
) -> None:
    checked("mistral", "default")
    library.execute("UPDATE integration_connections SET account_name = 'grace@example.com'")

    open_list(admin)

    headings = admin.get_by_role("columnheader")
    expect(headings).to_have_text(["Connection", "Status", "Last tested", "Actions"])
    shown = row(admin, "default")
    expect(shown.get_by_role("rowheader")).to_have_text("defaultMistral · grace@example.com")
    expect(shown).to_contain_text("Connected")
    expect(shown.get_by_role("cell", name="a few seconds ago")).to_be_visible()
    expect(shown.get_by_role("link", name="Configure")).to_be_visible()
    expect(shown.get_by_role("button")).to_have_count(1)
    expect(open_menu(shown).get_by_role("menuitem")).to_have_text(
        ["Test Connection", "Disconnect", "Copy uuid", "Remove"]
    )


def test_each_row_is_two_lines_whatever_stands_in_it(
    admin: Page, library: DatabaseUnderTest
) -> None:
    checked("mistral", "newsletter", Behaviour.WRONG)
    checked("mistral", "night-reports")
    integrations.add_connection("mistral", 100 * "n")
    library.execute(
        "UPDATE integration_connections SET account_name = repeat('Ärzte ohne Grenzen ', 10)"
    )
    admin.set_viewport_size({"width": 1440, "height": 900})

    open_list(admin)
    expect(rows(admin)).to_have_count(3)

    heights = {box["height"] for each in rows(admin).all() if (box := each.bounding_box())}
    assert len(heights) == 1
    assert heights.pop() < 60


def test_a_reason_takes_one_line_and_is_whole_for_whoever_opens_it(admin: Page) -> None:
    checked("deepseek", "main", Behaviour.NO_CREDIT)
    admin.set_viewport_size({"width": 1000, "height": 900})
    open_list(admin)
    reason = row(admin, "main").locator("summary")
    cut = reason.bounding_box()
    assert cut is not None

    reason.focus()
    admin.keyboard.press("Enter")

    whole = reason.bounding_box()
    assert whole is not None
    assert whole["height"] > cut["height"]
    expect(row(admin, "main").get_by_text("Tested a few seconds ago")).to_be_visible()


def test_the_menu_has_the_whole_of_a_name_that_is_cut(admin: Page) -> None:
    integrations.add_connection("mistral", 100 * "n")
    open_list(admin)

    expect(open_menu(rows(admin).first)).to_contain_text("Mistral " + 100 * "n")


def test_the_menu_copies_the_uuid(new_browser: NewBrowser, new_tab: NewTab) -> None:
    context = new_browser(permissions=["clipboard-read", "clipboard-write"])
    sign_in(context, EMAIL)
    page = new_tab(context)
    uuid = stored("mistral", "main").uuid
    open_list(page)

    act(row(page, "main"), "Copy uuid")

    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == str(uuid)


def test_each_status_has_its_word_and_its_actions(admin: Page) -> None:
    integrations.add_connection("mistral", "empty")
    stored("mistral", "untested")
    checked("mistral", "refused", Behaviour.WRONG)
    expected = {
        "empty": ("Not connected", ["Copy uuid", "Remove"]),
        "untested": ("Not tested", ["Test Connection", "Copy uuid", "Remove"]),
        "refused": ("Error", ["Test Connection", "Copy uuid", "Remove"]),
    }

    open_list(admin)

    for name, (word, actions) in expected.items():
        expect(row(admin, name).get_by_text(word, exact=True)).to_be_visible()
        expect(open_menu(row(admin, name)).get_by_role("menuitem")).to_have_text(actions)
        admin.keyboard.press("Escape")
    expect(row(admin, "refused")).to_contain_text("The key was refused by Mistral")


def test_configure_leads_to_the_page_of_the_uuid(admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_list(admin)

    row(admin, "main").get_by_role("link", name="Configure").click()

    expect(admin).to_have_url(re.compile(re.escape(routes.edit(uuid)) + "/?$"))
    expect(name_field(admin)).to_be_visible()


def test_testing_from_the_list_says_that_it_works(admin: Page) -> None:
    stored("deepseek", "main")
    open_list(admin)

    act(row(admin, "main"), "Test Connection")

    expect(row(admin, "main").get_by_text("Connected", exact=True)).to_be_visible()
    expect(open_menu(row(admin, "main")).get_by_role("menuitem", name="Disconnect")).to_be_visible()


def test_testing_from_the_list_says_why_it_failed(admin: Page) -> None:
    stored("deepseek", "main", Behaviour.NO_CREDIT)
    open_list(admin)

    act(row(admin, "main"), "Test Connection")

    expect(row(admin, "main").get_by_text("Error", exact=True)).to_be_visible()
    expect(row(admin, "main")).to_contain_text("the account at DeepSeek has no credit")


def test_while_a_test_runs_its_row_says_so(admin: Page) -> None:
    stored("mistral", "slow", Behaviour.HANGING)
    open_list(admin)

    act(row(admin, "slow"), "Test Connection")

    expect(row(admin, "slow").get_by_text("Testing…")).to_be_visible()
    again = open_menu(row(admin, "slow")).get_by_role("menuitem", name="Test Connection")
    expect(again).to_be_disabled()


def test_disconnecting_keeps_the_row(admin: Page) -> None:
    uuid = checked("mistral", "main").uuid
    open_list(admin)

    act(row(admin, "main"), "Disconnect")
    question = admin.get_by_role("alertdialog", name="Disconnect Mistral main?")
    button(question, "Disconnect").click()

    expect(row(admin, "main").get_by_text("Not connected", exact=True)).to_be_visible()
    expect(question).to_have_count(0)
    kept = integrations.get_integration_by_uuid(uuid)
    assert (kept.name, kept.status, kept.saved_secrets) == ("main", Status.DISCONNECTED, ())


def test_disconnecting_asks_first_and_can_be_declined(admin: Page) -> None:
    uuid = checked("mistral", "main").uuid
    open_list(admin)

    act(row(admin, "main"), "Disconnect")
    button(admin.get_by_role("alertdialog"), "Keep it connected").click()

    expect(admin.get_by_role("alertdialog")).to_have_count(0)
    assert integrations.is_connected(uuid)


def test_removing_asks_first_and_can_be_declined(admin: Page) -> None:
    stored("mistral", "default")
    open_list(admin)

    act(row(admin, "default"), "Remove")
    question = admin.get_by_role("alertdialog", name="Remove Mistral default?")
    expect(question).to_contain_text("Nothing that this app knows of uses it.")
    button(question, "Keep it").click()

    expect(question).to_have_count(0)
    expect(row(admin, "default")).to_be_visible()
    assert names() == ["default"]


def test_escape_declines_the_removal(admin: Page) -> None:
    stored("mistral", "main")
    open_list(admin)

    act(row(admin, "main"), "Remove")
    expect(admin.get_by_role("alertdialog")).to_be_visible()
    admin.keyboard.press("Escape")

    expect(admin.get_by_role("alertdialog")).to_have_count(0)
    assert names() == ["main"]


def test_removing_deletes_for_good(admin: Page) -> None:
    stored("mistral", "main")
    stored("mistral", "kept")
    open_list(admin)

    act(row(admin, "main"), "Remove")
    button(admin.get_by_role("alertdialog"), "Remove for good").click()

    expect(admin.get_by_role("alertdialog")).to_have_count(0)
    expect(row(admin, "main")).to_have_count(0)
    expect(rows(admin)).to_have_count(1)
    assert names() == ["kept"]


def test_an_unknown_uuid_leads_back_to_the_list(admin: Page) -> None:
    stored("mistral", "main")

    admin.goto(routes.edit(UUID(int=7)))

    expect(admin).to_have_url(LISTING_ADDRESS)
    expect(admin.get_by_text("Integration not found")).to_be_visible()
    expect(row(admin, "main")).to_be_visible()


def test_what_is_no_uuid_leads_back_to_the_list(admin: Page) -> None:
    admin.goto(routes.edit("mistral:default"))

    expect(admin).to_have_url(LISTING_ADDRESS)
    expect(admin.get_by_text("Integration not found")).to_be_visible()


def test_an_address_that_leads_nowhere_says_so(admin: Page) -> None:
    admin.goto("/no/such/page")

    expect(admin.get_by_role("heading", name="There is nothing here")).to_be_visible()
    expect(admin.get_by_role("link", name="Go to the integrations")).to_be_visible()
