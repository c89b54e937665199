"""An installed package serves by itself, wherever it is started, whatever lies in that folder."""

from __future__ import annotations

import contextlib
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import serving, stranger
from tests.e2e.conftest import EMAIL, PASSWORD, PEOPLE
from tests.e2e.pages import button
from tests.e2e.serving import Product
from tests.installed import Installed

FOREIGN_CONFIGURATION = """
from pathlib import Path
import reflex as rx
Path("executed").touch()
config = rx.Config(app_name="integrations_app", cors_allowed_origins=["*"])
"""
FOREIGN_ORIGIN = "https://evil.example"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Path]:
    """A folder that holds nothing but another app's configuration."""
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        (Path(folder) / "rxconfig.py").write_text(FOREIGN_CONFIGURATION)
        yield Path(folder)


@pytest.fixture(scope="module")
def served(
    build: None, installed: Installed, elsewhere: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """The installed product, told nothing: its database is the embedded one, in that folder.

    As a module it is found from the folder that it is started in, which could lead it astray.
    """
    with serving.running(
        tmp_path_factory.mktemp("log"),
        database_url="",
        command=(str(installed.python), "-m", "integrations_app"),
        started_in=elsewhere,
        INTEGRATIONS_DATA_DIR="",
        INTEGRATIONS_LISTEN="127.0.0.1",
    ) as started:
        yield started


def test_its_pages_are_live_and_nothing_but_its_data_appears(
    served: Product, browser: Browser, elsewhere: Path
) -> None:
    with contextlib.closing(browser.new_context(base_url=served.origin, **PEOPLE)) as context:
        page = context.new_page()
        page.goto(served.first_admin_link)
        page.get_by_label("Email").fill(EMAIL)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        button(page, "Create Admin").click()

        expect(page.get_by_text("No integrations configured")).to_be_visible()

    assert {path.name for path in elsewhere.iterdir()} == {"rxconfig.py", ".data"}


def test_pages_of_other_sites_have_neither_websocket_nor_answer(served: Product) -> None:
    asked = urllib.request.Request(f"{served.origin}/ping", headers={"Origin": FOREIGN_ORIGIN})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    with direct.open(asked, timeout=5) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] is None
    assert stranger.is_refused(served.origin, {"Origin": FOREIGN_ORIGIN})
    assert not stranger.is_refused(served.origin, {"Origin": served.origin})


def test_it_builds_nothing_and_says_where_pages_are_built(
    installed: Installed, elsewhere: Path
) -> None:
    with pytest.raises(AssertionError, match="built in a checkout of the project"):
        installed.run("integrations", "build", folder=elsewhere)
