"""Somebody else's Reflex app with pickers on its pages, built and served, and a browser."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from integrations_app.domain.choice import ALL_LIMIT
from integrations_app.services.changes import event_stream
from integrations_app.storage.engine import database
from tests.conftest import ENCRYPTION_KEY
from tests.e2e.conftest import SHOWN_WITHIN_MS, launch, lent
from tests.e2e.kept_tab import KeptTab
from tests.picker import host as hosting
from tests.picker.host import Host
from tests.postgresql import DatabaseUnderTest, Server

expect.set_options(timeout=SHOWN_WITHIN_MS)

NewTab = Callable[..., Page]


@pytest.fixture(scope="package")
def host_db(postgresql_server: Server, migrated_template: str) -> Iterator[DatabaseUnderTest]:
    """The database of the served app."""
    with postgresql_server.database(template=migrated_template) as fresh:
        yield fresh


@pytest.fixture(scope="package")
def host(host_db: DatabaseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The app, built and served for all tests of this folder."""
    folder = tmp_path_factory.mktemp("picker")
    hosting.build(folder)
    with hosting.serving(folder, database_url=host_db.url) as started:
        yield started


@pytest.fixture(autouse=True)
def library(
    host: Host, host_db: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseUnderTest]:
    """This process uses the app's database, in which there are no connections, as anyone may."""
    monkeypatch.setenv("DATABASE_URL", host_db.url)
    monkeypatch.setenv("INTEGRATIONS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
    host_db.execute("DELETE FROM integration_connections")
    host.allowed.touch()
    yield host_db
    event_stream.stop()
    database().dispose()


@pytest.fixture
def many(library: DatabaseUnderTest) -> None:
    """More than a browser gets at once, `n0001` to `n1001`."""
    library.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'n' || lpad(i::text, 4, '0')"
        " FROM generate_series(1, %s) AS i",
        ALL_LIMIT + 1,
    )


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright; gone before other packages' tests run, since it occupies this thread's loop."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The installed Chromium, else Playwright's own."""
    with contextlib.closing(launch(playwright)) as launched:
        yield launched


@pytest.fixture
def new_tab(browser: Browser, host: Host) -> Iterator[NewTab]:
    """Opens tabs in browsers of their own."""
    opened: list[BrowserContext] = []

    def open_one(**options: Any) -> Page:
        opened.append(browser.new_context(base_url=host.origin, locale="en-GB", **options))
        return opened[-1].new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture(scope="package")
def kept_tab(browser: Browser, host: Host) -> Iterator[KeptTab]:
    with contextlib.closing(browser.new_context(base_url=host.origin, locale="en-GB")) as context:
        yield KeptTab(context, origin=host.origin)


@pytest.fixture
def tab(kept_tab: KeptTab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab that tests use in turn."""
    yield from lent(kept_tab, request)
