"""Open pages of those who may not see them any more."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.admin import Admin
from integrations_app.services.identity import admins
from tests.e2e.conftest import LIVE_WITHIN_MS, NewTab
from tests.e2e.pages import (
    LOGIN_ADDRESS,
    button,
    name_field,
    open_edit,
    open_list,
    row,
    stored,
)
from tests.e2e.serving import Product
from tests.postgresql import DatabaseUnderTest


def test_signing_out_leads_to_the_sign_in_page_for_good(
    own_browser: BrowserContext, new_tab: NewTab, product: Product
) -> None:
    page = new_tab(own_browser)
    stored("mistral", "main")
    open_list(page)

    button(page, "Sign out").click()

    expect(page).to_have_url(LOGIN_ADDRESS)
    page.goto(routes.LISTING)
    expect(page).to_have_url(LOGIN_ADDRESS)
    [kept] = own_browser.cookies()
    assert kept.get("name") == f"integrations_browser_{product.port}"


def test_signing_out_in_one_tab_darkens_the_others_within_a_second(
    own_browser: BrowserContext, new_tab: NewTab
) -> None:
    uuid = stored("mistral", "main").uuid
    leaving, on_list, on_edit = (new_tab(own_browser) for _ in range(3))
    open_list(on_list)
    open_edit(on_edit, uuid)
    open_list(leaving)

    button(leaving, "Sign out").click()

    expect(leaving).to_have_url(LOGIN_ADDRESS)
    for page in (on_list, on_edit):
        expect(page).to_have_url(LOGIN_ADDRESS, timeout=LIVE_WITHIN_MS)
        expect(page.get_by_text("main")).to_have_count(0)


def test_the_form_for_a_new_connection_goes_dark_too(
    own_browser: BrowserContext, new_tab: NewTab
) -> None:
    leaving, on_new = new_tab(own_browser), new_tab(own_browser)
    on_new.goto(routes.new("mistral"))
    expect(name_field(on_new)).to_be_visible()
    open_list(leaving)

    button(leaving, "Sign out").click()

    expect(on_new).to_have_url(LOGIN_ADDRESS, timeout=LIVE_WITHIN_MS)


def test_removing_an_admin_darkens_their_pages_within_a_second(
    passing_admin: Admin, own_browser: BrowserContext, new_tab: NewTab
) -> None:
    page = new_tab(own_browser)
    stored("mistral", "main")
    open_list(page)

    admins.remove(passing_admin.uuid, Actor.of(None))

    expect(page).to_have_url(LOGIN_ADDRESS, timeout=LIVE_WITHIN_MS)
    expect(page.get_by_text("main")).to_have_count(0)


def test_an_expired_session_shows_nothing_more(
    own_browser: BrowserContext, new_tab: NewTab, passing_admin: Admin, library: DatabaseUnderTest
) -> None:
    page = new_tab(own_browser)
    open_list(page)
    library.execute(
        "UPDATE integration_sessions SET expires_at = now() WHERE admin_uuid = %s",
        passing_admin.uuid,
    )

    stored("mistral", "after-the-end")

    expect(page).to_have_url(LOGIN_ADDRESS, timeout=LIVE_WITHIN_MS)
    expect(row(page, "after-the-end")).to_have_count(0)


def test_other_admins_pages_stay_when_one_signs_out(
    own_browser: BrowserContext, new_tab: NewTab, admin: Page
) -> None:
    stored("mistral", "main")
    leaving = new_tab(own_browser)
    open_list(admin)
    open_list(leaving)

    button(leaving, "Sign out").click()
    expect(leaving).to_have_url(LOGIN_ADDRESS)
    stored("mistral", "later")

    expect(row(admin, "later")).to_be_visible()
