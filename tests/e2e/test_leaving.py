"""Edits that nobody has saved are left only by whoever says so."""

from __future__ import annotations

import re

from playwright.sync_api import Dialog, Locator, Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.actor import Actor
from integrations_app.features.projects import lookup as projects_stored
from integrations_app.features.projects import service as projects
from integrations_app.features.projects.project import Draft as Project
from tests.e2e.pages import (
    EDIT_ADDRESS,
    LISTING_ADDRESS,
    LOGIN_ADDRESS,
    breadcrumb,
    button,
    key_field,
    name_field,
    open_edit,
    open_list,
    open_new,
    outcome,
    row,
    stored,
)
from tests.postgresql import DatabaseUnderTest
from tests.world import key


def question(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Leave without saving?")


def open_from_list(page: Page, name: str) -> None:
    """Open a connection's page as people do, so that there is something to go back to."""
    open_list(page)
    row(page, name).get_by_role("link", name="Configure").click()
    expect(name_field(page)).to_have_value(name)


def test_a_link_asks_first_and_whoever_stays_keeps_everything(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("half-typed")
    key_field(admin).fill("half a key")

    breadcrumb(admin).click()
    button(question(admin), "Keep editing").click()

    expect(question(admin)).to_have_count(0)
    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(name_field(admin)).to_have_value("half-typed")
    expect(key_field(admin)).to_have_value("half a key")


def test_escape_stays_and_gives_the_keyboard_back(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("half-typed")
    admin.get_by_role("link", name="Cancel").click()
    expect(button(question(admin), "Keep editing")).to_be_focused()

    admin.keyboard.press("Escape")

    expect(question(admin)).to_have_count(0)
    expect(admin.get_by_role("link", name="Cancel")).to_be_focused()


def test_whoever_leaves_goes_where_the_link_leads(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)
    name_field(admin).fill("half-typed")

    admin.get_by_role("link", name="Cancel").click()
    button(question(admin), "Leave without saving").click()

    expect(admin).to_have_url(LISTING_ADDRESS)
    expect(row(admin, "main")).to_be_visible()
    assert integrations.get_integration_by_uuid(uuid).name == "main"


def test_back_asks_first_too(admin: Page) -> None:
    stored("mistral", "main")
    open_from_list(admin, "main")
    name_field(admin).fill("half-typed")

    admin.go_back()
    expect(question(admin)).to_be_visible()
    expect(admin).to_have_url(EDIT_ADDRESS)
    button(question(admin), "Leave without saving").click()

    expect(admin).to_have_url(LISTING_ADDRESS)


def test_closing_the_tab_is_asked_about_by_the_browser(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("half-typed")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    admin.on("dialog", stay)
    with admin.expect_event("dialog"):
        admin.close(run_before_unload=True)

    assert asked == ["beforeunload"]
    expect(name_field(admin)).to_have_value("half-typed")


def test_signing_out_asks_first(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("half-typed")

    button(admin, "Sign out").click()
    expect(question(admin)).to_be_visible()
    button(question(admin), "Keep editing").click()

    expect(admin).not_to_have_url(LOGIN_ADDRESS)
    expect(name_field(admin)).to_have_value("half-typed")


def test_nothing_is_asked_where_nothing_was_typed(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)

    breadcrumb(admin).click()

    expect(admin).to_have_url(LISTING_ADDRESS)


def test_nothing_is_asked_about_what_was_typed_and_taken_back(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("other")
    name_field(admin).fill("main")

    breadcrumb(admin).click()

    expect(admin).to_have_url(LISTING_ADDRESS)


def test_nothing_is_asked_about_what_is_saved(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("renamed")
    button(admin, "Save Changes").click()
    expect(outcome(admin)).to_have_text("Connection verified")

    breadcrumb(admin).click()

    expect(admin).to_have_url(LISTING_ADDRESS)
    expect(row(admin, "renamed")).to_be_visible()


def test_creating_leads_on_without_a_question(admin: Page) -> None:
    open_new(admin, "mistral")
    name_field(admin).fill("main")
    key_field(admin).fill(key("mistral"))

    button(admin, "Create Connection").click()

    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(outcome(admin)).to_have_text("Connection verified")


def test_choosing_a_different_service_asks_first(admin: Page) -> None:
    open_new(admin, "mistral")
    name_field(admin).fill("half-typed")

    admin.get_by_role("link", name="Choose a different service").click()
    button(question(admin), "Leave without saving").click()

    expect(admin.get_by_role("list", name="Services")).to_be_visible()


def test_the_forms_of_modules_ask_as_well(admin: Page, library: DatabaseUnderTest) -> None:
    library.execute("DELETE FROM projects")
    made = projects.add(Project(name="Apollo"), actor=Actor.of("somebody else"))
    admin.goto(f"{routes.PROJECTS}/{made.uuid}")
    admin.get_by_label("Name", exact=True).fill("half-typed")

    breadcrumb(admin).click()
    button(question(admin), "Leave without saving").click()

    expect(admin).to_have_url(re.compile(re.escape(routes.PROJECTS) + "/?$"))
    assert projects_stored.by_uuid(made.uuid).draft.name == "Apollo"
    library.execute("DELETE FROM projects")
