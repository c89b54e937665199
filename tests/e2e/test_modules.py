"""The page of the modules, and what the list says when one of them failed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from integrations_app import routes
from tests.e2e.pages import button, open_list
from tests.postgresql import DatabaseUnderTest

COULD_NOT = "Old data of 1 module could not be turned into integrations."


@pytest.fixture
def failing(library: DatabaseUnderTest) -> Iterator[None]:
    """Once upon a time the old data of projects could not be migrated."""
    library.execute(
        "UPDATE integration_module_runs SET error = 'It was raining.' WHERE module = 'projects'"
    )
    yield
    library.execute("UPDATE integration_module_runs SET error = NULL")


def open_modules(page: Page) -> None:
    page.goto(routes.MODULES)
    expect(page.get_by_role("heading", name="Modules", level=1)).to_be_visible()


def test_each_module_says_when_its_old_data_was_looked_at(admin: Page) -> None:
    open_modules(admin)

    projects = admin.get_by_role("row", name="Projects")
    expect(projects).to_contain_text("Up to date")
    expect(projects).to_contain_text("ago")


def test_the_list_says_nothing_of_modules_that_are_fine(admin: Page) -> None:
    open_list(admin)

    expect(admin.get_by_text("Old data of")).to_have_count(0)


@pytest.mark.usefixtures("failing")
def test_the_list_leads_to_a_module_that_failed_and_it_says_why(admin: Page) -> None:
    open_list(admin)
    expect(admin.get_by_text(COULD_NOT)).to_be_visible()

    admin.get_by_role("link", name="See which and why").click()

    projects = admin.get_by_role("row", name="Projects")
    expect(projects).to_contain_text("Failed")
    expect(projects).to_contain_text("It was raining.")


@pytest.mark.usefixtures("failing")
def test_what_one_admin_runs_again_shows_on_the_pages_of_the_other(
    admin: Page, other_admin: Page
) -> None:
    open_list(other_admin)
    expect(other_admin.get_by_text(COULD_NOT)).to_be_visible()
    open_modules(admin)

    button(admin, "Run again").click()

    expect(admin.get_by_text("All old data is up to date.")).to_be_visible()
    expect(admin.get_by_role("row", name="Projects")).to_contain_text("Up to date")
    expect(other_admin.get_by_text(COULD_NOT)).to_have_count(0)
