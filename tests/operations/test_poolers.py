"""Behind a pooler of transactions that knows nothing of prepared statements."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect, sync_playwright

from integrations_app import errors, integrations
from integrations_app.domain.actor import Actor
from integrations_app.domain.check import CheckResult
from integrations_app.features.ai_endpoints import service as endpoints
from integrations_app.features.ai_endpoints.endpoint import Draft
from integrations_app.features.projects import service as projects
from integrations_app.features.projects.project import Draft as ProjectDraft
from integrations_app.services.changes import event_stream
from integrations_app.services.connections import removal
from integrations_app.services.identity import admins, sessions
from integrations_app.services.operations import doctor, startup
from integrations_app.storage import migrations
from integrations_app.storage.engine import database
from tests import processes
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.conftest import EMAIL, PASSWORD, launch, sign_in
from tests.e2e.pages import open_list, row
from tests.operations import pgbouncer
from tests.operations.pgbouncer import Bouncer
from tests.operations.postgres import Postgres
from tests.simultaneity import at_once

LATE_WITHIN_MS = 20_000
PATIENCE_S = 20.0
THREADS = 20
ROUNDS = 15
ANN = Actor.of("ann")
KEYS = {"INTEGRATIONS_ENCRYPTION_KEYS": ENCRYPTION_KEY}

USE = """
import sys
from integrations_app import integrations

uuid, number, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for round in range(rounds):
    for _ in range(number):  # so that no two programs number their statements alike
        integrations.get_integration_by_uuid(uuid)
    key = f"{number}-{round}" + "k" * 20
    integrations.save_setup(uuid, {"api_key": key})
    assert integrations.get_credentials(uuid)["api_key"] == key
    assert integrations.get_integration_by_uuid(uuid).name == f"n-{number}"
