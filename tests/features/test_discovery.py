"""A feature that another package brings enters by the door that the built-in ones use."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import processes

[BOOKS] = re.findall(
    r"^```python\n(import reflex.*?)^```$",
    (processes.REPOSITORY / "docs" / "modules.md").read_text(),
    re.MULTILINE | re.DOTALL,
)
"""All that a package has to write for a page of its own, as the documentation shows it."""

OWN_APP = """
import json
from integrations_app import feature
from integrations_app.components.navigation import navigation
from integrations_app.integrations_app import app, features
from reflex_base.registry import RegistrationContext
from integrations_app.state.guard import is_ours, is_public

[load] = [n for n in RegistrationContext.get().event_handlers if n.endswith("books.load")]
print(json.dumps({
    "routes": sorted(app._unevaluated_pages),
    "navigation": str(navigation().render()),
    "keys": [each.key for each in features],
    "guarded": is_ours(load) and not is_public(load),
}))
"""

HOST = """
import json
from integrations_app import routes
routes.embed(prefix="/settings/apps", home="/shop", sign_in="/in", sign_out=None)
from integrations_app.components.navigation import navigation
from integrations_app.embedding import pages

added = []
pages.add_to(lambda page, **options: added.append(options["route"]))
print(json.dumps({"routes": added, "navigation": str(navigation().render())}))
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package `book-kit` whose entry point `books` is the function `feature`."""
    info = tmp_path / "book_kit-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: book-kit\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[integrations_app.features]\nbooks = book_kit:feature\n"
    )
    (tmp_path / "book_kit.py").write_text(BOOKS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_its_page_its_link_and_its_handler_are_those_of_the_app(package: Path) -> None:
    seen = json.loads(processes.run(OWN_APP))

    assert seen["keys"] == ["connections", "ai_endpoints", "projects", "books", "modules", "way_in"]
    assert "admin/settings/integrations/books" in seen["routes"]
    assert "Our books" in seen["navigation"]
    assert seen["guarded"]


def test_another_app_shows_it_among_the_pages_for_connections(package: Path) -> None:
    seen = json.loads(processes.run(HOST))

    assert "/settings/apps/books" in seen["routes"]
    assert "/settings/apps" in seen["routes"]
    assert "Our books" in seen["navigation"]
    assert "Back to the app" in seen["navigation"]
    assert "Projects" not in seen["navigation"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise OSError('no shelf')", "no shelf"),
        ("feature = lambda: None", "does not return a Feature"),
    ],
)
def test_one_that_cannot_be_loaded_stops_the_start_and_is_named(
    package: Path, code: str, reason: str
) -> None:
    (package / "book_kit.py").write_text(code)
    start = processes.start("import integrations_app.integrations_app")

    _, error = start.communicate(timeout=processes.LONGEST_S)

    assert start.returncode != 0
    assert "book_kit:feature" in error
    assert reason in error


def test_two_pages_at_one_address_stop_the_start(package: Path) -> None:
    taken = BOOKS.replace('f"{routes.LISTING}/books"', "routes.LISTING")
    (package / "book_kit.py").write_text(taken)
    start = processes.start("import integrations_app.integrations_app")

    _, error = start.communicate(timeout=processes.LONGEST_S)

    assert start.returncode != 0
    assert "Two pages are at '/admin/settings/integrations'" in error
