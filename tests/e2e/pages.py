"""Where things are on the pages, by the names that people find them by."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.connection import Connection
from tests.world import Behaviour, key

EDIT_ADDRESS = re.compile(re.escape(routes.LISTING) + r"/[0-9a-f-]{36}/?$")
LISTING_ADDRESS = re.compile(re.escape(routes.LISTING) + r"/?$")
LOGIN_ADDRESS = re.compile(r"/login/?$")

_LEAD_WEBSOCKETS_ASTRAY = """
window.WebSocket = class extends WebSocket {
  constructor(address, ...more) {
    super(String(address).replace("/_event", "/blocked"), ...more);
  }
};
"""


def block_websockets(page: Page) -> None:
    """Let no WebSocket of a page that is opened next reach its server."""
    page.add_init_script(_LEAD_WEBSOCKETS_ASTRAY)


def open_list(page: Page, **query: str) -> None:
    """Open the list and wait until it is loaded."""
    page.goto(routes.listing(**query))
    expect(page.get_by_role("heading", name="Integrations", level=1)).to_be_visible()
    expect(page.get_by_label("Loading")).to_have_count(0)


def open_new(page: Page, provider: str) -> None:
    """Open the form for a new connection."""
    page.goto(routes.new(provider))
    expect(name_field(page)).to_be_visible()


def open_edit(page: Page, uuid: UUID) -> None:
    """Open a connection's page and wait until it is loaded."""
    page.goto(routes.edit(uuid))
    expect(name_field(page)).to_be_visible()


def row(page: Page, name: str) -> Locator:
    """The row of the connection of this name."""
    heading = page.get_by_role("rowheader").filter(has=page.get_by_text(name, exact=True))
    return page.get_by_role("row").filter(has=heading)


def rows(page: Page) -> Locator:
    """All rows but the heading."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader"))


def names_shown(page: Page) -> Locator:
    """The names in the rows, from the first to the last."""
    return rows(page).get_by_role("rowheader").locator(".row-name")


def open_menu(shown: Locator) -> Locator:
    """Open the menu of a row."""
    button(shown, "More actions").click()
    return shown.page.get_by_role("menu")


def act(shown: Locator, name: str) -> None:
    """Do something that stands in the menu of a row."""
    menu = open_menu(shown)
    menu.get_by_role("menuitem", name=name, exact=True).click()
    expect(menu).to_have_count(0)


def breadcrumb(page: Page) -> Locator:
    """The link above a form that leads back to its list."""
    return page.get_by_role("navigation", name="Breadcrumb").get_by_role("link")


def back_to_list(page: Page) -> None:
    """Follow that link, whatever is typed."""
    is_edited = page.evaluate("integrationsHasEdits()")
    breadcrumb(page).click()
    if is_edited:
        leave_edits(page)


def go_back(page: Page) -> None:
    """Go back in the browser, whatever is typed."""
    is_edited = page.evaluate("integrationsHasEdits()")
    page.go_back()
    if is_edited:
        leave_edits(page)


def leave_edits(page: Page) -> None:
    """Answer that what is typed need not be saved."""
    button(page.get_by_role("alertdialog"), "Leave without saving").click()


def name_field(page: Page) -> Locator:
    return page.get_by_label("Connection Name", exact=True)


def key_field(page: Page) -> Locator:
    return page.get_by_label("API key", exact=True)


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def status(page: Page, word: str) -> Locator:
    """The status word of the connection whose page this is."""
    return page.get_by_role("main").locator(".status").filter(has_text=re.compile(f"^{word}$"))


def outcome(page: Page) -> Locator:
    """Where a test or a save says how it ended."""
    return page.locator("form").get_by_role("status")


def alert(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("alert").filter(has_text=text)


def stored(provider: str, name: str, behaviour: Behaviour = Behaviour.RIGHT) -> Connection:
    """A stored connection that nobody has checked; its key is its own."""
    return integrations.add_connection(
        provider, name, values={"api_key": key(provider, behaviour, serial=name)}
    )


def checked(provider: str, name: str, behaviour: Behaviour = Behaviour.RIGHT) -> Connection:
    """A stored connection whose key was checked."""
    uuid = stored(provider, name, behaviour).uuid
    check(uuid)
    return integrations.get_integration_by_uuid(uuid)


def check(uuid: UUID) -> None:
    """Check a connection and record how it ended, as a program does."""
    integrations.record_validation(uuid, integrations.validate_connection(uuid))


def names() -> list[str]:
    """The names of all stored connections."""
    return [connection.name for connection in integrations.list_connections()]
