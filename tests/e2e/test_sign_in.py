"""Who gets in, and how."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from integrations_app import routes
from tests.e2e.conftest import EMAIL, PASSWORD
from tests.e2e.pages import LISTING_ADDRESS, LOGIN_ADDRESS, button, open_list
from tests.e2e.serving import Product
from tests.e2e.wire import Overheard


def test_an_admin_signs_in_and_comes_to_the_list(visitor: Page) -> None:
    visitor.goto(routes.LOGIN)

    visitor.get_by_label("Email").fill(EMAIL)
    visitor.get_by_label("Password").fill(PASSWORD)
    button(visitor, "Sign in").click()

    expect(visitor).to_have_url(LISTING_ADDRESS)
    expect(visitor.get_by_role("heading", name="Integrations", level=1)).to_be_visible()


def test_a_wrong_password_is_refused_and_what_was_typed_stays(visitor: Page) -> None:
    visitor.goto(routes.LOGIN)

    visitor.get_by_label("Email").fill(EMAIL)
    visitor.get_by_label("Password").fill("not the password")
    button(visitor, "Sign in").click()

    expect(visitor.get_by_role("alert")).to_have_text("Email and password do not match.")
    expect(visitor.get_by_label("Email")).to_have_value(EMAIL)
    expect(visitor.get_by_label("Password")).to_have_value("not the password")
    expect(visitor).to_have_url(LOGIN_ADDRESS)


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page(visitor: Page) -> None:
    visitor.goto(routes.LISTING)

    expect(visitor).to_have_url(LOGIN_ADDRESS)
    expect(visitor.get_by_label("Email")).to_be_focused()


def test_whoever_is_signed_in_needs_no_sign_in_page(admin: Page) -> None:
    admin.goto(routes.LOGIN)

    expect(admin).to_have_url(LISTING_ADDRESS)


def test_each_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    admin: Page, admins_browser: BrowserContext, product: Product
) -> None:
    overheard = Overheard.listen(admin)
    open_list(admin)

    cookies = admins_browser.cookies()

    assert {cookie.get("name"): cookie.get("sameSite") for cookie in cookies} == {
        product.session_cookie: "Lax",
        f"integrations_browser_{product.port}": "Strict",
    }
    assert overheard.frames_received
    for cookie in cookies:
        assert cookie.get("value", "") not in overheard.received
        assert cookie.get("httpOnly") is True
        assert cookie.get("value") not in admin.evaluate("document.cookie")


def test_the_password_never_travels_over_the_websocket(visitor: Page) -> None:
    overheard = Overheard.listen(visitor)
    visitor.goto(routes.LOGIN)
    visitor.get_by_label("Email").fill(EMAIL)
    visitor.get_by_label("Password").fill(PASSWORD)
    button(visitor, "Sign in").click()
    expect(visitor).to_have_url(LISTING_ADDRESS)

    assert overheard.frames_sent
    assert PASSWORD not in overheard.sent + overheard.received
