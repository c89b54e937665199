"""No page and no state has a fault that axe finds, light and dark, wide and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.looks import looks
from tests.e2e.scenes import OUTSIDE, SCENES
from tests.e2e.serving import Product
from tests.postgresql import DatabaseUnderTest

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "resultTypes": ["violations"],
}
"""All that the dark differs in."""


@pytest.fixture(autouse=True)
def empty(library: DatabaseUnderTest) -> Iterator[DatabaseUnderTest]:
    """The database of the served product, without rows of modules before and after."""
    for table in ("ai_endpoints", "projects"):
        library.execute(f"DELETE FROM {table}")
    yield library
    for table in ("ai_endpoints", "projects"):
        library.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("name", SCENES)
def test_axe_finds_nothing(admin: Page, empty: DatabaseUnderTest, name: str) -> None:
    SCENES[name](admin, empty)

    assert not (found := faults(admin)), "\n".join(found)


@pytest.mark.parametrize("name", OUTSIDE)
def test_axe_finds_nothing_outside(visitor: Page, name: str) -> None:
    OUTSIDE[name](visitor)

    assert not (found := faults(visitor)), "\n".join(found)


def test_axe_finds_nothing_where_the_first_admin_is_made(
    visitor: Page, disposable: tuple[Product, DatabaseUnderTest]
) -> None:
    product, db = disposable
    db.execute("DELETE FROM integration_admins")
    product.stop()
    product.start()

    visitor.goto(product.first_admin_link)
    expect(visitor.get_by_label("Email")).to_be_visible()

    assert not (found := faults(visitor)), "\n".join(found)


def faults(page: Page) -> list[str]:
    """What axe finds, each with where and why."""
    return [
        f"{look}: {violation['id']} at {node['target']}: {node['failureSummary']}"
        for look in looks(page)
        for violation in Axe()
        .run(page, options=COLOURS if "dark" in look else ALL)
        .response["violations"]
        for node in violation["nodes"]
    ]
