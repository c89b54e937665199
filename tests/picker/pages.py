"""Where things are in a picker, by the names that people find them by."""

from __future__ import annotations

from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from integrations_app import integrations
from integrations_app.domain.connection import Connection

ONE = "Model"
SOME = "Others"


def added(provider: str, *names: str) -> list[Connection]:
    """Stored connections of these names."""
    return [integrations.add_connection(provider, name) for name in names]


def open_desk(page: Page, *, one: object = "", some: tuple[object, ...] = ()) -> None:
    """Open the page with two pickers and wait until they are loaded.

    Args:
        page: A tab.
        one: What is stored for the one that takes one.
        some: What is stored for the one that takes several.
    """
    page.goto(f"/?one={one}&some={','.join(map(str, some))}")
    expect(picker(page)).to_have_attribute("aria-busy", "false")


def open_lines(page: Page, *, one: object = "", some: tuple[object, ...] = ()) -> None:
    """Open the page with two drop-downs and wait until they are loaded."""
    page.goto(f"/lines?one={one}&some={','.join(map(str, some))}")
    expect(page.locator("#one")).to_have_attribute("aria-busy", "false")


def line(page: Page, label: str = ONE) -> Locator:
    """A drop-down, as it stands there closed."""
    return page.get_by_role("combobox", name=label, exact=True)


def offer(page: Page, name: str) -> Locator:
    """What an open drop-down has of this name."""
    return page.get_by_role("option").filter(has=page.get_by_text(name, exact=True))


def picker(page: Page, label: str = ONE) -> Locator:
    return page.get_by_role("group", name=label, exact=True)


def cards(page: Page, label: str = ONE) -> Locator:
    return picker(page, label).get_by_role("option")


def card(page: Page, name: str, label: str = ONE) -> Locator:
    """The card of the connection of this name."""
    named = page.get_by_text(name, exact=True)
    return cards(page, label).filter(has=named)


def names(page: Page, label: str = ONE) -> list[str]:
    """What the cards are called, from top to bottom."""
    return picker(page, label).locator(".picker-name").all_inner_texts()


def search_field(page: Page, label: str = ONE) -> Locator:
    return picker(page, label).get_by_role("searchbox", name="Search integrations")


def note(page: Page, label: str = ONE) -> Locator:
    """What the picker says and announces."""
    return picker(page, label).get_by_role("status")


def expect_selected(option: Locator, *, selected: bool = True) -> None:
    expect(option).to_have_attribute("aria-selected", str(selected).lower())


def expect_told(page: Page, *told: str) -> None:
    """All that the pickers have told so far."""
    expect(page.locator("#told > li")).to_have_text(list(told))


ANY_UUID = UUID("0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa")
"""That no connection has."""
