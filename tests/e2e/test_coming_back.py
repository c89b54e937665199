"""Whoever has to sign in comes back to where they were, with what they typed, secrets excepted."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.admin import Admin
from integrations_app.features.projects import lookup, service
from integrations_app.features.projects.project import Draft, Project
from integrations_app.http.sign_in import SIGN_OUT
from tests.e2e.conftest import EMAIL, PASSWORD, NewTab
from tests.e2e.pages import (
    LISTING_ADDRESS,
    LOGIN_ADDRESS,
    alert,
    back_to_list,
    button,
    key_field,
    leave_edits,
    name_field,
    open_edit,
    open_list,
    open_new,
    outcome,
    stored,
)
from tests.postgresql import DatabaseUnderTest
from tests.world import key

SOMEONE = Actor.of("somebody else")
SECRET = key("openrouter", serial="typed and not saved")
_ALL_THAT_IS_KEPT = "JSON.stringify([{...sessionStorage}, {...localStorage}])"
_WANTED = """
(address) => {
  sessionStorage.setItem("integrations.wanted", address);
  return window.integrationsWanted();
}
"""
_COUNT_NEEDLESS_WRITES = """
window.needlessWrites = 0;
const setItem = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  if (this.getItem(key) === String(value)) window.needlessWrites += 1;
  return setItem.call(this, key, value);
};
"""
FOREIGN = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https://evil.example/admin/",
    "javascript:alert(1)",
    "/%2f%2fevil.example",
    "%2f%2fevil.example",
    "/admin/../../evil",
    "/admin/\\evil.example",
    "/admin/\n//evil.example",
    "/administration",
    "/login",
    "/",
    "",
)


@pytest.fixture
def page(own_tab: Page) -> Page:
    """A tab of an admin whom only this test knows."""
    return own_tab


@pytest.fixture
def project(library: DatabaseUnderTest) -> Iterator[Project]:
    """One of the two that there are."""
    library.execute("DELETE FROM projects")
    service.add(Draft(name="other", description=""), is_template=False, actor=SOMEONE)
    yield service.add(Draft(name="main", description=""), is_template=False, actor=SOMEONE)
    library.execute("DELETE FROM projects")


def offer(page: Page) -> Locator:
    return alert(page, "You typed something here that was not saved.")


def enter(page: Page, email: str) -> None:
    """Sign in on the page for it."""
    expect(page).to_have_url(LOGIN_ADDRESS)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    button(page, "Sign in").click()


def end_session(admin: Admin, library: DatabaseUnderTest) -> None:
    """Let it expire, and something happen of which open pages are told."""
    library.execute(
        "UPDATE integration_sessions SET expires_at = now() WHERE admin_uuid = %s", admin.uuid
    )
    stored("mistral", "after-the-end")


def look_at_another(page: Page) -> None:
    """Open the one that is called "other", and go back to the list."""
    back_to_list(page)
    page.get_by_role("link", name="other", exact=True).click()
    expect(page.get_by_role("textbox", name=re.compile("Name$"))).to_have_value("other")
    back_to_list(page)


def type_into(page: Page, name: str) -> None:
    name_field(page).fill(name)
    key_field(page).fill(SECRET)


def test_sign_in_returns_to_the_page_that_was_asked_for(visitor: Page) -> None:
    visitor.goto(routes.new("mistral"))

    enter(visitor, EMAIL)

    expect(visitor).to_have_url(re.compile(re.escape(routes.NEW) + r"/?\?provider=mistral$"))
    expect(name_field(visitor)).to_be_visible()


def test_sign_in_returns_to_a_page_that_was_left_before_anything_on_it_moved(
    visitor: Page,
) -> None:
    visitor.add_init_script("MutationObserver = class { observe() {} disconnect() {} }")
    visitor.goto(routes.new("mistral"))

    enter(visitor, EMAIL)

    expect(visitor).to_have_url(re.compile(re.escape(routes.NEW) + r"/?\?provider=mistral$"))


def test_sign_in_returns_to_pages_of_ours_only(visitor: Page) -> None:
    visitor.goto(routes.LOGIN)
    expect(visitor.get_by_label("Email")).to_be_focused()

    assert [visitor.evaluate(_WANTED, each) for each in FOREIGN] == [None] * len(FOREIGN)
    assert visitor.evaluate(_WANTED, "/admin/projects?a=b") == "/admin/projects?a=b"
    assert visitor.evaluate("integrationsWanted()") == "/admin/projects?a=b"  # as often as asked
    visitor.evaluate("sessionStorage.setItem('integrations.wanted', '//evil.example')")
    enter(visitor, EMAIL)

    expect(visitor).to_have_url(LISTING_ADDRESS)


def test_what_was_typed_as_the_session_ended_is_offered_again_without_secrets(
    page: Page, passing_admin: Admin, library: DatabaseUnderTest
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(page, uuid)
    type_into(page, "half-typed")

    end_session(passing_admin, library)

    expect(page).to_have_url(LOGIN_ADDRESS)
    said = "Your session ended. Sign in to go on; what you typed is kept."
    expect(page.get_by_text(said)).to_be_visible()
    assert SECRET not in page.evaluate(_ALL_THAT_IS_KEPT)
    enter(page, passing_admin.email)
    expect(page).to_have_url(re.compile(str(uuid)))
    expect(offer(page)).to_be_visible()
    expect(name_field(page)).to_have_value("main")
    button(page, "Put it back").click()
    expect(name_field(page)).to_have_value("half-typed")
    expect(key_field(page)).to_have_value("")
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    page.reload()
    expect(name_field(page)).to_have_value("half-typed")
    expect(offer(page)).to_be_hidden()


def test_where_nothing_was_typed_the_sign_in_page_promises_nothing(
    page: Page, passing_admin: Admin, library: DatabaseUnderTest
) -> None:
    open_list(page)

    end_session(passing_admin, library)

    expect(page.get_by_text("Your session ended. Sign in to go on.", exact=True)).to_be_visible()


def test_what_was_typed_and_not_saved_is_offered_where_it_was_typed_and_nowhere_else(
    page: Page,
) -> None:
    uuid, other = stored("openrouter", "main").uuid, stored("openrouter", "other").uuid
    open_edit(page, uuid)
    type_into(page, "half-typed")

    back_to_list(page)
    page.get_by_role("link", name="other", exact=True).click()
    expect(name_field(page)).to_have_value("other")
    expect(key_field(page)).to_have_value("")
    expect(offer(page)).to_be_hidden()
    back_to_list(page)
    page.get_by_role("link", name="main", exact=True).click()

    expect(offer(page)).to_be_visible()
    expect(name_field(page)).to_have_value("main")
    expect(key_field(page)).to_have_value("")
    button(page, "Discard it").click()
    expect(offer(page)).to_be_hidden()
    page.reload()
    expect(name_field(page)).to_have_value("main")
    expect(offer(page)).to_be_hidden()
    assert integrations.get_integration_by_uuid(other).name == "other"


def test_what_is_put_back_was_meant_for_the_version_that_it_was_typed_over(page: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(page, uuid)
    name_field(page).fill("mine")
    back_to_list(page)
    integrations.rename_connection(uuid, "theirs")
    page.get_by_role("link", name="theirs", exact=True).click()
    button(page, "Put it back").click()
    expect(alert(page, "changed this connection while you were typing")).to_be_visible()

    button(page, "Save Changes").click()

    expect(alert(page, "Someone else changed the name meanwhile.")).to_be_visible()
    assert integrations.get_integration_by_uuid(uuid).name == "theirs"


def test_what_is_put_back_beneath_a_key_typed_before_does_not_overwrite_others(
    page: Page,
) -> None:
    uuid = stored("openrouter", "main").uuid
    stored("openrouter", "other")
    open_edit(page, uuid)
    name_field(page).fill("mine")
    look_at_another(page)
    integrations.rename_connection(uuid, "theirs")
    page.get_by_role("link", name="theirs", exact=True).click()
    expect(name_field(page)).to_have_value("theirs")
    key_field(page).fill(SECRET)
    button(page, "Put it back").click()
    expect(alert(page, "changed this connection while you were typing")).to_be_visible()

    button(page, "Save Changes").click()

    expect(alert(page, "Someone else changed the name meanwhile.")).to_be_visible()
    assert integrations.get_integration_by_uuid(uuid).name == "theirs"


def test_what_is_put_back_twice_is_still_meant_for_the_version_that_it_was_typed_over(
    page: Page,
) -> None:
    uuid = stored("openrouter", "main").uuid
    stored("openrouter", "other")
    open_edit(page, uuid)
    name_field(page).fill("mine")
    look_at_another(page)
    integrations.rename_connection(uuid, "theirs")
    page.get_by_role("link", name="theirs", exact=True).click()
    expect(name_field(page)).to_have_value("theirs")
    key_field(page).fill(SECRET)
    button(page, "Put it back").click()
    expect(name_field(page)).to_have_value("mine")
    look_at_another(page)
    page.get_by_role("link", name="theirs", exact=True).click()
    button(page, "Put it back").click()
    expect(alert(page, "changed this connection while you were typing")).to_be_visible()

    button(page, "Save Changes").click()

    expect(alert(page, "Someone else changed the name meanwhile.")).to_be_visible()
    assert integrations.get_integration_by_uuid(uuid).name == "theirs"


def test_what_is_put_back_beside_something_typed_before_does_not_overwrite_others(
    page: Page, project: Project
) -> None:
    address = f"{routes.PROJECTS}/{project.uuid}"
    page.goto(address)
    page.get_by_label("Name", exact=True).fill("mine")
    look_at_another(page)
    theirs = Draft(name="theirs", description="")
    service.update(project.uuid, theirs, actor=SOMEONE)
    page.get_by_role("link", name="theirs", exact=True).click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("theirs")
    page.get_by_label("Description", exact=True).fill("of mine")
    button(page, "Put it back").click()
    expect(alert(page, "changed this project while you were typing")).to_be_visible()

    button(page, "Save Changes").click()

    expect(alert(page, "Someone else changed")).to_be_visible()
    assert lookup.by_uuid(project.uuid).draft == theirs


def test_what_is_typed_moves_on_with_what_the_person_did_to_the_same_connection_alone(
    page: Page,
) -> None:
    uuid, other = stored("openrouter", "main").uuid, stored("openrouter", "other").uuid
    open_edit(page, uuid)
    name_field(page).fill("mine")
    begun_at = page.evaluate("integrationsFormBegunAt()")

    page.evaluate("(identity) => integrationsFormMoved(identity)", f"{other}/7.0")
    assert page.evaluate("integrationsFormBegunAt()") == begun_at
    page.evaluate("(identity) => integrationsFormMoved(identity)", f"{uuid}/7.0")

    assert page.evaluate("integrationsFormBegunAt()") == f"{uuid}/7.0"
    assert f"{uuid}/7.0" in page.evaluate("sessionStorage.getItem('integrations.drafts')")


def test_a_key_that_was_typed_for_one_service_is_not_put_into_the_form_of_another(
    page: Page,
) -> None:
    open_new(page, "openrouter")
    type_into(page, "main")

    page.get_by_role("link", name="Choose a different service").click()
    leave_edits(page)
    page.get_by_role("listitem").filter(has_text="Mistral").get_by_role("link").click()

    expect(page.get_by_role("heading", name="Mistral")).to_be_visible()
    expect(key_field(page)).to_have_value("")
    expect(name_field(page)).to_have_value("")


def test_nobody_else_is_offered_what_was_typed(
    page: Page, passing_admin: Admin, library: DatabaseUnderTest
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(page, uuid)
    name_field(page).fill("half-typed")
    end_session(passing_admin, library)

    enter(page, EMAIL)

    expect(page).to_have_url(re.compile(str(uuid)))
    expect(name_field(page)).to_have_value("main")
    expect(page.get_by_text(EMAIL)).to_be_visible()
    expect(offer(page)).to_be_hidden()
    assert "half-typed" not in page.evaluate(_ALL_THAT_IS_KEPT)


def test_signing_out_forgets_what_was_typed_in_all_tabs(
    page: Page, own_browser: BrowserContext, new_tab: NewTab, passing_admin: Admin
) -> None:
    uuid = stored("openrouter", "main").uuid
    other = new_tab(own_browser)
    for each in (page, other):
        open_edit(each, uuid)
        name_field(each).fill("half-typed")

    button(page, "Sign out").click()
    leave_edits(page)

    for each in (page, other):
        expect(each).to_have_url(LOGIN_ADDRESS)
        assert "half-typed" not in each.evaluate(_ALL_THAT_IS_KEPT)
        expect(alert(each, "Your session ended")).to_have_count(0)
    enter(page, passing_admin.email)
    expect(page).to_have_url(LISTING_ADDRESS)
    open_edit(page, uuid)
    expect(offer(page)).to_be_hidden()


def test_signing_out_in_vain_forgets_neither_what_was_typed_nor_the_page(
    page: Page, passing_admin: Admin, library: DatabaseUnderTest
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(page, uuid)
    name_field(page).fill("half-typed")
    page.route(f"**{SIGN_OUT}", lambda route: route.abort())

    with page.expect_event("requestfailed"):
        button(page, "Sign out").click()
        leave_edits(page)

    expect(alert(page, "You are still signed in")).to_be_in_viewport()
    end_session(passing_admin, library)
    said = "Your session ended. Sign in to go on; what you typed is kept."
    expect(page.get_by_text(said)).to_be_visible()
    enter(page, passing_admin.email)
    expect(page).to_have_url(re.compile(str(uuid)))
    expect(offer(page)).to_be_visible()


def test_a_tab_that_hears_late_of_signing_out_elsewhere_forgets_all_the_same(
    page: Page, own_browser: BrowserContext, new_tab: NewTab, passing_admin: Admin
) -> None:
    uuid = stored("openrouter", "main").uuid
    other = new_tab(own_browser)
    open_edit(other, uuid)
    name_field(other).fill("half-typed")
    open_list(page)
    other.goto("about:blank")  # is told of nothing
    button(page, "Sign out").click()
    expect(page).to_have_url(LOGIN_ADDRESS)

    other.goto(routes.LOGIN)

    expect(other.get_by_label("Email")).to_be_focused()
    assert "half-typed" not in other.evaluate(_ALL_THAT_IS_KEPT)
    expect(alert(other, "Your session ended")).to_have_count(0)
    enter(other, passing_admin.email)
    expect(other).to_have_url(LISTING_ADDRESS)


def test_a_second_tab_that_finds_itself_signed_in_returns_to_its_own_page(
    page: Page,
    own_browser: BrowserContext,
    new_tab: NewTab,
    passing_admin: Admin,
    library: DatabaseUnderTest,
) -> None:
    uuid = stored("openrouter", "main").uuid
    other = new_tab(own_browser)
    open_list(page)
    open_edit(other, uuid)
    end_session(passing_admin, library)
    for each in (page, other):
        expect(each).to_have_url(LOGIN_ADDRESS)
    enter(page, passing_admin.email)
    expect(page).to_have_url(LISTING_ADDRESS)

    other.reload()

    expect(other).to_have_url(re.compile(str(uuid)))
    expect(name_field(other)).to_have_value("main")


def test_pages_that_repaint_write_down_only_what_is_new(page: Page) -> None:
    page.add_init_script(_COUNT_NEEDLESS_WRITES)
    open_list(page)

    stored("openrouter", "main")
    expect(page.get_by_role("link", name="main", exact=True)).to_be_visible()

    assert page.evaluate("needlessWrites") == 0


def test_whoever_comes_back_from_a_provider_signed_out_reads_why_and_comes_to_the_connection(
    visitor: Page,
) -> None:
    uuid = stored("openrouter", "main").uuid
    visitor.goto(routes.edit(uuid))
    expect(visitor).to_have_url(LOGIN_ADDRESS)

    visitor.goto(routes.OAUTH_CALLBACK + "?state=unknown&code=unknown")

    expect(
        visitor.get_by_text("You were signed out while you were at the provider")
    ).to_be_visible()
    visitor.get_by_label("Email").fill(EMAIL)
    visitor.get_by_label("Password").fill(PASSWORD)
    button(visitor, "Sign in").click()
    expect(visitor).to_have_url(re.compile(str(uuid)))
