"""Lists fit every width, and names are read in one piece."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integrations_app import routes
from tests.e2e.pages import checked, open_list, row, stored
from tests.postgresql import DatabaseUnderTest

WIDTHS = (320, 390, 600, 768, 900, 1024, 1152, 1240, 1280, 1440, 1920, 2560)
LINES = """(name) => {
    const links = [...document.querySelectorAll('tbody th a')];
    const link = links.find((each) => each.innerText === name);
    if (link.scrollWidth > link.clientWidth) return 'cut';
    return link.getClientRects().length;
}"""


@pytest.fixture
def crowded(admin: Page, library: DatabaseUnderTest) -> Page:
    """A list with long names, a long account and every action."""
    stored("deepseek", "batch-jobs")
    stored("openrouter", "a" * 100)
    checked("mistral", "production")
    library.execute(
        "UPDATE integration_connections SET account_name = %s WHERE name = 'production'",
        "Ärzte ohne Grenzen – buero@example.org",
    )
    open_list(admin)
    expect(row(admin, "production")).to_be_visible()
    return admin


def test_no_width_makes_a_list_go_sideways_or_breaks_a_name(crowded: Page) -> None:
    for width in WIDTHS:
        crowded.set_viewport_size({"width": width, "height": 900})

        assert crowded.evaluate("document.documentElement.scrollWidth") <= width, width
        assert crowded.evaluate(LINES, "production") == 1, width
        assert crowded.evaluate(LINES, "batch-jobs") == 1, width


@pytest.mark.parametrize("address", [routes.PROJECTS, routes.AI_ENDPOINTS, routes.MODULES])
def test_no_width_makes_other_lists_go_sideways(admin: Page, address: str) -> None:
    admin.goto(address)
    expect(admin.get_by_role("main")).to_be_visible()
    for width in WIDTHS:
        admin.set_viewport_size({"width": width, "height": 900})

        assert admin.evaluate("document.documentElement.scrollWidth") <= width, width
