"""How long another app waits for the first page with ours in it.

`python -m tests.benchmarks.embedding` installs the wheel into an environment of its own, builds an
app that embeds the pages for production, starts it on an empty database, and asks for the list of
connections in a browser. Build, start and first page together are to take less than 30 s; nothing
of the app is there before but bun's cache of npm packages.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests import installed as installation
from tests import postgresql
from tests.e2e import shop as embedding
from tests.e2e.conftest import launch
from tests.e2e.shop import PREFIX, Shop
from tests.world import World

LIMIT_S = 30.0


def main() -> None:
    """Measure once and print each step."""
    steps: dict[str, float] = {}
    with (
        postgresql.server() as server,
        server.database() as db,
        tempfile.TemporaryDirectory() as folder,
        World.start(_made(folder, "world")) as world,
        sync_playwright() as playwright,
    ):
        with _timed(steps, "install"):
            installed = installation.install(_made(folder, "installed"))
        with _timed(steps, "build"):
            embedding.build(Path(folder, "shop"), installed)
        began = time.monotonic()
        with embedding.running(Path(folder, "shop"), installed, db=db, world=world) as shop:
            steps["start"] = time.monotonic() - began
            with _timed(steps, "first page"):
                _see_list(playwright, shop)
    total_s = sum(taken for step, taken in steps.items() if step != "install")
    print(*(f"{step} {taken:.1f} s" for step, taken in steps.items()), sep=", ")
    print(f"build to first page: {total_s:.1f} s (at most {LIMIT_S:.0f})")


def _see_list(playwright: Playwright, shop: Shop) -> None:
    browser = launch(playwright)
    page = browser.new_page(base_url=shop.origin)
    assert page.request.post("/api/shop/sign-in", form={"email": "admin@shop.example"}).ok
    page.goto(PREFIX)
    page.get_by_text("No integrations configured").wait_for()
    browser.close()


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    steps[name] = time.monotonic() - began


def _made(folder: str, name: str) -> Path:
    made = Path(folder, name)
    made.mkdir()
    return made


if __name__ == "__main__":
    main()
