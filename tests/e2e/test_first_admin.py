"""The one-time link by which the first admin comes in."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from integrations_app.services.identity import admins
from tests.e2e.conftest import EMAIL, PASSWORD, use_library
from tests.e2e.pages import LISTING_ADDRESS, LOGIN_ADDRESS, button
from tests.e2e.serving import Product
from tests.postgresql import DatabaseUnderTest
from tests.world import World


@pytest.fixture
def link(disposable: tuple[Product, DatabaseUnderTest]) -> str:
    """What the product prints when it starts and there is no admin."""
    product, db = disposable
    for table in ("integration_connections", "integration_admins"):
        db.execute(f"DELETE FROM {table}")
    product.stop()
    product.start()
    return product.first_admin_link


def test_the_printed_link_makes_the_first_admin_who_is_signed_in_at_once(
    link: str, visitor: Page
) -> None:
    visitor.goto(link)

    _fill(visitor, EMAIL, PASSWORD)

    expect(visitor).to_have_url(LISTING_ADDRESS)
    expect(visitor.get_by_text("No integrations configured")).to_be_visible()


def test_the_link_works_once(
    link: str,
    visitor: Page,
    disposable: tuple[Product, DatabaseUnderTest],
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    use_library(monkeypatch, disposable[1], world, tmp_path)
    visitor.goto(link)
    expect(button(visitor, "Create Admin")).to_be_visible()
    admins.create_first(link.partition("token=")[2], EMAIL, PASSWORD)

    _fill(visitor, "mallory@example.com", PASSWORD)

    expect(visitor.get_by_role("alert")).to_contain_text("This link has been used or replaced.")
    expect(visitor.get_by_label("Email")).to_have_value("mallory@example.com")
    assert disposable[1].rows("SELECT email FROM integration_admins") == [{"email": EMAIL}]


def test_a_link_that_was_used_says_so_and_leads_to_the_sign_in_page(
    link: str,
    visitor: Page,
    disposable: tuple[Product, DatabaseUnderTest],
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    use_library(monkeypatch, disposable[1], world, tmp_path)
    admins.create_first(link.partition("token=")[2], EMAIL, PASSWORD)

    visitor.goto(link)

    heading = visitor.get_by_role("heading", name="This link has been used or replaced")
    expect(heading).to_be_visible()
    expect(visitor.get_by_text("Nobody can sign in here yet")).to_have_count(0)
    visitor.get_by_role("link", name="Sign in").click()
    expect(visitor).to_have_url(LOGIN_ADDRESS)


def test_a_weak_password_is_refused_and_what_was_typed_stays(link: str, visitor: Page) -> None:
    visitor.goto(link)

    _fill(visitor, EMAIL, "too short")

    expect(visitor.get_by_role("alert")).to_contain_text("A password has 12 to")
    expect(visitor.get_by_label("Email")).to_have_value(EMAIL)
    expect(visitor.get_by_label("Password")).to_have_value("too short")

    visitor.get_by_label("Password").fill(PASSWORD)
    button(visitor, "Create Admin").click()

    expect(visitor).to_have_url(LISTING_ADDRESS)


def _fill(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    button(page, "Create Admin").click()
