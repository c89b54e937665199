"""A form that the socket could not carry is stopped in the browser, with words (U-11)."""

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.e2e.pages import button, key_field, name_field, open_new


@pytest.mark.parametrize("sending", ["Create Connection", "Test Connection"])
def test_more_than_the_socket_carries_is_refused_and_kept(admin: Page, sending: str) -> None:
    open_new(admin, "mistral")
    name_field(admin).fill("main")
    key_field(admin).evaluate("field => { field.maxLength = 1e7; field.value = 'k'.repeat(6e5) }")

    button(admin, sending).click()

    expect(admin.get_by_text("more than 500 kB")).to_be_visible()
    expect(name_field(admin)).to_have_value("main")
    assert key_field(admin).evaluate("field => field.value.length") == 600_000
    assert integrations.list_connections() == []
