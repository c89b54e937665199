"""The disk of the embedded database is full while a page is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from integrations_app.errors import DatabaseFull
from integrations_app.storage.engine import database
from tests import people
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.conftest import EMAIL, PASSWORD, NewBrowser, NewTab, sign_in
from tests.e2e.pages import alert, button, key_field, name_field, names, open_new, outcome
from tests.e2e.serving import Product
from tests.world import World, key

MORE_THAN_FITS = 5_000


@pytest.fixture
def product(
    build: None,
    small_disk: Path,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Product]:
    """A product with its own PostgreSQL on that disk, which the library uses, too."""
    with serving.running(
        small_disk,
        database_url="",
        INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
        **world.environment,
    ) as started:
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setenv("INTEGRATIONS_DATA_DIR", str(small_disk / "data"))
        monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
        people.add_admin(EMAIL, PASSWORD)
        yield started
        database().dispose()


@pytest.fixture(autouse=True)
def library(product: Product) -> None:
    """Instead of that of the product which all other tests share."""


@pytest.fixture
def page(product: Product, new_browser: NewBrowser, new_tab: NewTab) -> Page:
    """A tab of that product, signed in."""
    context = new_browser(base_url=product.origin)
    sign_in(context, EMAIL)
    return new_tab(context)


def fill(disk: Path) -> Path:
    """Leave no room, neither for files nor in the database's own; gives what is in the way."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(65_536)) == 65_536:
                pass
        except OSError:
            pass
    with pytest.raises(DatabaseFull):
        _add_connections(MORE_THAN_FITS)
    return ballast


def _add_connections(number: int) -> None:
    for at in range(number):
        integrations.add_connection("mistral", f"n-{at}", values={"api_key": "b" * 20})


def test_a_save_without_room_says_so_and_keeps_what_was_typed(page: Page, small_disk: Path) -> None:
    open_new(page, "openrouter")
    typed = key("openrouter", serial="no room")
    name_field(page).fill("main")
    key_field(page).fill(typed)
    in_the_way = fill(small_disk)
    before = names()

    button(page, "Create Connection").click()

    expect(alert(page, "The database has no room left on its disk")).to_be_visible()
    expect(name_field(page)).to_have_value("main")
    expect(key_field(page)).to_have_value(typed)
    assert names() == before
    in_the_way.unlink()
    button(page, "Create Connection").click()
    expect(outcome(page)).to_contain_text("Connection verified")
    assert set(names()) - set(before) == {"main"}
