"""Pages that the browser translates go on repainting, and leave names as they are."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from integrations_app import integrations
from tests.e2e.endpoints import changed, made, open_endpoints
from tests.e2e.pages import (
    check,
    checked,
    open_edit,
    open_list,
    open_new,
    row,
    stored,
)
from tests.e2e.translating import translate
from tests.world import Behaviour, key

FAILED = "This page stopped working"
_FAIL_ONCE = """
() => {
  const remove = Node.prototype.removeChild;
  Node.prototype.removeChild = function () {
    Node.prototype.removeChild = remove;
    throw new Error("a secret cause");
  };
}
"""


def button(page: Page | Locator, name: str) -> Locator:
    """A button by its name, translated or not."""
    return page.get_by_role("button", name=re.compile(f"^⟦?{re.escape(name)}⟧?$"))


def act(shown: Locator, name: str) -> None:
    """Do something that stands in the menu of a row, translated or not."""
    button(shown, "More actions").click()
    entry = re.compile(f"^⟦?{re.escape(name)}⟧?$")
    shown.page.get_by_role("menuitem", name=entry).click()


def said(place: Page | Locator, text: str) -> Locator:
    """The translation of exactly this text."""
    return place.get_by_text(f"⟦{text}⟧", exact=True)


def test_a_translated_list_repaints_and_leaves_names_as_they_are(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_list(admin)
    failures = translate(admin)
    expect(said(row(admin, "main"), "Not tested")).to_be_visible()

    check(uuid)
    expect(said(row(admin, "main"), "Connected")).to_be_visible()
    integrations.rename_connection(uuid, "renamed")
    expect(row(admin, "renamed").get_by_text("Mistral", exact=True)).to_be_visible()
    stored("deepseek", "second", Behaviour.WRONG)
    expect(row(admin, "second")).to_be_visible()
    expect(said(admin, "1–2 of 2")).to_be_visible()
    act(row(admin, "second"), "Test Connection")
    expect(said(row(admin, "second"), "Error")).to_be_visible()
    act(row(admin, "renamed"), "Disconnect")
    button(admin.get_by_role("alertdialog"), "Disconnect").click()
    expect(said(row(admin, "renamed"), "Not connected")).to_be_visible()
    act(row(admin, "second"), "Remove")
    button(admin.get_by_role("alertdialog"), "Remove for good").click()
    expect(admin.get_by_role("alertdialog")).to_have_count(0)
    expect(row(admin, "second")).to_have_count(0)
    integrations.remove_connection(uuid)
    expect(said(row(admin, "renamed"), "Removed")).to_be_visible()

    assert failures == []


def test_a_translated_form_of_a_connection_repaints(admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(admin, uuid)
    failures = translate(admin)

    check(uuid)
    expect(said(admin, "Connected")).to_be_visible()
    expect(admin.get_by_text("a few seconds ago").first).to_be_visible()
    admin.locator("#field-name").fill("mine")
    integrations.rename_connection(uuid, "theirs")
    expect(admin.get_by_text("changed this connection while you were typing")).to_be_visible()
    button(admin, "Load the new values").click()
    expect(admin.locator("#field-name")).to_have_value("theirs")
    admin.locator("#field-name").fill("mine again")
    button(admin, "Save Changes").click()
    expect(admin.get_by_text("Use 1 to 100 letters")).to_be_visible()
    admin.locator("#field-name").fill("mine")
    button(admin, "Save Changes").click()
    expect(said(admin, "Connection verified")).to_be_visible()
    button(admin, "Test Connection").click()
    expect(said(admin, "Connection verified")).to_be_visible()
    expect(admin.get_by_text(str(uuid), exact=True)).to_be_visible()
    integrations.remove_connection(uuid)
    expect(admin.get_by_text("This connection was removed by")).to_be_visible()

    assert failures == []


def test_a_translated_form_for_a_new_connection_repaints(admin: Page) -> None:
    open_new(admin, "mistral")
    failures = translate(admin)

    button(admin, "Create Connection").click()
    expect(admin.get_by_text("Give the connection a name.")).to_be_visible()
    admin.locator("#field-api_key").fill(key("mistral", Behaviour.WRONG))
    button(admin, "Test Connection").click()
    expect(admin.get_by_text("Test failed:")).to_be_visible()
    admin.locator("#field-api_key").fill(key("mistral"))
    button(admin, "Test Connection").click()
    expect(said(admin, "Connection verified")).to_be_visible()
    admin.get_by_role("link", name="Choose a different service").click()
    admin.get_by_role("alertdialog").get_by_role("button", name="Leave without saving").click()
    admin.get_by_role("searchbox").fill("deep")
    expect(admin.get_by_text("DeepSeek", exact=True)).to_be_visible()
    admin.get_by_role("searchbox").fill("no such service")
    expect(admin.get_by_text("No service matches the search.")).to_be_visible()
    admin.get_by_role("searchbox").fill("")
    admin.get_by_text("DeepSeek", exact=True).click()
    expect(admin.locator("#field-api_key")).to_be_visible()

    assert failures == []


def test_translated_pages_of_endpoints_repaint(admin: Page) -> None:
    connection = stored("openrouter", "main")
    endpoint = made("chat", connection.uuid)
    open_endpoints(admin)
    failures = translate(admin)

    check(connection.uuid)
    endpoint = changed(endpoint, name="renamed")
    expect(row(admin, "renamed")).to_be_visible()
    integrations.remove_connection(connection.uuid)
    expect(row(admin, "renamed")).to_be_visible()
    row(admin, "renamed").get_by_role("link", name="renamed", exact=True).click()
    expect(admin.locator("#field-name")).to_have_value("renamed")
    changed(endpoint, name="again")
    expect(admin.locator("#field-name")).to_have_value("again")
    stored("mistral", "other")
    expect(admin.get_by_role("option").get_by_text("other", exact=True)).to_be_visible()

    assert failures == []


def test_a_page_that_fails_in_the_browser_says_so_calmly_and_leads_on(admin: Page) -> None:
    stored("mistral", "main")
    open_list(admin)
    admin.evaluate(_FAIL_ONCE)

    admin.get_by_role("searchbox").fill("nothing has this name")

    expect(admin.get_by_role("heading", name=FAILED)).to_be_visible()
    expect(admin.get_by_text("a secret cause")).to_have_count(0)
    expect(admin.get_by_text("componentStack")).to_have_count(0)
    admin.get_by_role("button", name="Reload").click()
    expect(admin.get_by_role("heading", name=FAILED)).to_have_count(0)
    expect(admin.get_by_role("searchbox")).to_be_visible()


def test_from_a_page_that_failed_a_link_leads_back_to_the_list(admin: Page) -> None:
    uuid = checked("mistral", "main", Behaviour.WRONG).uuid
    open_edit(admin, uuid)
    expect(admin.get_by_text("The key was refused by Mistral").first).to_be_visible()
    admin.evaluate(_FAIL_ONCE)

    integrations.save_setup(uuid, {"api_key": key("mistral")})  # takes the reason away

    expect(admin.get_by_role("heading", name=FAILED)).to_be_visible()
    admin.evaluate("window.isWhatFailed = true")
    admin.get_by_role("link", name="Back to the list").click()
    expect(row(admin, "main")).to_be_visible()
    assert admin.evaluate("window.isWhatFailed") is None, "The page was not loaded anew."
