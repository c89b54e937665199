"""What the list costs with few connections and with many.

`python -m tests.benchmarks.listing [ROUNDS]` serves the production build on databases with 100,
10,000 and 100,000 connections, and measures in a real browser: from a click (a column heading,
"Next") or a search to the changed rows, from a commit by another process to the repaint, and from
opening the page to its rows, with an empty and a warm cache. Besides, it times the reads alone and
counts the queries of a page.

A click's median is to be under 30 ms, all sizes are to cost the same number of queries, and the
first, the next, a filtered and a searched page of 100,000 at most 1.5 times what those of 100 cost.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import event

from integrations_app import frontend, integrations, routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.summary import PageQuery, SortKey
from integrations_app.services.connections import list_pages
from integrations_app.services.identity import admins
from integrations_app.storage.engine import database
from tests import postgresql
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.conftest import EMAIL, PASSWORD, launch, sign_in
from tests.e2e.serving import ROOT
from tests.postgresql import DatabaseUnderTest

SIZES = (100, 10_000, 100_000)
CLICK_LIMIT_MS = 30.0
GROWTH_LIMIT = 1.5
BETWEEN_CLICKS_MS = 300
"""A person's pace; the browser follows to the new address after the rows are there."""

APART_MS = 150
"""Between commits: the pages gather what comes in bursts, which is not what is measured here."""

ROWS = "tbody tr:has(th)"
FILTERED = routes.listing(provider="mistral", search="team-000")
PART = routes.listing(search="m-00009")

# Both clocks are the browser's: from the click's own event to the frame after the rows changed.
CLICK = """([link, first]) => new Promise((done) => {
    const before = document.querySelector(first).innerText;
    const clickedAt = performance.now();
    const watch = new MutationObserver(() => {
        const row = document.querySelector(first);
        if (!row || row.innerText === before) return;
        watch.disconnect();
        requestAnimationFrame(() => done(performance.now() - clickedAt));
    });
    watch.observe(document.body, {subtree: true, childList: true, characterData: true});
    [...document.querySelectorAll('a')].find((each) => each.innerText.trim() === link).click();
})"""
REPAINT = """(name) => new Promise((done) => {
    const watch = new MutationObserver(() => {
        if (!document.querySelector('tbody').innerText.includes(name)) return;
        watch.disconnect();
        requestAnimationFrame(() => done(Date.now()));
    });
    watch.observe(document.body, {subtree: true, childList: true, characterData: true});
    window.watching = true;
})"""


def main(rounds: int) -> None:
    """Measure both sizes and print a line for each figure."""
    os.chdir(ROOT)
    if not frontend.current():
        frontend.build()
    queries: set[int] = set()
    slowest = 0.0
    opened: list[dict[str, float]] = []
    with postgresql.server() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for size in SIZES:
            with server.database() as db, _served(db, size) as origin:
                print(f"\n{size:,} connections")
                queries |= _count_queries()
                _reads(rounds)
                medians = _measure(browser, origin, rounds)
                slowest = max(slowest, medians["click"])
                opened.append(medians)
        browser.close()
    growth = max(opened[-1][each] / opened[0][each] for each in opened[0])
    good = slowest < CLICK_LIMIT_MS and len(queries) == 1 and growth <= GROWTH_LIMIT
    print(
        f"\nslowest median of a click {slowest:.1f} ms (under {CLICK_LIMIT_MS:g}), "
        f"{SIZES[-1]:,} against {SIZES[0]:,} connections {growth:.2f} (at most {GROWTH_LIMIT:g}), "
        f"queries a page: {sorted(queries)}"
    )
    sys.exit(0 if good else 1)


@contextmanager
def _served(db: DatabaseUnderTest, size: int) -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        serving.running(
            Path(folder), database_url=db.url, INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY
        ) as product,
    ):
        patch.setenv("DATABASE_URL", db.url)
        patch.setenv("INTEGRATIONS_DATA_DIR", folder)
        patch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
        admins.create(EMAIL, PASSWORD, Actor.of(None))
        db.execute(
            "INSERT INTO integration_connections (uuid, provider, name)"
            " SELECT gen_random_uuid(), (ARRAY['mistral', 'deepseek'])[1 + i %% 2],"
            " 'team-' || lpad(i::text, 6, '0') FROM generate_series(1, %s) AS i",
            size,
        )
        db.execute("VACUUM ANALYZE integration_connections")
        yield product.origin
        database().dispose()


