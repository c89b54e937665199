"""The pages inside an app that is itself below a path of its host."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from integrations_app import integrations, routes
from tests.e2e import shop as embedding
from tests.e2e.conftest import NewBrowser, NewTab, use_library
from tests.e2e.pages import act, button, key_field, name_field, row
from tests.e2e.shop import PREFIX, Shop
from tests.installed import Installed
from tests.postgresql import DatabaseUnderTest, Server
from tests.world import World, key

PATH = "/mall"


@pytest.fixture(scope="module")
def shop(
    installed: Installed,
    postgresql_server: Server,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    """The shop, built for such a path and served."""
    folder = tmp_path_factory.mktemp("mall")
    embedding.build(folder, installed, path=PATH)
    with (
        postgresql_server.database() as own_db,
        embedding.running(folder, installed, db=own_db, world=world, path=PATH) as started,
    ):
        yield started


@pytest.fixture(autouse=True)
def shops_library(
    shop: Shop,
    library: DatabaseUnderTest,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """This process uses the shop's database."""
    use_library(monkeypatch, shop.db, world, tmp_path_factory.mktemp("data"))


def test_all_that_is_ours_is_found_below_the_path(
    shop: Shop, new_browser: NewBrowser, new_tab: NewTab
) -> None:
    browser = new_browser(base_url=shop.origin)
    assert browser.request.post("/api/shop/sign-in", form={"email": "admin@shop.example"})
    page = new_tab(browser)
    failed: list[str] = []
    page.on("response", lambda told: told.status >= 400 and failed.append(told.url))

    page.goto(f"{PATH}{PREFIX}")
    page.get_by_role("link", name="Add Integration").first.click()
    page.get_by_role("link", name=re.compile("^OpenRouter")).click()
    name_field(page).fill("main")
    key_field(page).fill(key("openrouter", serial="mall"))
    button(page, "Create Connection").click()
    expect(page.get_by_text("Connection verified")).to_be_visible()
    [connection] = integrations.list_connections()
    expect(page).to_have_url(re.compile(f"{PATH}{PREFIX}/{connection.uuid}/?$"))
    logo = page.locator("main img").first
    assert logo.evaluate("(each) => each.complete && each.naturalWidth > 0")

    page.goto(f"{PATH}{PREFIX}")
    integrations.save_setup(connection.uuid, {"api_key": key("openrouter", serial="another")})
    expect(row(page, "main").get_by_text("Not tested", exact=True)).to_be_visible()
    act(row(page, "main"), "Test Connection")
    expect(row(page, "main").get_by_text("Connected", exact=True)).to_be_visible()

    assert [each for each in failed if "favicon" not in each] == []


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page_below_the_path(
    shop: Shop, new_browser: NewBrowser, new_tab: NewTab
) -> None:
    visitor = new_tab(new_browser(base_url=shop.origin))

    visitor.goto(f"{PATH}{PREFIX}")

    expect(visitor).to_have_url(re.compile(f"{PATH}/sign-in/?$"))


def test_the_way_back_from_a_provider_leads_below_the_path(
    shop: Shop, new_browser: NewBrowser
) -> None:
    browser = new_browser(base_url=shop.origin)

    answer = browser.request.get(PATH + routes.OAUTH_CALLBACK, max_redirects=0)

    assert answer.headers["location"] == f"{PATH}/sign-in"
