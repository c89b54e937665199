"""What a copy button says is so, with a clipboard for pages and without one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from integrations_app.services.identity import sessions
from tests.e2e.conftest import EMAIL, NAMED_HOST, PASSWORD
from tests.e2e.endpoints import old_key, open_endpoint, with_old_key
from tests.e2e.pages import button, name_field, open_edit, stored
from tests.e2e.serving import Product
from tests.postgresql import DatabaseUnderTest
from tests.world import key

_REFUSE_TO_COPY = "document.execCommand = () => false"
_CLAIM_TO_COPY = "document.execCommand = () => true"
_DENY_THE_CLIPBOARD = """
() => { navigator.clipboard.writeText = () => Promise.reject(new Error("denied")); }
"""
KEY = key("openrouter", serial="to copy")


@pytest.fixture
def page(named: Product, naming_browser: Browser) -> Iterator[Page]:
    """A tab at a name that makes no secure context over plain HTTP."""
    _admin, token = sessions.sign_in(EMAIL, PASSWORD, "here")
    origin = f"http://{NAMED_HOST}:{named.port}"
    with contextlib.closing(naming_browser.new_context(base_url=origin)) as context:
        context.add_cookies([{"name": named.session_cookie, "value": token, "url": origin}])
        yield context.new_page()


def copied(page: Page) -> Locator:
    return page.locator("[data-copy-outcome]").get_by_text("Copied", exact=True)


def not_copied(page: Page) -> Locator:
    return page.locator("[data-copy-outcome]").get_by_text("Not copied")


def pasted(page: Page) -> str:
    """What the clipboard holds, as typed by the keyboard into the first field."""
    name_field(page).fill("")
    name_field(page).press("Control+V")
    return name_field(page).input_value()


def test_without_a_secure_context_a_uuid_is_copied_all_the_same(page: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(page, uuid)
    assert page.evaluate("navigator.clipboard") is None

    button(page, "Copy the uuid").click()

    expect(copied(page)).to_be_visible()
    expect(button(page, "Copy the uuid")).to_be_focused()
    assert pasted(page) == str(uuid)


@pytest.mark.parametrize("answer", [_REFUSE_TO_COPY, _CLAIM_TO_COPY], ids=["refuses", "claims"])
def test_where_nothing_can_be_copied_the_page_says_so_and_selects_the_text(
    page: Page, answer: str
) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(page, uuid)
    page.evaluate(answer)

    button(page, "Copy the uuid").click()

    expect(not_copied(page)).to_contain_text("press Ctrl+C")
    expect(copied(page)).to_have_count(0)
    assert page.evaluate("getSelection().toString()") == str(uuid)


def test_without_a_secure_context_an_old_key_is_copied_all_the_same(
    page: Page, named_product: tuple[Product, DatabaseUnderTest]
) -> None:
    open_endpoint(page, with_old_key(named_product[1], "chat", KEY))
    button(page, "Show the key").click()
    expect(old_key(page)).to_have_value(KEY)

    button(page, "Copy the key").click()

    expect(copied(page)).to_be_visible()
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_label("Name", exact=True).press("Control+V")
    expect(page.get_by_label("Name", exact=True)).to_have_value(KEY)


def test_a_browser_that_denies_the_clipboard_is_asked_in_the_other_way(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)
    admin.evaluate(_DENY_THE_CLIPBOARD)

    button(admin, "Copy the uuid").click()

    expect(copied(admin)).to_be_visible()
    assert pasted(admin) == str(uuid)


def test_within_a_dialog_it_is_copied_and_the_keyboard_stays_there(page: Page) -> None:
    open_edit(page, stored("mistral", "main").uuid)
    text = str(uuid4())
    page.get_by_text("Danger Zone").click()
    button(page, "Remove").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_be_visible()
    dialog.evaluate(
        "(dialog, text) => dialog.insertAdjacentHTML('beforeend', `<p data-copy-group"
        " data-copied='Copied'><code data-copy-source>${text}</code><button data-copies>Copy"
        "</button><i data-copy-outcome></i></p>`)",
        text,
    )

    button(dialog, "Copy").click()

    expect(copied(page)).to_be_visible()
    expect(button(dialog, "Copy")).to_be_focused()
    button(dialog, "Keep it").click()
    expect(dialog).to_have_count(0)
    assert pasted(page) == text
