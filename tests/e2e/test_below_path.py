"""The product below a path of its host, behind a proxy that strips it, and without one."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from integrations_app import integrations, routes
from integrations_app.domain.actor import Actor
from integrations_app.services.changes import event_stream
from integrations_app.services.identity import admins, sessions
from integrations_app.storage.engine import database
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.conftest import EMAIL, LIVE_WITHIN_MS, PASSWORD, use_library
from tests.e2e.pages import act, button, key_field, name_field, outcome, row
from tests.e2e.serving import Product, free_port
from tests.postgresql import DatabaseUnderTest, Server
from tests.stripping import Stripping, below
from tests.world import World, key

BASE = "/tools"


@pytest.fixture(scope="module")
def served(
    build: None,
    postgresql_server: Server,
    migrated_template: str,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Product, Stripping, DatabaseUnderTest]]:
    """The product, the proxy before it, and its database."""
    port = free_port()
    with (
        postgresql_server.database(template=migrated_template) as own_db,
        below(BASE, port) as proxy,
        serving.running(
            tmp_path_factory.mktemp("below"),
            database_url=own_db.url,
            port=port,
            INTEGRATIONS_PUBLIC_URL=f"http://localhost:{proxy.port}{BASE}/",
            INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
            **world.environment,
        ) as product,
    ):
        yield product, proxy, own_db


@pytest.fixture
def product(served: tuple[Product, Stripping, DatabaseUnderTest]) -> Product:
    return served[0]


@pytest.fixture(autouse=True)
def library(
    served: tuple[Product, Stripping, DatabaseUnderTest],
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[DatabaseUnderTest]:
    """This process uses its database."""
    use_library(monkeypatch, served[2], world, tmp_path_factory.mktemp("data"))
    yield served[2]
    event_stream.stop()
    database().dispose()


@pytest.fixture
def root(served: tuple[Product, Stripping, DatabaseUnderTest]) -> str:
    """Where browsers find it."""
    return f"http://localhost:{served[1].port}{BASE}"


def test_everything_an_admin_does_stays_below_the_path(
    browser: Browser, served: tuple[Product, Stripping, DatabaseUnderTest], root: str
) -> None:
    product, proxy, _db = served
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    failed: list[str] = []
    page.on("response", lambda told: told.status >= 400 and failed.append(told.url))
    page.on("pageerror", lambda error: failed.append(str(error)))

    link = product.log_file.read_text().partition(f"{root}/setup?token=")
    assert link[1]
    page.goto(link[1] + link[2].split()[0])
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    button(page, "Create Admin").click()
    expect(page).to_have_url(re.compile(re.escape(root + routes.LISTING) + "/?$"))
    cookies = {cookie.get("path") for cookie in context.cookies()}
    assert cookies <= {BASE, f"{BASE}/api/integrations/sign-in"}

    page.get_by_role("link", name="Add Integration").first.click()
    page.get_by_role("link", name=re.compile("^OpenRouter")).click()
    name_field(page).fill("main")
    key_field(page).fill(key("openrouter", serial="below"))
    button(page, "Create Connection").click()
    expect(page.get_by_text("Connection verified")).to_be_visible()
    [connection] = integrations.list_connections()
    expect(page).to_have_url(re.compile(re.escape(root + routes.edit(connection.uuid)) + "/?$"))
    logo = page.locator("main img").first
    assert logo.evaluate("(each) => each.complete && each.naturalWidth > 0")
    page.reload()
    expect(name_field(page)).to_have_value("main")
    name_field(page).fill("renamed")
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")

    page.get_by_role("navigation").get_by_role("link", name="Connections").click()
    expect(row(page, "renamed")).to_be_visible()
    integrations.rename_connection(connection.uuid, "elsewhere")
    expect(row(page, "elsewhere")).to_be_visible(timeout=LIVE_WITHIN_MS)
    integrations.save_setup(connection.uuid, {"api_key": key("openrouter", serial="another")})
    expect(row(page, "elsewhere").get_by_text("Not tested", exact=True)).to_be_visible()
    act(row(page, "elsewhere"), "Test Connection")
    expect(row(page, "elsewhere").get_by_text("Connected", exact=True)).to_be_visible()

    button(page, "Sign out").click()
    expect(page).to_have_url(re.compile(re.escape(f"{root}/login") + "/?$"))
    page.goto(root + routes.edit(connection.uuid))
    expect(page.get_by_label("Email")).to_be_visible()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    button(page, "Sign in").click()
    expect(page).to_have_url(re.compile(re.escape(root + routes.edit(connection.uuid)) + "/?$"))
    expect(name_field(page)).to_have_value("elsewhere")
    context.close()

    assert proxy.refused == []
    assert [each for each in failed if not each.endswith(".map")] == []


def test_pages_work_below_the_path_where_websockets_are_blocked(
    browser: Browser, served: tuple[Product, Stripping, DatabaseUnderTest], root: str
) -> None:
    served[1].passes_upgrades = False
    admin = admins.create("polling@example.com", PASSWORD, Actor.of(None))
    token = sessions.open_for(admin)
    context = browser.new_context(locale="en-GB")
    name = f"integrations_session_{served[1].port}{BASE.replace('/', '_')}"
    context.add_cookies([{"name": name, "value": token, "url": f"{root}/", "httpOnly": True}])
    page = context.new_page()
    page.goto(root + routes.LISTING)
    expect(page.get_by_role("heading", name="Integrations", level=1)).to_be_visible()

    integrations.add_connection("openrouter", "polled", values={"api_key": key("openrouter")})

    expect(row(page, "polled")).to_be_visible(timeout=LIVE_WITHIN_MS)
    context.close()
    served[1].passes_upgrades = True


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


def location(url: str) -> str:
    """Where an address leads to."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    try:
        direct.open(url, timeout=10)
    except urllib.error.HTTPError as answer:
        return urlsplit(answer.headers["Location"]).path
    raise AssertionError("It leads nowhere.")


def test_the_way_back_from_a_provider_leads_below_the_path(root: str) -> None:
    assert location(root + routes.OAUTH_CALLBACK).startswith(f"{BASE}/login")


def test_a_proxy_may_pass_the_path_on(product: Product) -> None:
    with urllib.request.urlopen(f"{product.origin}{BASE}/login", timeout=10) as answer:
        body = answer.read().decode()

    assert f'src="{BASE}/forms.js"' in body
    with urllib.request.urlopen(f"{product.origin}{BASE}/readyz", timeout=10) as answer:
        assert answer.status == 200
