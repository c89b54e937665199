"""Pages whose WebSockets are blocked on the way work over HTTP, as live as ever."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from integrations_app import integrations, routes
from tests import line as lines
from tests.attacks.polls import Polled
from tests.e2e.conftest import (
    EMAIL,
    LIVE_WITHIN_MS,
    OTHER_EMAIL,
    NewTab,
    launch_with_profile,
    sign_in,
)
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
from tests.line import Line
from tests.no_upgrade import NoUpgrade, Upgrades, blocking
from tests.world import key

OPENED_WITHIN_MS = 15_000
"""A browser waits for a WebSocket whose request is swallowed, before it asks in another way."""

BACK_WITHIN_MS = 15_000
LEFT = "You had left the page before this could be done, so nothing was done."
LOST = "The connection to the server is lost."


@pytest.fixture(scope="module")
def line(product: Product) -> Iterator[Line]:
    """From the proxy to the server."""
    with lines.running(product.port) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(line: Line) -> Iterator[NoUpgrade]:
    """What is between the browser and the line."""
    with blocking(line.port) as running:
        yield running


@pytest.fixture(scope="module")
def blocked_browser(
    playwright: Playwright,
    product: Product,
    proxy: NoUpgrade,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserContext]:
    """A browser behind it, where somebody is signed in."""
    rules = f"--host-resolver-rules=MAP localhost:{product.port} 127.0.0.1:{proxy.port}"
    folder = tmp_path_factory.mktemp("blocked")
    browser = launch_with_profile(playwright, folder, rules, base_url=product.origin)
    with contextlib.closing(browser) as context:
        sign_in(context, EMAIL)
        yield context


@pytest.fixture
def blocked(
    blocked_browser: BrowserContext, new_tab: NewTab, proxy: NoUpgrade, line: Line
) -> Iterator[Page]:
    """A tab of it, where no WebSocket ever opens."""
    proxy.upgrades = Upgrades.REFUSED
    page = new_tab(blocked_browser)
    opened: list[str] = []
    page.on("websocket", lambda each: each.on("framereceived", lambda _: opened.append(each.url)))
    yield page
    line.mend()
    assert opened == []


@pytest.mark.parametrize("upgrades", Upgrades)
def test_an_admin_lists_tests_and_saves(
    upgrades: Upgrades, blocked: Page, proxy: NoUpgrade
) -> None:
    proxy.upgrades, before = upgrades, proxy.asked
    uuid = stored("openrouter", "main").uuid

    blocked.goto(routes.LISTING)
    expect(row(blocked, "main")).to_be_visible(timeout=OPENED_WITHIN_MS)
    act(row(blocked, "main"), "Test Connection")
    expect(row(blocked, "main").get_by_text("Connected", exact=True)).to_be_visible()
    row(blocked, "main").get_by_role("link").first.click()
    expect(name_field(blocked)).to_have_value("main")
    name_field(blocked).fill("renamed")
    button(blocked, "Save Changes").click()
    expect(outcome(blocked)).to_have_text("Connection verified")

    assert integrations.get_integration_by_uuid(uuid).name == "renamed"
    assert proxy.asked > before
    expect(alert(blocked, LOST)).to_have_count(0)
    expect(alert(blocked, "WebSockets")).to_have_count(0)


def test_what_others_do_shows_at_once(blocked: Page, other_admin: Page) -> None:
    open_list(blocked)
    open_new(other_admin, "openrouter")

    name_field(other_admin).fill("main")
    key_field(other_admin).fill(key("openrouter"))
    button(other_admin, "Create Connection").click()

    expect(row(blocked, "main")).to_be_visible(timeout=LIVE_WITHIN_MS)
    [connection] = integrations.list_connections()
    integrations.rename_connection(connection.uuid, "renamed")
    expect(row(blocked, "renamed")).to_be_visible(timeout=LIVE_WITHIN_MS)


def test_whoever_types_is_told_of_what_others_save(blocked: Page, other_admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(blocked, uuid)
    name_field(blocked).fill("mine")
    open_edit(other_admin, uuid)

    name_field(other_admin).fill("theirs")
    button(other_admin, "Save Changes").click()

    expect(alert(blocked, f"{OTHER_EMAIL} changed this connection")).to_be_visible()
    expect(name_field(blocked)).to_have_value("mine")


def test_signing_out_ends_other_tabs_too(
    blocked_browser: BrowserContext, blocked: Page, new_tab: NewTab
) -> None:
    stored("openrouter", "main")
    open_list(blocked)
    other = new_tab(blocked_browser)
    open_list(other)

    button(other, "Sign out").click()

    expect(other).to_have_url(LOGIN_ADDRESS)
    expect(blocked).to_have_url(LOGIN_ADDRESS)
    sign_in(blocked_browser, EMAIL)


def test_what_was_clicked_waits_for_the_line(blocked: Page, line: Line) -> None:
    uuid = stored("openrouter", "main").uuid
    open_list(blocked)

    line.cut()
    expect(alert(blocked, LOST)).to_be_visible(timeout=BACK_WITHIN_MS)
    integrations.rename_connection(uuid, "renamed")
    line.mend()

    expect(alert(blocked, LOST)).to_have_count(0, timeout=BACK_WITHIN_MS)
    expect(row(blocked, "renamed")).to_be_visible(timeout=BACK_WITHIN_MS)
    act(row(blocked, "renamed"), "Test Connection")
    expect(row(blocked, "renamed").get_by_text("Connected", exact=True)).to_be_visible()


def test_nothing_happens_to_what_is_shown_when_the_line_is_back(blocked: Page, line: Line) -> None:
    uuid, other = stored("mistral", "main").uuid, stored("mistral", "other").uuid
    open_edit(blocked, other)
    navigation = blocked.get_by_role("navigation")
    navigation.get_by_role("link", name="Connections").click()
    expect(row(blocked, "main")).to_be_visible()

    line.cut()
    act(row(blocked, "main"), "Test Connection")
    blocked.go_back()
    line.mend()

    expect(blocked.get_by_text(LEFT)).to_be_visible(timeout=BACK_WITHIN_MS)
    expect(name_field(blocked)).to_have_value("other")
    assert not any(
        integrations.get_integration_by_uuid(each).last_validated_at for each in (uuid, other)
    )


def test_a_stranger_signs_in(
    playwright: Playwright,
    product: Product,
    proxy: NoUpgrade,
    new_tab: NewTab,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rules = f"--host-resolver-rules=MAP localhost:{product.port} 127.0.0.1:{proxy.port}"
    folder = tmp_path_factory.mktemp("stranger")
    browser = launch_with_profile(playwright, folder, rules, base_url=product.origin)
    with contextlib.closing(browser) as context:
        page = context.new_page()
        page.goto(routes.LISTING)
        expect(page).to_have_url(LOGIN_ADDRESS)

        page.get_by_label("Email").fill(EMAIL)
        page.get_by_label("Password").fill("correct horse battery staple")
        button(page, "Sign in").click()

        expect(page.get_by_text("No integrations configured")).to_be_visible()


def test_a_server_that_is_asked_to_stop_waits_for_no_poll(restartable: Product) -> None:
    async def story() -> None:
        polled = await Polled.open(restartable.port)
        waiting = asyncio.create_task(polled.poll())
        await asyncio.sleep(0)

        assert await asyncio.to_thread(restartable.stop) == 0

        with contextlib.suppress(OSError, IndexError):  # nothing was left to be told
            assert "\x1e" not in (await waiting).text

    with ThreadPoolExecutor() as pool:  # Playwright keeps this thread's event loop for itself
        pool.submit(asyncio.run, story()).result()
    restartable.start()
