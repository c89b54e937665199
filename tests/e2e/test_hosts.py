"""Two hosts with one PostgreSQL and one Redis are one product."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.services.identity import admins, sessions
from tests.e2e.conftest import EMAIL, LIVE_WITHIN_MS, OTHER_EMAIL, NewBrowser, NewTab, sign_in
from tests.e2e.hosts import Hosts
from tests.e2e.pages import (
    LOGIN_ADDRESS,
    act,
    alert,
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
from tests.e2e.serving import Product
from tests.world import World, key

pytestmark = pytest.mark.alone


@pytest.fixture
def adas_browser(hosts: Hosts, new_browser: NewBrowser) -> BrowserContext:
    """Signed in at the first host only."""
    browser = new_browser(base_url=hosts.first.origin)
    sign_in(browser, EMAIL)
    return browser


@pytest.fixture
def ada(adas_browser: BrowserContext, new_tab: NewTab) -> Page:
    """A tab at the first host."""
    return new_tab(adas_browser)


@pytest.fixture
def grace(hosts: Hosts, new_browser: NewBrowser, new_tab: NewTab) -> Page:
    """Another admin's tab, at the second host."""
    browser = new_browser(base_url=hosts.second.origin)
    sign_in(browser, OTHER_EMAIL)
    return new_tab(browser)


def go(page: Page, product: Product, path: str) -> None:
    """Open a page of a host that is not the browser's own, as a balancer leads it there.

    Behind one all hosts have one address, and so one name for their cookies.
    """
    [session] = [each for each in page.context.cookies() if "_session_" in each.get("name", "")]
    token = session.get("value", "")
    cookie = {"name": product.session_cookie, "value": token, "url": product.origin}
    page.context.add_cookies([cookie])  # pyright: ignore[reportArgumentType]
    page.goto(product.origin + path)


def test_what_is_added_at_one_host_shows_on_the_other(ada: Page, grace: Page) -> None:
    open_list(ada)
    expect(ada.get_by_text("No integrations configured")).to_be_visible()
    open_new(grace, "openrouter")

    name_field(grace).fill("main")
    key_field(grace).fill(key("openrouter"))
    button(grace, "Create Connection").click()

    expect(row(ada, "main")).to_be_visible()
    expect(row(ada, "main").get_by_text("Connected", exact=True)).to_be_visible()


def test_what_is_saved_at_one_host_is_told_to_who_types_at_the_other(
    ada: Page, grace: Page
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(ada, uuid)
    open_edit(grace, uuid)
    name_field(ada).fill("mine")

    name_field(grace).fill("theirs")
    button(grace, "Save Changes").click()

    expect(alert(ada, f"{OTHER_EMAIL} changed this connection")).to_be_visible()
    expect(name_field(ada)).to_have_value("mine")


def test_a_sign_in_at_one_host_is_good_at_the_other(ada: Page, hosts: Hosts) -> None:
    go(ada, hosts.second, routes.LISTING)

    expect(ada.get_by_text("No integrations configured")).to_be_visible()
    expect(ada.get_by_text(EMAIL)).to_be_visible()


def test_signing_out_at_one_host_darkens_the_other(
    ada: Page, hosts: Hosts, adas_browser: BrowserContext, new_tab: NewTab
) -> None:
    elsewhere = new_tab(adas_browser)
    go(elsewhere, hosts.second, routes.LISTING)
    expect(elsewhere.get_by_text("No integrations configured")).to_be_visible()
    open_list(ada)

    button(ada, "Sign out").click()

    expect(ada).to_have_url(LOGIN_ADDRESS)
    expect(elsewhere).to_have_url(LOGIN_ADDRESS, timeout=LIVE_WITHIN_MS)


def test_removing_an_admin_darkens_their_pages_at_both_hosts(
    ada: Page, grace: Page, hosts: Hosts, adas_browser: BrowserContext, new_tab: NewTab
) -> None:
    elsewhere = new_tab(adas_browser)
    go(elsewhere, hosts.second, routes.LISTING)
    for page in (ada, grace):
        open_list(page)
    expect(elsewhere.get_by_text("No integrations configured")).to_be_visible()
    tokens = {each.get("name"): each.get("value", "") for each in adas_browser.cookies()}
    removed = sessions.admin_of(tokens[hosts.first.session_cookie])
    assert removed is not None

    admins.remove(removed.uuid, Actor.of(None))

    for page in (ada, elsewhere):
        expect(page).to_have_url(LOGIN_ADDRESS, timeout=LIVE_WITHIN_MS)
    expect(grace.get_by_text("No integrations configured")).to_be_visible()


def test_a_due_connection_is_checked_once_by_all_workers(
    ada: Page, hosts: Hosts, world: World
) -> None:
    connections = [stored("mistral", f"due-{number}") for number in range(5)]
    open_list(ada)
    hosts.db.execute("UPDATE integration_connections SET next_check_at = now()")

    for each in connections:
        expect(row(ada, each.name).get_by_text("Connected", exact=True)).to_be_visible(
            timeout=30_000
        )

    for number in range(5):
        asked = world.requests(key=key("mistral", serial=f"due-{number}"))
        assert len(asked) == 1


def test_what_goes_well_leaves_no_complaint_in_the_log(
    ada: Page, grace: Page, hosts: Hosts
) -> None:
    uuid = stored("openrouter", "main").uuid
    both = (hosts.first, hosts.second)
    before = [len(product.log) for product in both]
    open_list(ada)
    open_edit(grace, uuid)

    name_field(grace).fill("renamed")
    button(grace, "Save Changes").click()
    expect(outcome(grace)).to_have_text("Connection verified")
    act(row(ada, "renamed"), "Test Connection")
    expect(row(ada, "renamed").get_by_text("Connected", exact=True)).to_be_visible()

    for product, length in zip(both, before, strict=True):
        assert '"level": "error"' not in product.log[length:]
        assert '"level": "warning"' not in product.log[length:]
