"""Pictures of every page and state, wide and on a phone, light and dark: `make pictures`.

Not a test: nothing is compared. The pictures go to `pictures/`, which is not committed.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.looks import looks
from tests.e2e.scenes import OUTSIDE, SCENES
from tests.e2e.serving import ROOT
from tests.postgresql import DatabaseUnderTest

FOLDER = ROOT / "pictures"


@pytest.fixture(autouse=True)
def empty(library: DatabaseUnderTest) -> DatabaseUnderTest:
    """The database of the served product, without rows of modules."""
    for table in ("ai_endpoints", "projects"):
        library.execute(f"DELETE FROM {table}")
    return library


@pytest.mark.parametrize("name", SCENES)
def test_picture(admin: Page, empty: DatabaseUnderTest, name: str) -> None:
    SCENES[name](admin, empty)
    take(admin, name)


@pytest.mark.parametrize("name", OUTSIDE)
def test_picture_outside(visitor: Page, name: str) -> None:
    OUTSIDE[name](visitor)
    take(visitor, name)


def take(page: Page, name: str) -> None:
    for look in looks(page):
        path = FOLDER / f"{name}-{look}.png"
        page.screenshot(path=path, full_page=True, animations="disabled", caret="hide")
