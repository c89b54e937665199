"""The line is cut: between the browser and the server, and between the server and the database."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations_app import integrations
from integrations_app.domain.event import EventKind
from tests.e2e.conftest import EMAIL, LIVE_WITHIN_MS, NewBrowser, NewTab, sign_in
from tests.e2e.pages import (
    alert,
    button,
    key_field,
    name_field,
    names,
    names_shown,
    open_edit,
    open_list,
    outcome,
    row,
    rows,
    stored,
)
from tests.e2e.wire import Overheard
from tests.postgresql import DatabaseUnderTest
from tests.world import key

BACK_WITHIN_MS = 15_000
CHANGES = 1_000
LISTENER = "integrations listener"
_KEEP_SOCKETS = """
window.keptSockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    keptSockets.push(this);
  }
};
"""
_ROWS = '"rows_rx_state_"'


class Line:
    """Between a tab and the server."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.add_init_script(_KEEP_SOCKETS)

    def cut(self) -> None:
        """Take the browser off the network; Playwright alone would spare the open sockets."""
        self._page.context.set_offline(True)
        self._page.evaluate("keptSockets.forEach((socket) => socket.close())")

    def mend(self) -> None:
        """Put it back."""
        self._page.context.set_offline(False)


@pytest.fixture
def page(new_browser: NewBrowser, new_tab: NewTab) -> Page:
    """A tab in a browser of its own, which may go offline."""
    browser = new_browser()
    sign_in(browser, EMAIL)
    return new_tab(browser)


@pytest.fixture
def line(page: Page) -> Line:
    """Its line to the server."""
    return Line(page)


def lost(page: Page) -> Locator:
    return alert(page, "The connection to the server is lost.")


def test_a_list_says_that_the_browser_is_offline_and_catches_up(page: Page, line: Line) -> None:
    stored("mistral", "before")
    open_list(page)

    line.cut()
    expect(lost(page)).to_be_visible()
    expect(row(page, "before")).to_be_visible()
    stored("mistral", "meanwhile")
    line.mend()

    expect(row(page, "meanwhile")).to_be_visible(timeout=BACK_WITHIN_MS)
    expect(lost(page)).to_have_count(0)


def test_rows_stay_where_they_are_while_the_line_is_cut(page: Page, line: Line) -> None:
    for name in ("b", "c"):
        stored("mistral", name)
    open_list(page)

    line.cut()
    expect(lost(page)).to_be_visible()
    stored("mistral", "a")
    line.mend()

    expect(row(page, "a")).to_be_visible(timeout=BACK_WITHIN_MS)
    expect(names_shown(page)).to_have_text(["b", "c", "a"])
    expect(page.get_by_text("1 row has changed")).to_be_visible()
    button(page, "Refresh order").click()
    expect(names_shown(page).first).to_have_text("a")


def test_what_is_typed_offline_stays_and_what_others_did_is_said(page: Page, line: Line) -> None:
    uuid = stored("openrouter", "main").uuid
    typed = key("openrouter", serial="typed")
    open_edit(page, uuid)

    line.cut()
    expect(lost(page)).to_be_visible()
    key_field(page).fill(typed)
    integrations.rename_connection(uuid, "theirs")
    line.mend()

    expect(alert(page, "changed this connection while you were typing")).to_be_visible(
        timeout=BACK_WITHIN_MS
    )
    expect(key_field(page)).to_have_value(typed)
    button(page, "Load the new values").click()
    expect(key_field(page)).to_have_value("")
    key_field(page).fill(typed)
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["theirs"]
    assert integrations.get_credentials(uuid)["api_key"] == typed


def test_pages_catch_up_on_what_their_listener_missed(
    admin: Page, other_admin: Page, library: DatabaseUnderTest
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_list(admin)
    open_edit(other_admin, uuid)

    missed(library, "UPDATE integration_connections SET name = 'missed', version = version + 1")

    expect(row(admin, "missed")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(name_field(other_admin)).to_have_value("missed", timeout=LIVE_WITHIN_MS)
    stored("mistral", "after")
    expect(row(admin, "after")).to_be_visible(timeout=LIVE_WITHIN_MS)


def test_each_program_is_told_once_that_its_listener_missed_something(
    admin: Page, library: DatabaseUnderTest
) -> None:
    open_list(admin)
    with integrations.subscribe() as events:
        assert library.cut_connections(application=LISTENER) == 2  # the server's, and ours

        first = events.get(timeout_s=10)
        stored("mistral", "after")
        second = events.get(timeout_s=10)

    assert first is not None
    assert second is not None
    assert [first.kind, second.kind] == [EventKind.RESYNC, EventKind.CONNECTION_ADDED]
    expect(row(admin, "after")).to_be_visible(timeout=LIVE_WITHIN_MS)


def test_a_thousand_changes_at_once_cost_an_open_list_a_few_repaints(
    admin: Page, library: DatabaseUnderTest
) -> None:
    overheard = Overheard.listen(admin)
    uuid = stored("mistral", "busy").uuid
    open_list(admin)
    before = repaints(overheard)

    library.execute(
        "SELECT pg_notify('integration_events', json_build_object("
        "'id', gen_random_uuid(), 'kind', 'connection_renamed', 'at', now(), 'uuid', %s::text,"
        " 'provider', 'mistral', 'name', 'busy-' || n, 'version', n)::text)"
        " FROM generate_series(1, %s) AS n",
        str(uuid),
        CHANGES,
    )
    integrations.rename_connection(uuid, "busy-no-more")

    expect(row(admin, "busy-no-more")).to_be_visible(timeout=LIVE_WITHIN_MS)
    assert repaints(overheard) - before <= 3


def test_real_changes_one_after_another_are_shown_together(
    admin: Page, library: DatabaseUnderTest
) -> None:
    overheard = Overheard.listen(admin)
    open_list(admin)
    before = repaints(overheard)

    started = library.rows("SELECT clock_timestamp() AS at")[0]["at"]
    for number in range(100):
        stored("mistral", f"burst-{number}")
    took_s = (library.rows("SELECT clock_timestamp() AS at")[0]["at"] - started).total_seconds()

    expect(admin.get_by_text("1–25 of 100")).to_be_visible(timeout=LIVE_WITHIN_MS)
    assert repaints(overheard) - before <= took_s / 0.1 + 3
    expect(rows(admin).first).to_be_visible()


def missed(db: DatabaseUnderTest, change: str) -> None:
    """Make a change of which nobody is told, then cut whoever listens."""
    db.execute(change)
    assert db.cut_connections(application=LISTENER)


def repaints(overheard: Overheard) -> int:
    """How often the rows of the list were sent."""
    return sum(_ROWS in frame for frame in overheard.frames_received)
