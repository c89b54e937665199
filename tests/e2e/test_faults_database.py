"""The database goes away and comes back under open pages; nothing here is ever reloaded."""

from __future__ import annotations

import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations_app import errors, integrations, routes
from integrations_app.domain.event import EventKind
from integrations_app.services.changes import event_stream
from integrations_app.storage.engine import database
from tests import people, postgresql, processes
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.conftest import EMAIL, PASSWORD, NewBrowser, NewTab, sign_in, use_library
from tests.e2e.pages import (
    act,
    alert,
    button,
    check,
    key_field,
    name_field,
    names,
    open_edit,
    open_list,
    open_new,
    outcome,
    row,
    status,
    stored,
)
from tests.e2e.serving import Product
from tests.postgresql import StoppableServer
from tests.world import World, key

BACK_WITHIN_S = 10
AWAY = re.compile("The database cannot be reached. What you see may be out of date")

LISTEN = """
import sys
from integrations_app import integrations
with integrations.subscribe() as events:
    print("listening", flush=True)
    for event in events:
        print(event.kind.value, event.name, flush=True)
"""


@pytest.fixture(scope="module")
def served(
    build: None, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Product, StoppableServer]]:
    """A product on a database server of its own."""
    folder = tmp_path_factory.mktemp("stoppable")
    with (
        postgresql.stoppable() as server,
        serving.running(
            folder,
            database_url=server.db.url,
            INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
            **world.environment,
        ) as started,
    ):
        yield started, server


@pytest.fixture
def survivor(served: tuple[Product, StoppableServer]) -> Product:
    """The product, whose database may go away."""
    return served[0]


@pytest.fixture
def server(
    served: tuple[Product, StoppableServer],
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[StoppableServer]:
    """Its database server; the library uses it, too, and there is an admin and nothing else."""
    _product, stoppable = served
    stoppable.start()
    use_library(monkeypatch, stoppable.db, world, tmp_path)
    for table in ("integration_connections", "integration_admins"):
        stoppable.db.execute(f"DELETE FROM {table}")
    people.add_admin(EMAIL, PASSWORD)
    yield stoppable
    stoppable.start()
    event_stream.stop()
    database().dispose()


@pytest.fixture
def page(
    server: StoppableServer, survivor: Product, new_browser: NewBrowser, new_tab: NewTab
) -> Page:
    """A tab of the admin."""
    browser = new_browser(base_url=survivor.origin)
    sign_in(browser, EMAIL)
    return new_tab(browser)


def away(page: Page) -> Locator:
    return alert(page, AWAY)


def expect_recovery(page: Page) -> None:
    """Nobody reloads it, or does anything else."""
    expect(away(page)).to_have_count(0, timeout=BACK_WITHIN_S * 1_000)


def test_an_open_list_says_so_and_recovers_by_itself(page: Page, server: StoppableServer) -> None:
    uuid = stored("mistral", "before").uuid
    open_list(page)

    server.stop()
    expect(away(page)).to_be_visible()
    expect(row(page, "before")).to_be_visible()
    server.start()
    integrations.rename_connection(uuid, "meanwhile")

    expect_recovery(page)
    expect(row(page, "meanwhile")).to_be_visible(timeout=BACK_WITHIN_S * 1_000)
    stored("mistral", "after")
    expect(row(page, "after")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="database")).to_have_count(0)


def test_what_is_typed_on_the_edit_page_outlasts_it_and_is_saved_afterwards(
    page: Page, server: StoppableServer
) -> None:
    uuid = stored("openrouter", "main").uuid
    typed = key("openrouter", serial="typed")
    open_edit(page, uuid)
    name_field(page).fill("renamed")

    server.stop()
    expect(away(page)).to_be_visible()
    key_field(page).fill(typed)
    button(page, "Save Changes").click()
    expect(
        page.get_by_text("The database cannot be reached. Try again in a moment.")
    ).to_be_visible()
    expect(outcome(page).filter(has_text=re.compile("Saved|verified"))).to_have_count(0)
    server.start()

    expect_recovery(page)
    expect(name_field(page)).to_have_value("renamed")
    expect(key_field(page)).to_have_value(typed)
    assert names() == ["main"]
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["renamed"]
    assert integrations.get_credentials(uuid)["api_key"] == typed


