"""The page of one connection: rename, save, test, and what a browser never gets to see."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.connection import Status
from tests.e2e.pages import (
    LISTING_ADDRESS,
    alert,
    back_to_list,
    button,
    checked,
    key_field,
    name_field,
    names,
    open_edit,
    open_list,
    outcome,
    row,
    status,
    stored,
)
from tests.world import Behaviour, World, key

GIVEN_UP_WITHIN_MS = 20_000
"""A provider that hangs is given ten seconds."""


def test_a_rename_keeps_uuid_address_and_secret(admin: Page) -> None:
    uuid = checked("openrouter", "default").uuid
    open_edit(admin, uuid)
    address = admin.url

    name_field(admin).fill("marketing")
    button(admin, "Save Changes").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(name_field(admin)).to_have_value("marketing")
    assert admin.url == address
    renamed = integrations.get_integration_by_uuid(uuid)
    assert renamed.storage_key == "integration:openrouter:marketing"
    assert integrations.get_credentials(uuid)["api_key"] == key("openrouter", serial="default")


def test_an_empty_secret_keeps_the_saved_one(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)

    expect(key_field(admin)).to_have_value("")
    expect(key_field(admin)).to_have_attribute("placeholder", re.compile("Saved"))
    button(admin, "Save Changes").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    assert integrations.get_credentials(uuid)["api_key"] == key("mistral", serial="main")


def test_saving_a_new_secret_replaces_the_old_one_and_empties_the_field(admin: Page) -> None:
    uuid = checked("mistral", "main", Behaviour.WRONG).uuid
    right = key("mistral", serial="replacement")
    open_edit(admin, uuid)
    expect(status(admin, "Error")).to_be_visible()

    key_field(admin).fill(right)
    button(admin, "Save Changes").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(key_field(admin)).to_have_value("")
    expect(status(admin, "Connected")).to_be_visible()
    assert integrations.get_credentials(uuid)["api_key"] == right
    assert integrations.get_integration_by_uuid(uuid).status is Status.CONNECTED


def test_saving_checks_even_when_the_last_check_failed(admin: Page, world: World) -> None:
    uuid = checked("deepseek", "main", Behaviour.NO_CREDIT).uuid
    presented = key("deepseek", Behaviour.NO_CREDIT, serial="main")
    before = len(world.requests(key=presented))
    open_edit(admin, uuid)

    button(admin, "Save Changes").click()

    expect(outcome(admin)).to_contain_text("Test failed: The key is right, but")
    assert len(world.requests(key=presented)) == before + 1


def test_a_test_of_typed_values_is_shown_and_not_recorded(admin: Page) -> None:
    uuid = checked("mistral", "main").uuid
    before = integrations.get_integration_by_uuid(uuid)
    wrong = key("mistral", Behaviour.WRONG, serial="typed")
    open_edit(admin, uuid)

    key_field(admin).fill(wrong)
    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_contain_text("Test failed: ")
    expect(key_field(admin)).to_have_value(wrong)
    expect(status(admin, "Connected")).to_be_visible()
    assert integrations.get_integration_by_uuid(uuid) == before


def test_a_test_without_edits_is_recorded(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)
    expect(status(admin, "Not tested")).to_be_visible()

    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(status(admin, "Connected")).to_be_visible()
    expect(admin.get_by_text("Last tested a few seconds ago")).to_be_visible()
    expect(admin.get_by_text("Connected a few seconds ago")).to_be_visible()
    assert integrations.get_integration_by_uuid(uuid).status is Status.CONNECTED


def test_typing_a_new_name_makes_a_test_unrecorded_too(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)

    name_field(admin).fill("other")
    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(name_field(admin)).to_have_value("other")
    unchanged = integrations.get_integration_by_uuid(uuid)
    assert (unchanged.name, unchanged.status) == ("main", Status.CONFIGURED)


def test_a_save_need_not_wait_for_a_test_that_hangs(admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(admin, uuid)
    key_field(admin).fill(key("openrouter", Behaviour.HANGING))
    button(admin, "Test Connection").click()
    expect(status(admin, "Testing…")).to_be_visible()

    key_field(admin).fill(key("openrouter", serial="works"))
    name_field(admin).fill("renamed")
    button(admin, "Save Changes").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    assert names() == ["renamed"]
    assert integrations.get_integration_by_uuid(uuid).status is Status.CONNECTED


def test_renaming_to_a_taken_name_is_shown_at_the_field(admin: Page) -> None:
    stored("mistral", "taken")
    uuid = stored("mistral", "main").uuid
    typed = key("mistral", serial="typed")
    open_edit(admin, uuid)

    name_field(admin).fill("taken")
    key_field(admin).fill(typed)
    button(admin, "Save Changes").click()

    expect(alert(admin, "This name is already taken.")).to_be_visible()
    expect(name_field(admin)).to_be_focused()
    expect(name_field(admin)).to_have_value("taken")
    expect(key_field(admin)).to_have_value(typed)
    assert integrations.get_credentials(uuid)["api_key"] == key("mistral", serial="main")


def test_the_eye_shows_what_is_typed_and_hides_it_again(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)
    key_field(admin).fill("typed")
    assert _masked(admin)

    button(admin, "Show API key").click()
    expect(button(admin, "Hide API key")).to_be_visible()
    assert not _masked(admin)
    expect(key_field(admin)).to_have_value("typed")
    button(admin, "Hide API key").click()

    expect(button(admin, "Show API key")).to_be_visible()
    assert _masked(admin)
    expect(key_field(admin)).to_have_value("typed")


def test_instructions_are_closed_and_open_on_a_click(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    panel = admin.get_by_role("group").filter(has_text="Setup Instructions")

    expect(panel).not_to_have_attribute("open", "")
    panel.get_by_text("Setup Instructions").click()

    expect(panel.get_by_role("link").first).to_be_visible()


def test_the_danger_zone_is_closed_at_first(admin: Page) -> None:
    open_edit(admin, checked("mistral", "main").uuid)

    expect(button(admin, "Remove")).not_to_be_visible()
    admin.get_by_text("Danger Zone").click()

    expect(button(admin, "Remove")).to_be_visible()


def test_deleting_asks_first_and_leads_back_to_the_list(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    stored("mistral", "kept")
    open_edit(admin, uuid)

    admin.get_by_text("Danger Zone").click()
    button(admin, "Remove").click()
    question = admin.get_by_role("alertdialog", name="Remove Mistral main?")
    button(question, "Keep it").click()
    expect(question).to_have_count(0)
    button(admin, "Remove").click()
    button(question, "Remove for good").click()

    expect(admin).to_have_url(LISTING_ADDRESS)
    expect(admin.get_by_text("Mistral main was removed.")).to_be_visible()
    expect(row(admin, "kept")).to_be_visible()
    assert names() == ["kept"]


def test_an_oauth_client_can_be_changed_and_its_secret_kept(admin: Page) -> None:
    values = {"client_id": "first", "client_secret": "the-client-secret"}
    uuid = integrations.add_connection("microsoft", "mail", values=values).uuid
    open_edit(admin, uuid)

    admin.get_by_label("Client ID", exact=True).fill("second")
    admin.get_by_label("Tenant ID", exact=True).fill("contoso.com")
    button(admin, "Save Changes").click()

    expect(outcome(admin)).to_have_text("Saved")
    saved = integrations.get_integration_by_uuid(uuid)
    assert saved.setup_values == {"client_id": "second", "tenant_id": "contoso.com"}
    assert saved.saved_secrets == ("client_secret",)


def test_a_value_of_a_wrong_form_is_refused_at_its_field(admin: Page) -> None:
    values = {"client_id": "first", "client_secret": "the-client-secret"}
    uuid = integrations.add_connection("microsoft", "mail", values=values).uuid
    open_edit(admin, uuid)

    admin.get_by_label("Tenant ID", exact=True).fill("not a tenant")
    button(admin, "Save Changes").click()

    field = admin.get_by_label("Tenant ID", exact=True)
    expect(field).to_have_accessible_description(re.compile("A tenant ID, a domain such as"))
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_value("not a tenant")


def test_going_from_one_connection_to_another_shows_the_other(admin: Page) -> None:
    first, second = stored("mistral", "first").uuid, checked("deepseek", "second").uuid
    open_edit(admin, first)
    name_field(admin).fill("half-typed")

    back_to_list(admin)
    row(admin, "second").get_by_role("link", name="Configure").click()

    expect(admin).to_have_url(re.compile(re.escape(routes.edit(second))))
    expect(name_field(admin)).to_have_value("second")
    expect(admin.get_by_role("heading", name="second", level=1)).to_be_visible()
    admin.go_back()
    open_list(admin)
    expect(row(admin, "first")).to_be_visible()


def _masked(page: Page) -> bool:
    style = "(field) => getComputedStyle(field).webkitTextSecurity"
    return key_field(page).evaluate(style) == "disc"


def test_a_test_that_hangs_stands_in_no_way_and_its_outcome_is_told_elsewhere(admin: Page) -> None:
    hanging = stored("openrouter", "hanging", Behaviour.HANGING).uuid
    stored("mistral", "other")
    open_edit(admin, hanging)
    button(admin, "Test Connection").click()
    expect(button(admin, "Test Connection")).to_be_disabled()

    back_to_list(admin)
    row(admin, "other").get_by_role("link", name="Configure").click()
    expect(name_field(admin)).to_have_value("other")
    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    told = admin.get_by_text("hanging: Test failed: OpenRouter could not be reached in time.")
    expect(told).to_be_visible(timeout=GIVEN_UP_WITHIN_MS)
