"""One host with several workers: what happens when one of them, or all, are lost."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import psutil
import psycopg
import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.e2e.conftest import EMAIL, OTHER_EMAIL, NewBrowser, NewTab, sign_in
from tests.e2e.hosts import WORKERS, Hosts, workers
from tests.e2e.pages import (
    alert,
    button,
    key_field,
    name_field,
    names,
    open_edit,
    open_list,
    outcome,
    row,
    stored,
)
from tests.e2e.wire import Overheard
from tests.postgresql import DatabaseUnderTest
from tests.world import key

pytestmark = pytest.mark.alone

BACK_WITHIN_S = 60
"""Workers that are killed start anew, all at once, on a busy machine."""
GONE_WITHIN_S = 10
_LOOK_EVERY_S = 0.02


@pytest.fixture
def page(hosts: Hosts, new_browser: NewBrowser, new_tab: NewTab) -> Page:
    """An admin's tab at the first host."""
    browser = new_browser(base_url=hosts.first.origin)
    sign_in(browser, EMAIL)
    return new_tab(browser)


def eventually(page: Page, claim: Callable[[], bool], *, within_s: float = BACK_WITHIN_S) -> None:
    """Wait for something that no page shows, while the page lives on."""
    give_up_at = time.monotonic() + within_s
    while not claim():
        assert time.monotonic() < give_up_at, "It did not come true."
        page.wait_for_timeout(_LOOK_EVERY_S * 1_000)


@contextlib.contextmanager
def row_held(db: DatabaseUnderTest, uuid: UUID) -> Iterator[Callable[[], bool]]:
    """Keep a connection's row to ourselves; gives whether somebody waits for it."""
    waiting = (
        "SELECT 1 FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with psycopg.connect(db.url) as holder:
        holder.execute("SELECT 1 FROM integration_connections WHERE uuid = %s FOR UPDATE", [uuid])
        yield lambda: bool(db.rows(waiting))


def test_as_many_workers_serve_as_the_operator_asks_for(hosts: Hosts) -> None:
    assert len(workers(hosts.first)) == WORKERS
    assert len(workers(hosts.second)) == WORKERS


def test_workers_killed_in_the_middle_of_a_save_cost_nothing_that_was_typed(
    page: Page, hosts: Hosts
) -> None:
    uuid = stored("openrouter", "main").uuid
    typed = key("openrouter", serial="typed")
    open_edit(page, uuid)
    name_field(page).fill("renamed")
    key_field(page).fill(typed)
    overheard = Overheard.listen(page)

    with row_held(hosts.db, uuid) as is_waited_for:
        button(page, "Save Changes").click()
        eventually(page, is_waited_for)
        killed = workers(hosts.first)  # any of them may have been sent the form
        for worker in killed:
            worker.kill()

    expect(alert(page, "The server did not answer")).to_be_visible()
    expect(name_field(page)).to_have_value("renamed")
    expect(key_field(page)).to_have_value(typed)
    expect(outcome(page)).not_to_contain_text("Saved")
    assert names() == ["main"]
    overheard.wait_for_load(page, after=0, timeout_s=BACK_WITHIN_S)
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified", timeout=BACK_WITHIN_S * 1_000)
    assert names() == ["renamed"]
    assert integrations.get_credentials(uuid)["api_key"] == typed
    eventually(page, lambda: len(workers(hosts.first)) == WORKERS)
    assert not {each.pid for each in killed} & {each.pid for each in workers(hosts.first)}


def test_a_host_stopped_in_the_middle_of_a_save_leaves_no_page_waiting(
    page: Page, hosts: Hosts
) -> None:
    uuid = stored("openrouter", "main").uuid
    overheard = Overheard.listen(page)
    open_edit(page, uuid)
    name_field(page).fill("renamed")
    loads = overheard.loads

    with row_held(hosts.db, uuid) as is_waited_for:
        button(page, "Save Changes").click()
        eventually(page, is_waited_for)
        hosts.first.stop()
    hosts.first.start()
    overheard.wait_for_load(page, after=loads, timeout_s=BACK_WITHIN_S)

    expect(name_field(page)).to_have_value("renamed")
    assert names() == ["main"]
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["renamed"]


def test_an_open_list_is_live_again_when_all_workers_were_killed(page: Page, hosts: Hosts) -> None:
    stored("mistral", "before")
    open_list(page)

    for worker in workers(hosts.first):
        worker.kill()
    stored("mistral", "meanwhile")

    expect(row(page, "meanwhile")).to_be_visible(timeout=BACK_WITHIN_S * 1_000)
    stored("mistral", "after")
    expect(row(page, "after")).to_be_visible()


def test_workers_leave_when_their_parent_is_killed(page: Page, hosts: Hosts) -> None:
    stored("mistral", "main")
    open_list(page)
    orphans = workers(hosts.first)

    os.kill(hosts.first.pid, signal.SIGKILL)

    _, alive = psutil.wait_procs(orphans, timeout=GONE_WITHIN_S)
    hosts.first.kill()
    hosts.first.start()
    assert alive == []
    expect(row(page, "main")).to_be_visible()


def test_a_tab_that_another_admin_takes_over_shows_nothing_of_the_first(page: Page) -> None:
    stored("mistral", "main")
    open_list(page)
    expect(page.get_by_text(EMAIL)).to_be_visible()

    sign_in(page.context, OTHER_EMAIL)
    overheard = Overheard.listen(page)
    page.reload()

    expect(page.get_by_text(OTHER_EMAIL)).to_be_visible()
    assert EMAIL not in overheard.received
