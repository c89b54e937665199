"""What the operator's monitoring reads, and who else may: nobody."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from integrations_app import errors, integrations, settings
from integrations_app.domain.actor import Actor
from integrations_app.services.checking import run
from integrations_app.services.operations import metrics
from tests import processes
from tests.api.oauth.accounts import exchange
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour, Trouble, World, key, oauth_client

Browser = Callable[..., TestClient]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]

TOKEN = "monitors-token-1"
HEARD_WITHIN_S = 10

A_WORKER = """
import time
from integrations_app.services import catalogue, observation
from integrations_app.services.operations import metrics
with metrics.collected():
    observation.checked(catalogue.get("mistral"), None)
    give_up_at = time.monotonic() + 10
    while "listener_connected 1.0" not in (said := metrics.exposition().decode()):
        assert time.monotonic() < give_up_at, said
        time.sleep(0.02)
    print(said)
"""


@pytest.fixture
def counting(db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An operator who wants to know."""
    monkeypatch.setenv("INTEGRATIONS_METRICS_TOKEN", TOKEN)
    with metrics.collected():
        yield


def text(browser: Browser) -> str:
    answer = browser().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return answer.text


def samples(browser: Browser) -> Samples:
    """Every figure by name and labels, as Prometheus' own parser understands it."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text(browser))
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0)


# Who may read


def test_without_a_token_set_there_is_no_such_page(browser: Browser) -> None:
    answer = browser().get("/metrics", headers={"Authorization": "Bearer "})

    assert (answer.status_code, answer.text) == (404, "")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        TOKEN,
        "Bearer",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Basic {TOKEN}",
        "Bearer \xe9",
    ],
)
def test_who_does_not_know_the_token_reads_nothing(
    browser: Browser, counting: None, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}

    answer = browser().get("/metrics", headers=headers)  # pyright: ignore[reportArgumentType]

    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_who_knows_it_reads_figures_that_no_cache_keeps(browser: Browser, counting: None) -> None:
    answer = browser().get("/metrics", headers={"Authorization": f"bearer {TOKEN}"})

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"


def test_only_reading_is_answered(browser: Browser, counting: None) -> None:
    assert browser().post("/metrics").status_code == 405


@pytest.mark.parametrize("token", ["short", "x" * 15, "with\ttabs and more", "größer als sechzehn"])
def test_a_token_that_could_be_guessed_or_not_be_sent_is_refused(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("INTEGRATIONS_METRICS_TOKEN", token)

    with pytest.raises(errors.InvalidSetting, match="INTEGRATIONS_METRICS_TOKEN") as refused:
        settings.load()

    assert token not in str(refused.value)
    assert "\n" not in str(refused.value)


# What is said


def test_connections_are_counted_by_status(
    browser: Browser, counting: None, outside: World
) -> None:
    integrations.add_connection("openrouter", "good", values={"api_key": key("openrouter")})
    bad = integrations.add_connection(
        "mistral", "bad", values={"api_key": key("mistral", Behaviour.WRONG)}
    )
    run.run(bad.uuid, actor=Actor.of(None))

    found = samples(browser)

    statuses = ("disconnected", "configured", "connected", "error")
    counts = [value(found, "integrations_connections", status=each) for each in statuses]
    assert counts == [0, 1, 0, 1]


def test_checks_are_counted_by_provider_and_outcome(
    browser: Browser, counting: None, outside: World
) -> None:
    right, wrong = key("mistral"), key("mistral", Behaviour.WRONG)
    stored = integrations.add_connection("mistral", "main", values={"api_key": right})

    run.run(stored.uuid, actor=Actor.of(None))
    run.dry_run("mistral", {"api_key": wrong})

    found = samples(browser)
    for outcome in ("ok", "credentials_rejected"):
        counted = value(found, "integrations_checks_total", provider="mistral", outcome=outcome)
        assert counted == 1, outcome
    asked = value(found, "integrations_provider_request_seconds_count", provider="mistral")
    assert asked == 2


def test_renewals_are_counted_by_provider_and_outcome(
    browser: Browser, counting: None, outside: World
) -> None:
    client = oauth_client("google", serial="counted")
    values = {"client_id": client.id, "client_secret": client.secret}
    uuid = integrations.add_connection("google", "main", values=values).uuid
    exchange(outside, uuid)
    integrations.refresh_access_token(uuid)
    outside.oauth.refreshes(client.id, Trouble.SERVER_ERROR)
    with pytest.raises(errors.TokenRefreshFailed):
        integrations.refresh_access_token(uuid)

    found = samples(browser)

    for outcome in ("ok", "unreachable"):
        name = "integrations_token_refreshes_total"
        assert value(found, name, provider="google", outcome=outcome) == 1, outcome


def test_the_listener_is_said_to_hear_and_how_late(browser: Browser, counting: None) -> None:
    _wait(lambda: value(samples(browser), "integrations_listener_connected") == 1)

    integrations.add_connection("mistral", "main")

    _wait(lambda: value(samples(browser), "integrations_event_lag_seconds_count") >= 1)
    assert 0 <= value(samples(browser), "integrations_event_lag_seconds_sum") < HEARD_WITHIN_S


def test_a_lost_database_costs_only_what_it_would_have_said(
    browser: Browser, counting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    browser().get("/healthz")

    said = text(browser)

    assert "integrations_connections{" not in said
    assert "integrations_http_request_seconds_count" in said


def test_requests_are_told_by_the_template_of_their_route(browser: Browser, counting: None) -> None:
    client = browser()
    client.get("/healthz")
    client.get("/healthz")
    client.post("/api/integrations/sign-in", content=b"{")
    client.get("/made/up/SECRET?token=SECRET")
    client.request("SECRET", "/made-up")

    found = samples(browser)

    name = "integrations_http_request_seconds_count"
    assert value(found, name, route="/healthz", method="GET", status="200") == 2
    sign_in = "/api/integrations/sign-in"
    assert value(found, name, route=sign_in, method="POST", status="400") == 1
    assert value(found, name, route="pages", method="GET", status="404") == 1
    assert value(found, name, route="pages", method="other", status="404") == 1
    assert "SECRET" not in str(found)


def test_figures_and_log_hold_no_secret(
    browser: Browser,
    counting: None,
    outside: World,
    caplog: pytest.LogCaptureFixture,
) -> None:
    right, wrong = (
        key("openrouter", behaviour, serial="figures")
        for behaviour in (Behaviour.RIGHT, Behaviour.WRONG)
    )
    with caplog.at_level(logging.DEBUG, "integrations_app"):
        stored = integrations.add_connection("openrouter", "main", values={"api_key": right})
        run.run(stored.uuid, actor=Actor.of(None))
        run.dry_run("openrouter", {"api_key": wrong})
        said = text(browser)

    for secret in (right, wrong, TOKEN, "main", str(stored.uuid)):
        assert secret not in said
    for secret in (right, wrong, TOKEN):
        assert secret not in caplog.text


# Who counts


def test_a_program_without_a_token_counts_nothing(db: DatabaseUnderTest) -> None:
    with metrics.collected():
        assert metrics.exposition() is None


def test_what_each_worker_counts_is_summed_and_what_the_database_says_is_not(
    db: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_METRICS_TOKEN", TOKEN)
    monkeypatch.setenv(metrics.SHARED_FOLDER, str(tmp_path))
    integrations.add_connection("mistral", "main")

    for _ in range(2):
        processes.run(A_WORKER)
    said = processes.run(A_WORKER)

    assert 'integrations_checks_total{outcome="ok",provider="mistral"} 3.0' in said
    assert 'integrations_connections{status="configured"} 0.0' in said
    assert 'integrations_connections{status="disconnected"} 1.0' in said
    assert "integrations_listener_connected 1.0" in said, "the dead ones listen no more"


def _wait(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + HEARD_WITHIN_S
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.02)
