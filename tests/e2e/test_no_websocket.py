"""A page that gets no websocket says why, where the server can still be asked."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Browser, Page, expect

from integrations_app import routes
from tests.e2e.conftest import NAMED_HOST, NewBrowser, NewTab
from tests.e2e.hosts import Hosts
from tests.e2e.pages import alert, block_websockets
from tests.e2e.serving import Product

WITHIN_MS = 30_000


def test_a_page_at_a_wrong_address_names_the_right_one_and_so_does_the_log_once(
    named: Product, naming_browser: Browser
) -> None:
    right = f"http://{NAMED_HOST}:{named.port}"
    before = len(named.log)
    with contextlib.closing(naming_browser.new_context(base_url=named.origin)) as context:
        page = context.new_page()
        page.goto(routes.LOGIN)

        said = f"This page was opened at {named.origin}, but the server accepts it only at {right}."
        expect(alert(page, said)).to_be_visible(timeout=WITHIN_MS)
        page.get_by_role("link", name=f"Go to {right}").click()
        expect(page).to_have_url(right + routes.LOGIN)
        expect(page.get_by_label("Email")).to_be_visible()
        expect(page.get_by_role("alert").filter(has_text="opened at")).to_have_count(0)
    assert named.log[before:].count("set INTEGRATIONS_PUBLIC_URL to it") == 1


def test_a_page_whose_connections_are_blocked_on_the_way_says_so(visitor: Page) -> None:
    block_websockets(visitor)
    visitor.route("**/_event/**", lambda route: route.abort())

    visitor.goto(routes.LOGIN)

    expect(alert(visitor, "has to let WebSockets through to")).to_be_visible(timeout=WITHIN_MS)
    expect(alert(visitor, "goes on by itself")).to_have_count(0)


@pytest.mark.alone
def test_a_page_without_its_websocket_says_so_where_several_workers_serve(
    hosts: Hosts, new_browser: NewBrowser, new_tab: NewTab
) -> None:
    visitor = new_tab(new_browser(base_url=hosts.first.origin))
    block_websockets(visitor)

    visitor.goto(routes.LOGIN)

    expect(alert(visitor, "has to let WebSockets through to")).to_be_visible(timeout=WITHIN_MS)
    expect(alert(visitor, "goes on by itself")).to_have_count(0)
    assert "pages need WebSockets" in hosts.first.log