def test_what_is_typed_while_it_is_away_is_not_overwritten_by_what_others_save(
    page: Page, server: StoppableServer
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(page, uuid)

    server.stop()
    expect(away(page)).to_be_visible()
    name_field(page).fill("mine")
    server.start()
    integrations.rename_connection(uuid, "theirs")

    expect(alert(page, re.compile("changed this connection while you were typing"))).to_be_visible(
        timeout=BACK_WITHIN_S * 1_000
    )
    expect(name_field(page)).to_have_value("mine")
    button(page, "Save Changes").click()
    expect(alert(page, "Someone else changed the name meanwhile.")).to_be_visible()
    assert names() == ["theirs"]


def test_the_edit_page_shows_what_happened_meanwhile(page: Page, server: StoppableServer) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(page, uuid)
    expect(status(page, "Not tested")).to_be_visible()

    server.stop()
    expect(away(page)).to_be_visible()
    server.start()
    check(uuid)

    expect(status(page, "Connected")).to_be_visible(timeout=BACK_WITHIN_S * 1_000)
    expect_recovery(page)


def test_a_new_connection_can_be_created_once_it_is_back(
    page: Page, server: StoppableServer
) -> None:
    typed = key("openrouter", serial="typed")
    open_new(page, "openrouter")
    name_field(page).fill("main")

    server.stop()
    expect(away(page)).to_be_visible()
    key_field(page).fill(typed)
    button(page, "Create Connection").click()
    expect(
        page.get_by_text("The database cannot be reached. Try again in a moment.")
    ).to_be_visible()
    server.start()

    expect_recovery(page)
    button(page, "Create Connection").click()
    expect(name_field(page)).to_be_visible()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["main"]


@pytest.mark.parametrize("at", ["list", "edit"])
def test_a_page_that_is_opened_while_it_is_away_fills_itself_later(
    page: Page, server: StoppableServer, at: str
) -> None:
    uuid = stored("mistral", "main").uuid
    server.stop()

    page.goto(routes.LISTING if at == "list" else routes.edit(uuid))
    expect(away(page)).to_be_visible()
    expect(page.get_by_text("main", exact=True)).to_have_count(0)
    server.start()

    shown = row(page, "main") if at == "list" else name_field(page)
    expect(shown).to_be_visible(timeout=BACK_WITHIN_S * 1_000)
    expect_recovery(page)
    integrations.rename_connection(uuid, "renamed")
    if at == "list":
        expect(row(page, "renamed")).to_be_visible()
    else:
        expect(name_field(page)).to_have_value("renamed")


def test_a_save_that_is_under_way_is_not_shown_as_saved(
    page: Page, server: StoppableServer
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(page, uuid)
    name_field(page).fill("renamed")

    with server.db.held("SELECT FROM integration_connections FOR UPDATE"):
        button(page, "Save Changes").click()
        server.db.wait_for_waiters()
        server.stop()

    expect(alert(page, re.compile("The database cannot be reached right now"))).to_be_visible()
    expect(outcome(page).filter(has_text=re.compile("Saved|verified"))).to_have_count(0)
    server.start()
    expect_recovery(page)
    expect(name_field(page)).to_have_value("renamed")
    assert names() == ["main"]
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["renamed"]


def test_the_server_stays_up_is_not_ready_and_logs_no_traceback(
    page: Page, server: StoppableServer, survivor: Product
) -> None:
    stored("mistral", "main")
    open_list(page)
    pid, before = survivor.pid, len(survivor.log)

    server.stop()
    expect(away(page)).to_be_visible()
    assert readiness(survivor) == 503
    act(row(page, "main"), "Test Connection")
    expect(
        page.get_by_text("The database cannot be reached. Try again in a moment.")
    ).to_be_visible()
    with pytest.raises(errors.DatabaseUnavailable):
        integrations.list_connections()
    server.start()

    expect_recovery(page)
    assert readiness(survivor) == 200
    assert survivor.pid == pid
    logged = survivor.log[before:]
    assert "Traceback" not in logged
    assert len(logged.splitlines()) < 40, logged


def test_a_save_while_it_takes_no_changes_says_so_and_works_as_soon_as_it_does(
    page: Page, server: StoppableServer, survivor: Product
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(page, uuid)
    name_field(page).fill("renamed")

    server.db.turn_read_only()
    try:
        button(page, "Save Changes").click()
        expect(alert(page, re.compile("takes no changes right now"))).to_be_visible()
        assert readiness(survivor) == 503
    finally:
        server.db.turn_writable()

    assert readiness(survivor) == 200
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["renamed"]


def test_a_program_that_listens_elsewhere_gets_one_resync(server: StoppableServer) -> None:
    listening = processes.start(LISTEN)
    try:
        assert next_line(listening) == "listening"

        server.stop()
        server.start()

        assert next_line(listening) == f"{EventKind.RESYNC.value} None"
        stored("mistral", "after")
        assert next_line(listening) == "connection_added after"
    finally:
        listening.kill()
        listening.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def readiness(product: Product) -> int:
    """Status of `/readyz`."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return direct.open(f"{product.origin}/readyz", timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
