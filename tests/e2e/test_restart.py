"""The server stops, dies and comes back while pages are open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import EMAIL, PASSWORD, NewBrowser, NewTab, sign_in
from tests.e2e.pages import (
    button,
    check,
    key_field,
    name_field,
    names,
    open_edit,
    open_list,
    open_new,
    outcome,
    row,
    status,
    stored,
)
from tests.e2e.serving import Product
from tests.e2e.wire import Overheard
from tests.world import key

BACK_WITHIN_S = 15
"""How long a page may take to find its server again; it asks less and less often."""


@pytest.fixture
def page(restartable: Product, new_browser: NewBrowser, new_tab: NewTab) -> Page:
    """A tab of that product, signed in."""
    context = new_browser(base_url=restartable.origin)
    sign_in(context, EMAIL)
    return new_tab(context)


@pytest.mark.parametrize("end", [Product.stop, Product.kill], ids=["stopped", "killed"])
def test_an_open_list_is_live_again_after_a_restart(
    restartable: Product, page: Page, end: Callable[[Product], None]
) -> None:
    stored("mistral", "before")
    open_list(page)

    end(restartable)
    stored("mistral", "meanwhile")
    restartable.start()

    expect(row(page, "meanwhile")).to_be_visible(timeout=BACK_WITHIN_S * 1_000)
    stored("mistral", "after")
    expect(row(page, "after")).to_be_visible()


@pytest.mark.parametrize("end", [Product.stop, Product.kill], ids=["stopped", "killed"])
def test_what_is_typed_survives_a_restart(
    restartable: Product, page: Page, end: Callable[[Product], None]
) -> None:
    typed = key("openrouter", serial="typed")
    overheard = Overheard.listen(page)
    open_new(page, "openrouter")
    name_field(page).fill("main")
    key_field(page).fill(typed)
    loads = overheard.loads

    end(restartable)
    restartable.start()
    overheard.wait_for_load(page, after=loads, timeout_s=BACK_WITHIN_S)

    expect(name_field(page)).to_have_value("main")
    expect(key_field(page)).to_have_value(typed)
    button(page, "Create Connection").click()
    expect(page.get_by_role("heading", name="main", level=1)).to_be_visible()
    assert names() == ["main"]


def test_a_half_edited_connection_survives_a_restart(restartable: Product, page: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    overheard = Overheard.listen(page)
    open_edit(page, uuid)
    name_field(page).fill("renamed")
    loads = overheard.loads

    restartable.stop()
    check(uuid)
    restartable.start()
    overheard.wait_for_load(page, after=loads, timeout_s=BACK_WITHIN_S)

    expect(status(page, "Connected")).to_be_visible()
    expect(name_field(page)).to_have_value("renamed")
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["renamed"]


def test_even_a_talkative_log_has_no_secret(restartable: Product, page: Page) -> None:
    typed = key("openrouter", serial="logged")
    open_new(page, "openrouter")
    name_field(page).fill("main")
    key_field(page).fill(typed)
    button(page, "Test Connection").click()
    expect(outcome(page)).to_have_text("Connection verified")
    button(page, "Create Connection").click()
    expect(name_field(page)).to_be_visible()
    expect(outcome(page)).to_have_text("Connection verified")

    assert '"level": "debug"' in restartable.log
    for secret in (typed, typed[-12:], PASSWORD, *(each["value"] for each in _cookies(page))):
        assert secret not in restartable.log


def _cookies(page: Page) -> list[dict[str, str]]:
    return [{"value": cookie.get("value", "")} for cookie in page.context.cookies()]
