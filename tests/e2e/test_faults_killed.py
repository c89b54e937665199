"""The server is killed in the middle of a save."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.e2e.conftest import EMAIL, NewBrowser, NewTab, sign_in
from tests.e2e.pages import (
    button,
    key_field,
    name_field,
    names,
    open_edit,
    open_new,
    outcome,
    stored,
)
from tests.e2e.serving import Product
from tests.e2e.wire import Overheard
from tests.postgresql import DatabaseUnderTest
from tests.world import key

BACK_WITHIN_S = 15
SAVED = re.compile("Saved|verified")


@pytest.fixture
def db(disposable: tuple[Product, DatabaseUnderTest]) -> DatabaseUnderTest:
    """The database of the product that this test kills."""
    return disposable[1]


@pytest.fixture
def page(restartable: Product, new_browser: NewBrowser, new_tab: NewTab) -> Page:
    """A tab of that product, signed in."""
    context = new_browser(base_url=restartable.origin)
    sign_in(context, EMAIL)
    return new_tab(context)


@pytest.fixture
def overheard(page: Page) -> Overheard:
    """What that tab says and is told."""
    return Overheard.listen(page)


def test_a_save_that_was_not_confirmed_is_not_shown_as_saved(
    restartable: Product,
    db: DatabaseUnderTest,
    page: Page,
    overheard: Overheard,
) -> None:
    uuid = stored("openrouter", "main").uuid
    typed = key("openrouter", serial="typed")
    open_edit(page, uuid)
    name_field(page).fill("renamed")
    key_field(page).fill(typed)
    loads = overheard.loads

    with db.held("SELECT FROM integration_connections FOR UPDATE"):
        button(page, "Save Changes").click()
        db.wait_for_waiters()
        restartable.kill()
        expect(page.get_by_text("The connection to the server is lost")).to_be_visible()
        expect(outcome(page).filter(has_text=SAVED)).to_have_count(0)
        restartable.start()
        overheard.wait_for_load(page, after=loads, timeout_s=BACK_WITHIN_S)

    expect(outcome(page).filter(has_text=SAVED)).to_have_count(0)
    expect(name_field(page)).to_have_value("renamed")
    expect(key_field(page)).to_have_value(typed)
    assert names() == ["main"]
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["renamed"]
    assert integrations.get_credentials(uuid)["api_key"] == typed


def test_a_connection_that_was_not_confirmed_can_be_created_again(
    restartable: Product,
    db: DatabaseUnderTest,
    page: Page,
    overheard: Overheard,
) -> None:
    typed = key("openrouter", serial="typed")
    open_new(page, "openrouter")
    name_field(page).fill("main")
    key_field(page).fill(typed)
    loads = overheard.loads

    with db.held("LOCK TABLE integration_connections IN SHARE MODE"):
        button(page, "Create Connection").click()
        db.wait_for_waiters()
        restartable.kill()
    restartable.start()
    overheard.wait_for_load(page, after=loads, timeout_s=BACK_WITHIN_S)

    expect(name_field(page)).to_have_value("main")
    expect(key_field(page)).to_have_value(typed)
    assert names() == []
    button(page, "Create Connection").click()
    expect(name_field(page)).to_be_visible()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["main"]


def test_what_is_typed_outlasts_a_restart_during_which_others_save(
    restartable: Product, page: Page, overheard: Overheard
) -> None:
    uuid = stored("openrouter", "main").uuid
    typed = key("openrouter", serial="typed")
    open_edit(page, uuid)
    key_field(page).fill(typed)
    loads = overheard.loads

    restartable.kill()
    integrations.rename_connection(uuid, "theirs")
    restartable.start()
    overheard.wait_for_load(page, after=loads, timeout_s=BACK_WITHIN_S)

    expect(
        page.get_by_role("alert").filter(has_text="changed this connection while you were typing")
    ).to_be_visible()
    expect(key_field(page)).to_have_value(typed)
    expect(name_field(page)).to_have_value("theirs")
    button(page, "Load the new values").click()
    expect(key_field(page)).to_have_value("")
