"""A page that is being opened never shows the form of another one, which could be typed into."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integrations_app import routes
from tests.e2e.pages import name_field, open_edit, open_new, stored

_REMEMBER_FORMS = """
window.formsShown = [];
new MutationObserver(() => {
  const shown = document.querySelector("form[data-limited]")?.dataset.form;
  if (shown && formsShown.at(-1) !== shown) formsShown.push(shown);
}).observe(document, { childList: true, subtree: true, attributes: true });
"""


@pytest.fixture
def page(admin: Page) -> Page:
    """A tab that remembers which forms it showed since it was loaded."""
    admin.add_init_script(_REMEMBER_FORMS)
    return admin


def forms_shown(page: Page) -> list[str]:
    return page.evaluate("formsShown")


def test_a_new_form_is_the_only_one_that_its_page_shows(page: Page) -> None:
    open_new(page, "mistral")

    open_new(page, "openrouter")

    expect(page.get_by_role("heading", name="OpenRouter")).to_be_visible()
    assert forms_shown(page) == ["openrouter"]


def test_a_connections_form_is_the_only_one_that_its_page_shows(page: Page) -> None:
    first, second = stored("mistral", "first").uuid, stored("deepseek", "second").uuid
    open_edit(page, first)

    open_edit(page, second)

    expect(name_field(page)).to_have_value("second")
    (shown,) = forms_shown(page)
    assert shown.startswith(str(second))


def test_the_choice_of_services_comes_without_the_form_that_was_open_before(page: Page) -> None:
    open_new(page, "mistral")

    page.goto(routes.NEW)

    expect(page.get_by_role("list", name="Services")).to_be_visible()
    assert forms_shown(page) == []


def test_following_links_shows_no_form_of_before(page: Page) -> None:
    open_new(page, "mistral")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Connections").click()
    expect(page.get_by_role("heading", name="Integrations", level=1)).to_be_visible()
    page.evaluate("formsShown.length = 0")

    page.get_by_role("link", name="Add Integration").click()

    expect(page.get_by_role("list", name="Services")).to_be_visible()
    assert forms_shown(page) == []