def _measure(browser: Browser, origin: str, rounds: int) -> dict[str, float]:
    """Print all figures; gives the medians that are not to grow with the table, in ms."""
    context = browser.new_context(base_url=origin)
    sign_in(context, EMAIL)
    page = context.new_page()
    cold = _open_ms(page)
    print(f"  open, cold cache          {cold:7.1f} ms")
    often = max(5, rounds // 5)
    medians = {
        "first": _tell("open, warm cache", [_open_ms(page) for _ in range(often)]),
        "filtered": _tell("open filtered", [_open_ms(page, FILTERED) for _ in range(often)]),
        "searched": _tell("open a search", [_open_ms(page, PART) for _ in range(often)]),
    }
    sorting = _tell("click on a heading", _sort(page, rounds))
    medians["next"] = _tell("click on Next/Previous", _turn_pages(page, rounds))
    medians["click"] = max(sorting, medians["next"])
    page.goto(routes.LISTING)
    page.locator(ROWS).first.wait_for()
    _tell("commit to repaint", _commits(page, rounds))
    context.close()
    return medians


def _reads(rounds: int) -> None:
    """What the database and the program need for a page, without the browser."""
    following = list_pages.page(PageQuery()).next_cursor
    asked = {
        "read the first page": PageQuery(),
        "read the next page": PageQuery(after=following),
        "read one provider's": PageQuery(provider="mistral"),
        "read what many have": PageQuery(search="eam-0"),
        "read what few have": PageQuery(search="m-00009"),
    }
    for what, query in asked.items():
        list_pages.page(query)
        _tell(what, [_timed_ms(lambda query=query: list_pages.page(query)) for _ in range(rounds)])


def _timed_ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000


def _open_ms(page: Page, address: str = routes.LISTING) -> float:
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(ROWS).first.wait_for()
    return (time.perf_counter() - began) * 1_000


def _sort(page: Page, rounds: int) -> list[float]:
    page.goto(routes.listing(sort=SortKey.NAME.value))
    page.locator(ROWS).first.wait_for()
    return _clicks(page, ["Connection"] * rounds)


def _turn_pages(page: Page, rounds: int) -> list[float]:
    page.goto(routes.listing(sort=SortKey.NAME.value))
    page.locator(ROWS).first.wait_for()
    return _clicks(page, ["Next", "Next", "Previous", "Previous"] * (rounds // 4))


def _clicks(page: Page, links: list[str]) -> list[float]:
    taken_ms: list[float] = []
    for link in links:
        page.wait_for_timeout(BETWEEN_CLICKS_MS)
        taken_ms.append(page.evaluate(CLICK, [link, ROWS]))
    return taken_ms


def _commits(page: Page, rounds: int) -> list[float]:
    uuid = integrations.list_connections()[0].uuid
    return [_commit(page, uuid, f"aa-{number:05}") for number in range(rounds)]


def _commit(page: Page, uuid: UUID, name: str) -> float:
    page.wait_for_timeout(APART_MS)
    page.evaluate(f"name => {{ window.repainted = ({REPAINT})(name) }}", name)
    integrations.rename_connection(uuid, name)
    committed_at_ms = time.time() * 1_000
    return max(0.0, page.evaluate("window.repainted") - committed_at_ms)


def _count_queries() -> set[int]:
    """How many statements a page takes: the first, one of a provider, one behind it."""
    first = list_pages.page(PageQuery())
    asked = [
        PageQuery(),
        PageQuery(provider="mistral"),
        PageQuery(sort=SortKey.NAME, descending=True),
        PageQuery(after=first.next_cursor),
    ]
    counts = {_queries_of(lambda query=query: list_pages.page(query)) for query in asked}
    print(f"  queries a page            {sorted(counts)}")
    return counts


def _queries_of(act: Callable[[], object]) -> int:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engines = (database().reader, database().writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    return len(statements)


def _tell(what: str, found_ms: list[float]) -> float:
    median = statistics.median(found_ms)
    p95 = sorted(found_ms)[int(len(found_ms) * 0.95) - 1]
    print(f"  {what:25} {median:7.1f} ms p50 {p95:7.1f} ms p95  ({len(found_ms)})")
    return median


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