print("well")
"""


@pytest.fixture
def bouncer(server: Postgres, name: str) -> Iterator[Bouncer]:
    """A pooler of transactions in front of the empty database, in which its role may do all."""
    server.let_create(name)
    with pgbouncer.running(server) as started:
        yield started


@pytest.fixture
def pooled(product: pytest.MonkeyPatch, bouncer: Bouncer, name: str) -> pytest.MonkeyPatch:
    """The environment of the product, which reaches the database through the pooler only."""
    product.setenv("DATABASE_URL", bouncer.url(name))
    return product


def locked() -> None:
    with database().single_flight("anything", timeout_s=5):
        pass


def stored(*names: str) -> list[UUID]:
    return [
        integrations.add_connection("mistral", each, values={"api_key": "k" * 20}).uuid
        for each in names
    ]


def test_many_threads_read_and_write_what_is_theirs(pooled: pytest.MonkeyPatch) -> None:
    migrations.upgrade()
    uuids = stored(*(f"n-{number}" for number in range(THREADS)))

    def use(number: int) -> None:
        uuid = uuids[number]
        for turn in range(ROUNDS):
            key = f"{number}-{turn}{'k' * 20}"
            integrations.save_setup(uuid, {"api_key": key})
            assert integrations.get_credentials(uuid)["api_key"] == key
            assert integrations.get_credentials(f"mistral:n-{number}")["api_key"] == key
            assert integrations.get_integration_by_uuid(uuid).name == f"n-{number}"
            assert len(integrations.list_connections()) == THREADS

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(use, range(THREADS)))


def test_programs_that_share_its_connections_never_run_each_others_statements(
    pooled: pytest.MonkeyPatch,
) -> None:
    migrations.upgrade()
    uuids = stored("n-1", "n-2", "n-3")
    programs = [
        processes.start(USE, str(uuid), str(number), str(ROUNDS))
        for number, uuid in enumerate(uuids, 1)
    ]

    assert [processes.finished(program) for program in programs] == 3 * ["well"]


def test_three_servers_start_at_once_and_say_that_changes_show_late(
    pooled: pytest.MonkeyPatch, bouncer: Bouncer, name: str, tmp_path: Path
) -> None:
    def begin(number: int) -> serving.Product:
        folder = tmp_path / str(number)
        folder.mkdir()
        return servers.enter_context(
            serving.running(folder, database_url=bouncer.url(name), **KEYS)
        )

    with ExitStack() as servers, ThreadPoolExecutor(3) as threads:
        started = list(threads.map(begin, range(3)))

        for each in started:
            assert_warns(each)
            assert f"Warning: {event_stream.NO_NOTICES}" in each.log
            assert "Traceback" not in each.log
        assert startup.is_ready()


def test_a_page_says_so_and_shows_what_others_change_all_the_same(
    pooled: pytest.MonkeyPatch, bouncer: Bouncer, name: str, tmp_path: Path
) -> None:
    with (
        serving.running(tmp_path, database_url=bouncer.url(name), **KEYS) as served,
        sync_playwright() as playwright,
    ):
        admins.create(EMAIL, PASSWORD, ANN)
        [uuid] = stored("main")
        context = launch(playwright).new_context(base_url=served.origin)
        sign_in(context, EMAIL)
        page = context.new_page()
        open_list(page)

        expect(page.get_by_text("INTEGRATIONS_LISTEN_URL")).to_be_visible()
        integrations.rename_connection(uuid, "renamed")
        expect(row(page, "renamed")).to_be_visible(timeout=LATE_WITHIN_MS)


def test_whoever_subscribes_is_told_that_nothing_would_arrive(pooled: pytest.MonkeyPatch) -> None:
    migrations.upgrade()

    with pytest.raises(errors.DatabaseMisconfigured, match="INTEGRATIONS_LISTEN_URL"):
        integrations.subscribe()

    said = {found.subject: found for found in doctor.examine()}
    assert "INTEGRATIONS_LISTEN_URL" in said["database.notifications"].remedy
    assert "through a pooler" in said["database.reachable"].message


def test_with_a_direct_address_all_is_live(
    pooled: pytest.MonkeyPatch, server: Postgres, name: str
) -> None:
    pooled.setenv("INTEGRATIONS_LISTEN_URL", server.url(name))

    assert startup.prepare().warnings == ()
    with integrations.subscribe() as events:
        [uuid] = stored("main")
        event = events.get(timeout_s=10)

    assert event is not None
    assert event.uuid == uuid
    assert not event_stream.is_late()
    assert startup.warnings() == []


def test_an_address_that_leads_elsewhere_is_found_out(
    pooled: pytest.MonkeyPatch, server: Postgres, name: str
) -> None:
    with server.database("elsewhere") as other:
        pooled.setenv("INTEGRATIONS_LISTEN_URL", server.url(other))
        migrations.upgrade()

        for use in (integrations.subscribe, locked, startup.prepare):
            with pytest.raises(errors.DatabaseMisconfigured, match="leads to another database"):
                use()

        event_stream.stop()
        database().dispose()


def test_a_direct_address_that_is_wrong_is_named(
    pooled: pytest.MonkeyPatch, server: Postgres, name: str
) -> None:
    pooled.setenv("INTEGRATIONS_LISTEN_URL", server.url(name, password="not-it"))

    with pytest.raises(errors.DatabaseMisconfigured, match=r"^INTEGRATIONS_LISTEN_URL: ") as told:
        startup.prepare()

    assert "DATABASE_URL" not in str(told.value)


def test_a_pooler_of_sessions_is_as_good_as_the_server(
    product: pytest.MonkeyPatch, server: Postgres, name: str
) -> None:
    server.let_create(name)
    with pgbouncer.running(server, mode="session", size=60) as sessions_only:
        product.setenv("DATABASE_URL", sessions_only.url(name))

        assert startup.prepare().warnings == ()
        integrations.subscribe().close()
        assert not event_stream.is_late()
        database().dispose()
        event_stream.stop()


def test_no_write_needs_a_second_connection(
    product: pytest.MonkeyPatch, server: Postgres, name: str
) -> None:
    server.let_create(name)
    product.setenv("INTEGRATIONS_LISTEN_URL", server.url(name))
    with pgbouncer.running(server, size=1) as narrow:
        product.setenv("DATABASE_URL", narrow.url(name))
        startup.prepare()
        for write in writes():
            write()
        at_once(*4 * [integrations.list_connections])
        database().dispose()


def writes() -> Iterator[Callable[[], object]]:
    """Everything that changes something; each waits for ever for what another connection has."""
    main, other, third, fourth = stored("main", "other", "third", "fourth")
    draft = Draft(name="assistant", model="large", integration=main)
    yield lambda: integrations.save_setup(main, {"api_key": "n" * 20})
    yield lambda: integrations.rename_connection(main, "renamed")
    yield lambda: integrations.record_validation(main, CheckResult(ok=True))
    endpoint = endpoints.add(draft, actor=ANN)
    database_row = f"UPDATE ai_endpoints SET api_key = '{'k' * 20}' WHERE uuid = '{endpoint.uuid}'"
    yield lambda: _run(database_row)
    changed = Draft(name="assistant", model="large", integration=other)
    yield lambda: endpoints.update(endpoint.uuid, changed, actor=ANN)
    yield lambda: integrations.replace_connection(other, main)
    yield lambda: removal.remove(main, actor=ANN)
    yield lambda: integrations.disconnect(third)
    yield lambda: integrations.remove_connection(third)
    yield lambda: endpoints.remove(endpoint.uuid, actor=ANN)
    yield lambda: projects.add(ProjectDraft(name="shop", description=""), actor=ANN)
    admin = admins.create(EMAIL, PASSWORD, ANN)
    yield lambda: sessions.sign_out(sessions.open_for(admin))
    yield lambda: admins.create("grace@example.com", PASSWORD, ANN)
    yield lambda: integrations.remove_connection(fourth)


def _run(statement: str) -> None:
    with database().transaction() as session:
        session.connection().exec_driver_sql(statement)


def assert_warns(product: serving.Product) -> None:
    """`/readyz` says so, once it had the time to find out."""
    give_up_at = time.monotonic() + PATIENCE_S
    while readiness(product) != {"status": "ready", "warnings": [event_stream.NO_NOTICES]}:
        assert time.monotonic() < give_up_at, readiness(product)
        time.sleep(0.1)


def readiness(product: serving.Product) -> object:
    """What `/readyz` says."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{product.origin}/readyz", timeout=10) as answer:
        return json.load(answer)
