"""The keyboard stays where it was, whatever the page draws anew."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.e2e.pages import (
    alert,
    button,
    checked,
    key_field,
    name_field,
    open_edit,
    open_new,
    outcome,
    stored,
)
from tests.world import Behaviour, key


def test_a_test_leaves_the_keyboard_on_its_button(admin: Page) -> None:
    open_edit(admin, checked("mistral", "main").uuid)
    button(admin, "Test Connection").focus()

    admin.keyboard.press("Enter")

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(button(admin, "Test Connection")).to_be_focused()


def test_a_failed_test_leaves_the_keyboard_on_its_button(admin: Page) -> None:
    open_new(admin, "mistral")
    key_field(admin).fill(key("mistral", Behaviour.WRONG))
    button(admin, "Test Connection").focus()

    admin.keyboard.press("Enter")

    expect(outcome(admin)).to_contain_text("Test failed: ")
    expect(button(admin, "Test Connection")).to_be_focused()


def test_a_save_leaves_the_keyboard_on_its_button(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("renamed")
    button(admin, "Save Changes").focus()

    admin.keyboard.press("Enter")

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(button(admin, "Save Changes")).to_be_focused()


def test_a_save_from_a_field_leaves_the_keyboard_in_it(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("renamed")

    name_field(admin).press("Enter")

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(name_field(admin)).to_be_focused()


def test_loading_what_others_saved_leads_to_the_first_field(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)
    key_field(admin).fill("typed")
    integrations.rename_connection(uuid, "theirs")
    button(admin, "Load the new values").focus()

    admin.keyboard.press("Enter")

    expect(name_field(admin)).to_have_value("theirs")
    expect(name_field(admin)).to_be_focused()


def test_a_conflict_leaves_the_keyboard_on_the_button(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)
    name_field(admin).fill("mine")
    integrations.rename_connection(uuid, "theirs")
    expect(button(admin, "Load the new values")).to_be_visible()
    button(admin, "Save Changes").focus()

    admin.keyboard.press("Enter")

    expect(alert(admin, "Someone else changed the name meanwhile.")).to_be_visible()
    expect(button(admin, "Save Changes")).to_be_focused()


def test_a_question_that_is_answered_gives_the_keyboard_back(admin: Page) -> None:
    open_edit(admin, checked("mistral", "main").uuid)
    admin.get_by_text("Danger Zone").click()
    button(admin, "Remove").focus()
    admin.keyboard.press("Enter")
    expect(button(admin, "Keep it")).to_be_focused()

    admin.keyboard.press("Enter")

    expect(admin.get_by_role("alertdialog")).to_have_count(0)
    expect(button(admin, "Remove")).to_be_focused()
