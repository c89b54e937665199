"""What an operator sees of the served product: its log, its figures, how it stops."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from integrations_app.storage.engine import database
from tests import people, redis_server
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.conftest import EMAIL, PASSWORD, SIGN_IN, use_library
from tests.e2e.hosts import workers
from tests.e2e.serving import Product
from tests.postgresql import DatabaseUnderTest, Server
from tests.world import World

TOKEN = "the token of monitoring".replace(" ", "-")
WORKERS = 2
STOPPED_WITHIN_S = 5.0
ARRIVES_WITHIN_S = 10.0
REVISIONS = "integrations_alembic_version"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A product that tests watch and stop, and what it has to itself."""

    product: Product
    db: DatabaseUnderTest
    folder: Path


@pytest.fixture(scope="module", params=[1, WORKERS], ids=["one process", "workers"])
def served(
    request: pytest.FixtureRequest,
    build: None,
    postgresql_server: Server,
    migrated_template: str,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    """It, started without an admin."""
    folder = tmp_path_factory.mktemp("watched")
    with contextlib.ExitStack() as around:
        by_workers: dict[str, str] = {}
        if request.param > 1:
            redis = around.enter_context(redis_server.running(folder))
            by_workers = {"REDIS_URL": redis.url, "WEB_CONCURRENCY": str(request.param)}
        db = around.enter_context(postgresql_server.database(template=migrated_template))
        product = serving.running(
            folder,
            database_url=db.url,
            INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
            INTEGRATIONS_METRICS_TOKEN=TOKEN,
            INTEGRATIONS_LISTEN="127.0.0.1",  # said by nobody, it is remarked on in a container
            **by_workers,
            **world.environment,
        )
        yield Watched(product=around.enter_context(product), db=db, folder=folder)


@pytest.fixture
def own_db(served: Watched) -> DatabaseUnderTest:
    return served.db


@pytest.fixture
def watched(
    served: Watched,
    world: World,
    library: DatabaseUnderTest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Product:
    """The product with an admin, which this test may stop; the library uses its database."""
    use_library(monkeypatch, served.db, world, tmp_path)
    served.db.execute("DELETE FROM integration_admins")
    if not served.product.is_running:
        served.product.log_file.unlink()
        served.product.start()
    people.add_admin(EMAIL, PASSWORD)
    return served.product


def ask(
    product: Product, path: str, *, form: Mapping[str, str] | None = None, **headers: str
) -> Answer:
    body = urlencode(form).encode() if form else None
    request = urllib.request.Request(product.origin + path, data=body, headers=headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer = direct.open(request, timeout=ARRIVES_WITHIN_S)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Answer(
            status=answer.status, headers=dict(answer.headers), text=answer.read().decode()
        )


def log_lines(product: Product) -> list[dict[str, Any]]:
    """What it logged; what it tells the operator at its start is no log."""
    return [json.loads(line) for line in product.log.splitlines() if line.startswith("{")]


def told_of(product: Product, request_id: str) -> list[str]:
    """What the log says of a request; its own line comes last, after the answer."""

    def found() -> list[str]:
        lines = log_lines(product)
        return [line["event"] for line in lines if line.get("request_id") == request_id]

    _wait(lambda: any(SIGN_IN in line for line in found()))
    return found()


def test_every_line_of_the_log_is_json(watched: Product) -> None:
    ask(watched, SIGN_IN, form={"email": EMAIL, "password": "a wrong one"})

    told = [line for line in watched.log.splitlines() if line and not line.startswith("{")]
    assert [re.sub(r"https?://\S+", "…", line).strip() for line in told] == [
        "Integrations is running at …",
        "Create the first admin here; the link works once:",
        "…",
    ]
    for line in log_lines(watched):
        assert {"timestamp", "level", "logger", "event", "process"} <= line.keys()


def test_lines_of_a_request_carry_the_id_that_the_answer_and_the_audit_log_name(
    watched: Product, own_db: DatabaseUnderTest
) -> None:
    refused = ask(watched, SIGN_IN, form={"email": EMAIL, "password": "a wrong one"})
    signed_in = ask(watched, SIGN_IN, form={"email": EMAIL, "password": PASSWORD})

    refused_id, signed_in_id = (each.headers["x-request-id"] for each in (refused, signed_in))
    assert told_of(watched, refused_id) == [
        "A sign-in from 127.0.0.1 was refused.",
        f"POST {SIGN_IN} 401",
    ]
    assert told_of(watched, signed_in_id) == [f"POST {SIGN_IN} 204"]
    entry = own_db.rows("SELECT * FROM integration_audit ORDER BY id")[-1]
    assert entry["request_id"] == signed_in_id


def test_figures_are_for_whoever_knows_the_token(watched: Product) -> None:
    ask(watched, "/login")

    assert ask(watched, "/metrics").status == 401
    read = ask(watched, "/metrics", Authorization=f"Bearer {TOKEN}")

    assert read.status == 200
    assert 'integrations_connections{status="error"} 0.0' in read.text
    pages = 'integrations_http_request_seconds_count{method="GET",route="pages",status="200"}'
    assert pages in read.text
    assert TOKEN not in watched.log


@pytest.mark.parametrize("served", [WORKERS], indirect=True)
def test_figures_are_those_of_all_workers_and_outlive_one(watched: Product) -> None:
    before = _sum(watched, "integrations_http_request_seconds_count", route="/healthz")
    for _ in range(20):
        ask(watched, "/healthz")
    killed, *_rest = workers(watched)
    counted = _sum(watched, "integrations_http_request_seconds_count", route="/healthz")
    killed.kill()
    _wait(lambda: len(workers(watched)) == WORKERS and killed not in workers(watched))

    assert counted - before == 20
    _wait(lambda: _sum(watched, "integrations_listener_connected") == 1)
    after = _sum(watched, "integrations_http_request_seconds_count", route="/healthz")
    assert after == counted
    assert _sum(watched, "integrations_connections") == 0


def test_what_comes_at_once_is_told_apart(watched: Product) -> None:
    def refused(number: int) -> str:
        form = {"email": f"{number}@example.net", "password": "a wrong one"}
        return ask(watched, SIGN_IN, form=form).headers["x-request-id"]

    with ThreadPoolExecutor(8) as at_once:
        ids = set(at_once.map(refused, range(8)))

    assert len(ids) == 8
    for each in ids:
        assert len(told_of(watched, each)) == 2


def test_without_a_token_set_there_are_none(product: Product) -> None:
    assert ask(product, "/metrics").status == 404


def test_a_request_under_way_is_answered_before_the_product_stops(
    watched: Product, own_db: DatabaseUnderTest, served: Watched
) -> None:
    body = urlencode({"email": EMAIL, "password": PASSWORD}).encode()
    head = (
        f"POST {SIGN_IN} HTTP/1.1\r\nHost: localhost:{watched.port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    logged = len(watched.log)
    with socket.create_connection(("127.0.0.1", watched.port), ARRIVES_WITHIN_S) as connection:
        connection.sendall(head.encode() + body[:5])
        _until_answering(watched)
        processes = workers(watched)
        began_at = time.monotonic()
        watched.ask_to_stop()
        _until_refusing(watched)
        connection.sendall(body[5:])
        answer = connection.recv(65_536).decode()
    code = watched.stop()
    took_s = time.monotonic() - began_at

    assert answer.startswith("HTTP/1.1 204")
    assert code == 0
    assert took_s < STOPPED_WITHIN_S
    assert '"level": "error"' not in watched.log[logged:]
    database().dispose()  # this process's own
    left = (
        "SELECT * FROM pg_stat_activity WHERE datname = current_database()"
        " AND starts_with(application_name, 'integrations')"
    )
    _wait(lambda: own_db.rows(left) == [])
    assert not any(each.is_running() for each in processes)
    assert list(served.folder.glob("data/metrics-*")) == []


def test_while_it_stops_it_is_not_ready(watched: Product, own_db: DatabaseUnderTest) -> None:
    with (
        psycopg.connect(own_db.url, application_name="a test") as locker,
        socket.create_connection(("127.0.0.1", watched.port), ARRIVES_WITHIN_S) as connection,
    ):
        locker.execute(f"LOCK TABLE {REVISIONS} IN ACCESS EXCLUSIVE MODE")
        head = f"GET /readyz HTTP/1.1\r\nHost: localhost:{watched.port}\r\n\r\n"
        connection.sendall(head.encode())
        _until_waiting(own_db)
        watched.ask_to_stop()
        _until_refusing(watched)
        locker.rollback()
        answer = connection.recv(65_536).decode()

    assert answer.startswith("HTTP/1.1 503")
    assert "cache-control: no-store" in answer.lower()
    assert watched.stop() == 0


def _sum(product: Product, name: str, **labels: str) -> float:
    read = ask(product, "/metrics", Authorization=f"Bearer {TOKEN}").text
    return sum(
        sample.value
        for family in text_string_to_metric_families(read)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def _until_answering(product: Product) -> None:
    assert ask(product, "/healthz").status == 200


def _until_refusing(product: Product) -> None:
    def refuses() -> bool:
        try:
            socket.create_connection(("127.0.0.1", product.port), ARRIVES_WITHIN_S).close()
        except ConnectionError:
            return True
        return False

    _wait(refuses)


def _until_waiting(db: DatabaseUnderTest) -> None:
    waiting = (
        "SELECT * FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    _wait(lambda: bool(db.rows(waiting)))


def _wait(condition: Any) -> None:
    give_up_at = time.monotonic() + ARRIVES_WITHIN_S
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.01)
