"""An old key: shown on a click and nowhere else, and never through the page's state."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from tests.e2e.conftest import EMAIL
from tests.e2e.endpoints import choice, made, name_of_endpoint, old_key, open_endpoint, with_old_key
from tests.e2e.pages import alert, back_to_list, button
from tests.e2e.wire import Overheard
from tests.postgresql import DatabaseUnderTest
from tests.world import key

KEY = key("openrouter", serial="of old")


def test_an_old_key_is_shown_on_a_click_and_travels_in_one_answer_only(
    admin: Page, library: DatabaseUnderTest
) -> None:
    overheard = Overheard.listen(admin)
    uuid = with_old_key(library, "chat", KEY, "openai")
    open_endpoint(admin, uuid)
    expect(admin.get_by_role("heading", name="An old key is stored here")).to_be_visible()
    expect(admin.get_by_text("It was noted down for “openai”.")).to_be_visible()
    expect(old_key(admin)).to_have_value("")
    assert KEY not in overheard.received

    button(admin, "Show the key").click()

    expect(old_key(admin)).to_have_value(KEY)
    expect(old_key(admin)).to_have_attribute("readonly", "")
    expect(button(admin, "Copy the key")).to_be_visible()
    assert not any(KEY in frame for frame in overheard.frames_received + overheard.frames_sent)
    assert overheard.received.count(KEY) == 1
    assert KEY not in admin.content()
    [entry] = library.rows(
        "SELECT actor_label, name FROM integration_audit WHERE action = 'endpoint_key_shown'"
        " ORDER BY id DESC LIMIT 1"
    )
    assert entry == {"actor_label": EMAIL, "name": "chat"}


def test_a_page_that_is_left_and_come_back_to_shows_nothing(
    admin: Page, library: DatabaseUnderTest
) -> None:
    uuid = with_old_key(library, "chat", KEY)
    other = with_old_key(library, "other", "sk-other")
    open_endpoint(admin, uuid)
    button(admin, "Show the key").click()
    expect(old_key(admin)).to_have_value(KEY)

    back_to_list(admin)
    admin.get_by_role("link", name="other").click()
    expect(name_of_endpoint(admin)).to_have_value("other")
    expect(old_key(admin)).to_have_value("")
    admin.go_back()
    admin.go_back()
    expect(name_of_endpoint(admin)).to_have_value("chat")
    expect(old_key(admin)).to_have_value("")
    button(admin, "Show the key").click()
    expect(old_key(admin)).to_have_value(KEY)
    admin.goto(routes.ai_endpoint(other))
    admin.go_back()

    expect(name_of_endpoint(admin)).to_have_value("chat")
    expect(old_key(admin)).to_have_value("")


def test_the_key_is_copied(admin: Page, library: DatabaseUnderTest) -> None:
    admin.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_endpoint(admin, with_old_key(library, "chat", KEY))
    button(admin, "Show the key").click()
    expect(old_key(admin)).to_have_value(KEY)

    button(admin, "Copy the key").click()

    expect(admin.get_by_text("Copied", exact=True)).to_be_visible()
    assert admin.evaluate("navigator.clipboard.readText()") == KEY


def test_once_a_connection_has_the_key_and_is_picked_the_key_and_its_card_are_gone(
    admin: Page, library: DatabaseUnderTest
) -> None:
    uuid = with_old_key(library, "chat", KEY)
    stored = integrations.add_connection("openrouter", "main", values={"api_key": KEY})
    open_endpoint(admin, uuid)

    choice(admin, "main").click()
    expect(choice(admin, "main")).to_have_attribute("aria-selected", "true")
    button(admin, "Save Changes").click()

    expect(admin.get_by_text("Saved", exact=True)).to_be_visible()
    expect(admin.get_by_role("heading", name="An old key is stored here")).to_have_count(0)
    [row] = library.rows("SELECT api_key, integration_uuid FROM ai_endpoints")
    assert row == {"api_key": None, "integration_uuid": stored.uuid}


def test_where_it_was_dealt_with_meanwhile_the_page_says_so(
    admin: Page, library: DatabaseUnderTest
) -> None:
    open_endpoint(admin, with_old_key(library, "chat", KEY))
    library.execute("UPDATE ai_endpoints SET api_key = NULL")

    button(admin, "Show the key").click()

    expect(alert(admin, "That is not there any more.")).to_be_visible()
    expect(old_key(admin)).to_have_value("")


def test_an_old_key_is_deleted_on_the_second_click(admin: Page, library: DatabaseUnderTest) -> None:
    open_endpoint(admin, with_old_key(library, "chat", KEY))

    button(admin, "Remove the old key").click()
    expect(admin.get_by_role("alertdialog", name="Remove the old key?")).to_be_visible()
    button(admin, "Keep it").click()
    expect(admin.get_by_role("alertdialog")).to_have_count(0)
    assert library.rows("SELECT FROM ai_endpoints WHERE api_key IS NOT NULL")
    button(admin, "Remove the old key").click()
    button(admin, "Remove for good").click()

    expect(admin.get_by_role("alertdialog")).to_have_count(0)  # it hides the rest by its role
    expect(admin.get_by_role("heading", name="An old key is stored here")).to_have_count(0)
    assert not library.rows("SELECT FROM ai_endpoints WHERE api_key IS NOT NULL")


def test_an_endpoint_without_an_old_key_has_no_such_card(admin: Page) -> None:
    open_endpoint(admin, made("chat").uuid)

    expect(admin.get_by_role("heading", name="An old key is stored here")).to_have_count(0)


def test_the_sources_of_the_page_have_no_key(admin: Page, library: DatabaseUnderTest) -> None:
    uuid = with_old_key(library, "chat", KEY)

    answer = admin.context.request.get(routes.ai_endpoint(uuid))

    assert answer.ok
    assert KEY not in answer.text()
