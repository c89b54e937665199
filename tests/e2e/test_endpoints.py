"""AI endpoints: listed, made, changed by several admins, removed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from integrations_app.features.ai_endpoints import lookup, service
from integrations_app.features.ai_endpoints.endpoint import Draft
from tests.e2e.conftest import LIVE_WITHIN_MS
from tests.e2e.endpoints import (
    SOMEBODY,
    changed,
    choice,
    made,
    model_of_endpoint,
    name_of_endpoint,
    open_endpoint,
    open_endpoints,
    stored,
)
from tests.e2e.pages import act, alert, button, checked, row, rows
from tests.e2e.pages import stored as connected
from tests.postgresql import DatabaseUnderTest

ADDRESS_OF_ONE = re.compile(re.escape(routes.AI_ENDPOINTS) + r"/[0-9a-f-]{36}/?$")
ADDRESS_OF_ALL = re.compile(re.escape(routes.AI_ENDPOINTS) + r"/?$")


def test_the_navigation_leads_to_an_empty_list_and_that_to_the_form(admin: Page) -> None:
    admin.goto(routes.LISTING)

    admin.get_by_role("navigation", name="Main").get_by_role("link", name="AI endpoints").click()
    expect(admin.get_by_role("heading", name="No AI endpoints yet")).to_be_visible()
    admin.get_by_role("link", name="Add Endpoint").click()

    expect(name_of_endpoint(admin)).to_be_visible()
    expect(admin).to_have_title("Add Endpoint")


def test_an_endpoint_is_made_with_the_connection_that_is_picked(admin: Page) -> None:
    connected("deepseek", "team")
    picked = checked("mistral", "main").uuid
    integrations.add_connection("google", "mail")
    admin.goto(routes.AI_ENDPOINT_NEW)

    name_of_endpoint(admin).fill("Team chat")
    model_of_endpoint(admin).fill("mistral-small-latest")
    expect(admin.get_by_role("option")).to_have_count(2)  # mail has no models
    expect(admin.get_by_role("option", selected=True)).to_have_count(0)
    choice(admin, "main").click()
    expect(choice(admin, "main")).to_have_attribute("aria-selected", "true")
    button(admin, "Create Endpoint").click()

    expect(admin).to_have_url(ADDRESS_OF_ONE)
    expect(button(admin, "Save Changes")).to_be_visible()
    expect(admin).to_have_title("Team chat – AI endpoint")
    assert stored() == [Draft(name="Team chat", model="mistral-small-latest", integration=picked)]


def test_by_keyboard_alone_an_endpoint_is_made(admin: Page) -> None:
    picked = checked("mistral", "main").uuid
    admin.goto(routes.AI_ENDPOINT_NEW)
    expect(choice(admin, "main")).to_be_visible()

    name_of_endpoint(admin).focus()
    admin.keyboard.type("chat")
    admin.keyboard.press("Tab")
    admin.keyboard.type("small")
    admin.keyboard.press("Tab")
    admin.keyboard.press("Space")
    expect(choice(admin, "main")).to_have_attribute("aria-selected", "true")
    admin.keyboard.press("Tab")
    expect(button(admin, "Create Endpoint")).to_be_focused()
    admin.keyboard.press("Enter")

    expect(admin).to_have_url(ADDRESS_OF_ONE)
    assert stored() == [Draft(name="chat", model="small", integration=picked)]


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(admin: Page) -> None:
    connected("mistral", "main")
    admin.goto(routes.AI_ENDPOINT_NEW)
    model_of_endpoint(admin).fill("small")
    choice(admin, "main").click()

    button(admin, "Create Endpoint").click()

    expect(alert(admin, "Give the endpoint a name.")).to_be_visible()
    expect(name_of_endpoint(admin)).to_be_focused()
    expect(name_of_endpoint(admin)).to_have_attribute("aria-invalid", "true")
    expect(model_of_endpoint(admin)).to_have_value("small")
    expect(choice(admin, "main")).to_have_attribute("aria-selected", "true")
    assert stored() == []


def test_a_taken_name_is_said_at_its_field(admin: Page) -> None:
    made("Chat")
    admin.goto(routes.AI_ENDPOINT_NEW)
    name_of_endpoint(admin).fill("CHAT")
    model_of_endpoint(admin).fill("small")

    button(admin, "Create Endpoint").click()

    expect(alert(admin, "This name is already taken.")).to_be_visible()
    expect(name_of_endpoint(admin)).to_have_value("CHAT")
    expect(model_of_endpoint(admin)).to_have_value("small")
    assert [draft.name for draft in stored()] == ["Chat"]


def test_a_change_is_saved_and_shown_to_others_at_once(admin: Page, other_admin: Page) -> None:
    first, second = checked("mistral", "first").uuid, connected("deepseek", "second").uuid
    endpoint = made("chat", first)
    open_endpoints(other_admin)
    open_endpoint(admin, endpoint.uuid)
    expect(choice(admin, "first")).to_have_attribute("aria-selected", "true")

    name_of_endpoint(admin).fill("talk")
    choice(admin, "second").click()
    button(admin, "Save Changes").click()

    expect(admin.get_by_text("Saved", exact=True)).to_be_visible()
    expect(row(other_admin, "talk").get_by_text("second")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(row(other_admin, "talk").get_by_text("Not tested")).to_be_visible()
    assert stored() == [Draft(name="talk", model="small", integration=second)]


def test_a_click_on_what_is_picked_picks_nothing(admin: Page) -> None:
    endpoint = made("chat", checked("mistral", "main").uuid)
    open_endpoint(admin, endpoint.uuid)
    expect(choice(admin, "main")).to_have_attribute("aria-selected", "true")

    choice(admin, "main").click()
    expect(choice(admin, "main")).to_have_attribute("aria-selected", "false")
    button(admin, "Save Changes").click()

    expect(admin.get_by_text("Saved", exact=True)).to_be_visible()
    assert stored() == [Draft(name="chat", model="small", integration=None)]


def test_a_page_that_nobody_types_at_follows_what_others_save(admin: Page) -> None:
    endpoint = made("chat", checked("mistral", "main").uuid)
    other = connected("deepseek", "other").uuid
    open_endpoint(admin, endpoint.uuid)

    changed(endpoint, name="talk", integration=other)

    expect(name_of_endpoint(admin)).to_have_value("talk", timeout=LIVE_WITHIN_MS)
    expect(choice(admin, "other")).to_have_attribute("aria-selected", "true")


def test_what_is_being_typed_stays_and_a_save_names_what_others_changed(admin: Page) -> None:
    endpoint = made("chat")
    open_endpoint(admin, endpoint.uuid)
    name_of_endpoint(admin).fill("mine")
    expect(name_of_endpoint(admin)).to_have_value("mine")

    theirs = changed(endpoint, model="theirs")
    expect(alert(admin, "Someone changed this endpoint while you were")).to_be_visible()
    button(admin, "Save Changes").click()

    expect(alert(admin, "Someone else changed the model meanwhile.")).to_be_visible()
    expect(name_of_endpoint(admin)).to_have_value("mine")
    assert lookup.by_uuid(endpoint.uuid) == theirs


def test_after_a_conflict_one_saves_over_them_or_loads_theirs(admin: Page) -> None:
    endpoint = made("chat")
    open_endpoint(admin, endpoint.uuid)
    model_of_endpoint(admin).fill("mine")
    theirs = changed(endpoint, model="theirs")
    expect(alert(admin, "Someone changed this endpoint")).to_be_visible()

    button(admin, "Load the new values").click()
    expect(model_of_endpoint(admin)).to_have_value("theirs")
    model_of_endpoint(admin).fill("mine again")
    changed(theirs, model="theirs again")
    expect(alert(admin, "Someone changed this endpoint")).to_be_visible()
    button(admin, "Save Changes").click()
    button(admin, "Save over them").click()

    expect(admin.get_by_text("Saved", exact=True)).to_be_visible()
    expect(model_of_endpoint(admin)).to_have_value("mine again")
    assert [draft.model for draft in stored()] == ["mine again"]


def test_an_endpoint_that_is_removed_elsewhere_says_so_and_keeps_what_is_typed(
    admin: Page,
) -> None:
    endpoint = made("chat")
    open_endpoint(admin, endpoint.uuid)
    name_of_endpoint(admin).fill("precious")

    service.remove(endpoint.uuid, actor=SOMEBODY)

    expect(alert(admin, "This endpoint was removed.")).to_be_visible()
    expect(name_of_endpoint(admin)).to_have_value("precious")
    expect(button(admin, "Save Changes")).to_be_disabled()


def test_a_removed_connection_shows_as_deleted_at_once(admin: Page, other_admin: Page) -> None:
    used = checked("mistral", "main").uuid
    endpoint = made("chat", used)
    open_endpoints(admin)
    open_endpoint(other_admin, endpoint.uuid)
    expect(row(admin, "chat").get_by_text("main")).to_be_visible()

    integrations.remove_connection(used)

    deleted = row(admin, "chat").get_by_text("Integration deleted")
    expect(deleted).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(choice(other_admin, "Integration deleted")).to_contain_text(str(used))
    expect(choice(other_admin, "Integration deleted")).to_have_attribute("aria-selected", "true")


def test_an_endpoint_is_removed_on_the_second_click(admin: Page) -> None:
    used = checked("mistral", "main").uuid
    made("chat", used)
    made("other")
    open_endpoints(admin)

    act(row(admin, "chat"), "Remove")
    expect(admin.get_by_role("alertdialog", name="Remove chat?")).to_be_visible()
    expect(button(admin, "Keep it")).to_be_focused()
    admin.keyboard.press("Escape")
    expect(admin.get_by_role("alertdialog")).to_have_count(0)
    expect(rows(admin)).to_have_count(2)
    act(row(admin, "chat"), "Remove")
    button(admin, "Remove for good").click()

    expect(rows(admin)).to_have_count(1)
    expect(admin.get_by_text("chat was removed.")).to_be_visible()
    assert [draft.name for draft in stored()] == ["other"]
    assert integrations.is_connected(used)


def test_an_endpoint_is_removed_from_its_own_page(admin: Page) -> None:
    endpoint = made("chat")
    open_endpoint(admin, endpoint.uuid)

    admin.get_by_text("Danger Zone").click()
    button(admin, "Remove").click()
    button(admin, "Remove for good").click()

    expect(admin).to_have_url(ADDRESS_OF_ALL)
    expect(admin.get_by_text("No AI endpoints yet")).to_be_visible()
    assert stored() == []


@pytest.mark.parametrize("address", ["no-uuid", "0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"])
def test_an_unknown_address_leads_back_to_the_list(admin: Page, address: str) -> None:
    admin.goto(routes.ai_endpoint(address))

    expect(admin).to_have_url(ADDRESS_OF_ALL)
    expect(admin.get_by_text("AI endpoint not found")).to_be_visible()


def test_long_lists_are_paged_and_the_address_says_where(
    admin: Page, library: DatabaseUnderTest
) -> None:
    library.execute(
        "INSERT INTO ai_endpoints (name) SELECT 'e' || to_char(at, 'FM0000')"
        " FROM generate_series(1, 1200) AS at"
    )
    open_endpoints(admin)
    expect(rows(admin)).to_have_count(25)
    expect(admin.get_by_text("1–25 of 1,000+")).to_be_visible()

    admin.get_by_role("link", name="Next").click()
    expect(row(admin, "e0026")).to_be_visible()
    expect(admin).to_have_url(re.compile("after="))
    admin.reload()
    expect(row(admin, "e0026")).to_be_visible()
    admin.get_by_role("link", name="Previous").click()

    expect(row(admin, "e0001")).to_be_visible()
    expect(admin.get_by_role("link", name="Previous")).to_have_count(0)


def test_a_connections_removal_names_its_endpoints(admin: Page) -> None:
    used = checked("mistral", "main")
    made("Team chat", used.uuid)
    admin.goto(routes.LISTING)

    act(row(admin, "main"), "Remove")

    expect(admin.get_by_role("alertdialog").get_by_text("AI endpoint Team chat")).to_be_visible()


def test_on_a_phone_the_page_fits(new_browser, new_tab) -> None:
    from tests.e2e.conftest import EMAIL, sign_in

    phone = new_browser(viewport={"width": 390, "height": 844})
    sign_in(phone, EMAIL)
    page = new_tab(phone)
    endpoint = made("chat", checked("mistral", "main").uuid, model="a" * 200)
    for show in (open_endpoints, lambda page: open_endpoint(page, endpoint.uuid)):
        show(page)
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide
