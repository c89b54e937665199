"""Asking providers whether credentials work, as each provider in the world answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.actor import Actor
from integrations_app.domain.check import CheckReason, CheckResult
from integrations_app.domain.connection import Connection, Status
from integrations_app.security.egress import DEADLINE_S
from integrations_app.services.checking import run
from tests.api.conftest import ANN, BOB, KEY, Register
from tests.api.facts import actions, told
from tests.api.providers import MANY_FIELDS, SELF_HOSTED, UNTESTABLE, Contributing
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour, World, key
from tests.world.messages import Reply, Site

PROVIDERS = ("openrouter", "mistral", "deepseek")
every_provider = pytest.mark.parametrize("provider", PROVIDERS)

REASONS: Mapping[Behaviour, tuple[CheckReason, Mapping[str, Any]]] = {
    Behaviour.WRONG: (CheckReason.CREDENTIALS_REJECTED, {"http_status": 401}),
    Behaviour.NO_CREDIT: (CheckReason.NO_CREDIT, {"http_status": 402}),
    Behaviour.FORBIDDEN: (CheckReason.ACCESS_DENIED, {"http_status": 403}),
    Behaviour.RATE_LIMITED: (
        CheckReason.RATE_LIMITED,
        {"http_status": 429, "retry_after_s": 30},
    ),
    Behaviour.SERVER_ERROR: (CheckReason.PROVIDER_ERROR, {"http_status": 500}),
    Behaviour.UNAVAILABLE: (CheckReason.PROVIDER_ERROR, {"http_status": 503}),
    Behaviour.HTML: (CheckReason.PROVIDER_ERROR, {"http_status": 200}),
    Behaviour.WRONG_SHAPE: (CheckReason.PROVIDER_ERROR, {"http_status": 200}),
    Behaviour.REDIRECT_ELSEWHERE: (CheckReason.PROVIDER_ERROR, {"http_status": 302}),
    Behaviour.REDIRECT_TO_HTTP: (CheckReason.PROVIDER_ERROR, {"http_status": 302}),
    Behaviour.GARBAGE: (CheckReason.PROVIDER_ERROR, {}),
    Behaviour.ENDLESS_BODY: (CheckReason.PROVIDER_ERROR, {}),
    Behaviour.COMPRESSED_BOMB: (CheckReason.PROVIDER_ERROR, {}),
    Behaviour.CUT_BODY: (CheckReason.UNREACHABLE, {}),
}
SLOW = (Behaviour.HANGING, Behaviour.DRIPPING_HEADERS, Behaviour.DRIPPING_BODY)
PROVIDER_CODES = {"openrouter": "error.code", "deepseek": "error.code", "mistral": "code"}

RECOGNISABLE = 8
"""So many characters of a key in a row, and somebody knows whose it is."""


def shows(text: str, presented: str) -> bool:
    starts = range(len(presented) - RECOGNISABLE + 1)
    return any(presented[start : start + RECOGNISABLE] in text for start in starts)


def dry_run(provider: str, presented: str) -> CheckResult:
    return integrations.validate_credentials(provider, {"api_key": presented})


# What the answers mean


@every_provider
def test_a_right_key_is_accepted_with_one_request_to_its_provider(
    outside: World, provider: str
) -> None:
    presented = key(provider, serial="accepted")

    result = dry_run(provider, presented)

    assert (result.ok, result.reason, result.details) == (True, None, {})
    [request] = outside.requests(key=presented)
    assert (request.scheme, request.method, request.bearer) == ("https", "GET", presented)
    assert request.host in integrations.get_provider(provider).allowed_hosts


@every_provider
@pytest.mark.parametrize("behaviour", REASONS)
def test_a_key_in_trouble_gets_the_right_reason_with_one_request(
    outside: World, provider: str, behaviour: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    reason, details = REASONS[behaviour]
    presented = key(provider, behaviour, serial="in trouble")

    with caplog.at_level(logging.DEBUG):
        result = dry_run(provider, presented)

    assert (result.ok, result.reason) == (False, reason)
    assert {name: result.details.get(name) for name in details} == details
    assert set(result.details) <= {*details, "provider_code"}
    assert len(outside.requests(key=presented)) == 1
    assert result.message
    assert not shows(f"{result!r} {caplog.text}", presented)


@every_provider
def test_an_answer_that_arrives_compressed_proves_a_key(outside: World, provider: str) -> None:
    result = dry_run(provider, key(provider, Behaviour.COMPRESSED))

    assert (result.ok, result.reason) == (True, None)


@pytest.mark.parametrize("behaviour", [Behaviour.COMPRESSED_BOMB, Behaviour.ENDLESS_BODY])
def test_an_answer_that_is_far_too_large_is_called_that(
    outside: World, behaviour: Behaviour
) -> None:
    result = dry_run("mistral", key("mistral", behaviour))

    assert result.details == {"provider_code": "answer_too_large"}
    assert "Mistral sent a far larger answer than the question needs" in result.message


@pytest.mark.parametrize(
    ("status", "reason", "says"),
    [
        (200, CheckReason.PROVIDER_ERROR, "compressed in a way that cannot be read"),
        (401, CheckReason.CREDENTIALS_REJECTED, "was refused"),
    ],
)
def test_an_answer_that_cannot_be_unpacked_is_judged_by_its_status(
    outside: World, register: Register, status: int, reason: CheckReason, says: str
) -> None:
    register(Contributing(SELF_HOSTED))
    headers = (("content-encoding", "br"), ("content-type", "application/json"))
    reply = Reply(status=status, headers=headers, body=b"\x0b\x02\x80{}\x03")
    site = Site(hosts=("packed.example",), answer=lambda _request: reply)

    with outside.hosting(site):
        values = {"base_url": "https://packed.example", "api_key": "abc"}
        result = integrations.validate_credentials("forge", values)

    assert result.reason is reason
    assert says in result.message


@every_provider
def test_a_date_to_try_again_becomes_seconds(outside: World, provider: str) -> None:
    result = dry_run(provider, key(provider, Behaviour.RATE_LIMITED_UNTIL))

    assert result.reason is CheckReason.RATE_LIMITED
    assert 115 <= result.details["retry_after_s"] <= 120


def test_an_empty_balance_shows_where_the_provider_tells(outside: World) -> None:
    told_by_deepseek = dry_run("deepseek", key("deepseek", Behaviour.EMPTY_BALANCE))
    unseen = dry_run("mistral", key("mistral", Behaviour.EMPTY_BALANCE))

    assert (told_by_deepseek.ok, told_by_deepseek.reason) == (False, CheckReason.NO_CREDIT)
    assert unseen.ok


def test_a_providers_own_code_is_kept(outside: World) -> None:
    result = dry_run("openrouter", key("openrouter", Behaviour.WRONG))

    assert result.details == {"http_status": 401, "provider_code": "401"}


@every_provider
def test_the_message_names_the_provider_in_words(outside: World, provider: str) -> None:
    result = dry_run(provider, key(provider, Behaviour.WRONG))

    assert integrations.get_provider(provider).title in result.message
    assert "401" not in result.message


@every_provider
def test_a_right_keys_account_does_not_show_the_key(outside: World, provider: str) -> None:
    presented = key(provider)

    assert not shows(repr(dry_run(provider, presented)), presented)


@every_provider
def test_no_credential_follows_a_redirect(outside: World, provider: str) -> None:
    presented = key(provider, Behaviour.REDIRECT_ELSEWHERE, serial="redirected")
    before = outside.recorder.connects(host="evil.example")

    dry_run(provider, presented)

    assert outside.requests(host="evil.example", key=presented) == []
    assert outside.recorder.connects(host="evil.example") == before


def test_nothing_travels_unencrypted(outside: World) -> None:
    presented = key("mistral", Behaviour.REDIRECT_TO_HTTP, serial="unencrypted")

    dry_run("mistral", presented)

    assert {request.scheme for request in outside.requests(key=presented)} == {"https"}


def test_a_key_with_a_line_break_reaches_nobody(outside: World) -> None:
    before = len(outside.requests())

    with pytest.raises(errors.InvalidFields):
        dry_run("mistral", "abc\r\nX-Injected: 1")

    assert len(outside.requests()) == before


def test_whoever_hangs_or_drips_costs_one_deadline_however_many_there_are(
    outside: World, caplog: pytest.LogCaptureFixture
) -> None:
    slow = [
        (provider, key(provider, behaviour, serial=f"slow {serial}"))
        for provider in PROVIDERS
        for behaviour in SLOW
        for serial in range(7)  # more at once than there are pooled connections
    ]

    with caplog.at_level(logging.DEBUG), ThreadPoolExecutor(len(slow)) as threads:
        began = time.monotonic()
        results = list(threads.map(lambda each: dry_run(*each), slow))
        took_s = time.monotonic() - began

    assert {result.reason for result in results} == {CheckReason.UNREACHABLE}
    assert took_s < DEADLINE_S + 4
    assert not any(shows(f"{results!r} {caplog.text}", presented) for _, presented in slow)


def test_an_endless_answer_is_cut_off_long_before_the_deadline(outside: World) -> None:
    began = time.monotonic()

    dry_run("mistral", key("mistral", Behaviour.ENDLESS_BODY))
    dry_run("mistral", key("mistral", Behaviour.COMPRESSED_BOMB))

    assert time.monotonic() - began < DEADLINE_S / 2


def test_a_check_after_trouble_works_as_before(outside: World) -> None:
    for behaviour in (Behaviour.GARBAGE, Behaviour.CUT_BODY, Behaviour.ENDLESS_BODY):
        dry_run("mistral", key("mistral", behaviour))

    assert dry_run("mistral", key("mistral")).ok


# Without an answer


def test_a_proxy_that_is_not_there_makes_every_provider_unreachable(
    outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert dry_run("mistral", KEY).reason is CheckReason.UNREACHABLE


def test_a_certificate_that_is_not_trusted_makes_a_provider_unreachable(
    outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    presented = key("mistral", serial="untrusted")

    result = dry_run("mistral", presented)

    assert result.reason is CheckReason.UNREACHABLE
    assert outside.requests(key=presented) == []


def test_a_provider_without_a_check_never_reports_success(register: Register) -> None:
    register(Contributing(UNTESTABLE))

    result = integrations.validate_credentials("silent", {"api_key": "abc"})

    assert (result.ok, result.reason) == (False, CheckReason.NOT_TESTABLE)


@pytest.mark.parametrize("values", [{}, {"api_key": ""}, {"api_key": "  "}])
def test_a_dry_run_without_a_key_fails_without_a_request(
    outside: World, values: dict[str, str]
) -> None:
    before = len(outside.requests())

    result = integrations.validate_credentials("mistral", values)

    assert (result.ok, result.reason) == (False, CheckReason.CREDENTIALS_REJECTED)
    assert len(outside.requests()) == before


def test_an_oauth2_dry_run_says_that_there_is_no_account_yet(outside: World) -> None:
    result = integrations.validate_credentials("google", {"client_id": "id"})

    assert (result.ok, result.reason) == (False, CheckReason.NEEDS_RECONNECT)


def test_a_dry_run_needs_a_declared_provider() -> None:
    with pytest.raises(errors.UnknownProvider):
        integrations.validate_credentials("unknown", {})


def test_a_dry_run_refuses_undeclared_keys() -> None:
    with pytest.raises(errors.InvalidFields):
        integrations.validate_credentials("mistral", {"status": "connected"})


# Typed over stored


def test_a_dry_run_of_a_connection_takes_its_secrets_where_none_is_typed(
    outside: World, connection: Connection
) -> None:
    before = len(outside.requests(key=KEY))

    result = integrations.validate_credentials(
        "mistral", {"api_key": " "}, uuid=str(connection.uuid)
    )

    assert result.ok
    assert len(outside.requests(key=KEY)) == before + 1


def test_a_dry_run_of_a_connection_prefers_what_is_typed(
    outside: World, connection: Connection
) -> None:
    typed = key("mistral", Behaviour.WRONG, serial="typed in a dry run")

    result = integrations.validate_credentials("mistral", {"api_key": typed}, uuid=connection.uuid)

    assert result.reason is CheckReason.CREDENTIALS_REJECTED
    assert len(outside.requests(key=typed)) == 1


def test_a_dry_run_stores_and_tells_nothing(
    db: DatabaseUnderTest, outside: World, connection: Connection
) -> None:
    before = actions(db)

    with integrations.subscribe() as events:
        integrations.validate_credentials("mistral", {}, uuid=connection.uuid)

        assert told(events) == []
    assert integrations.get_integration_by_uuid(connection.uuid) == connection
    assert [action for action in actions(db) if action not in before] == []


@pytest.mark.parametrize("uuid", ["mistral:main", "", 7])
def test_a_dry_run_of_a_connection_needs_its_uuid(connection: Connection, uuid: Any) -> None:
    with pytest.raises(errors.InvalidUuid):
        integrations.validate_credentials("mistral", {}, uuid=uuid)


# Stored


@pytest.mark.parametrize("actor", [ANN, BOB])
def test_a_run_checks_what_is_stored_and_stores_the_outcome(
    outside: World, connection: Connection, actor: Actor
) -> None:
    result = run.run(connection.uuid, actor=actor)

    assert result.ok
    assert integrations.get_integration_by_uuid(connection.uuid).status is Status.CONNECTED


def test_a_run_of_a_refused_key_stores_the_error(outside: World, db: DatabaseUnderTest) -> None:
    wrong = key("mistral", Behaviour.WRONG)
    added = integrations.add_connection("mistral", "main", values={"api_key": wrong}, actor=ANN)

    run.run(added.uuid, actor=BOB)

    after = integrations.get_integration_by_uuid(added.uuid)
    assert (after.status, after.validation_reason, after.validation_details) == (
        Status.ERROR,
        CheckReason.CREDENTIALS_REJECTED,
        {"http_status": 401},
    )


def test_a_connection_without_credentials_is_checked_without_a_request(
    outside: World, db: DatabaseUnderTest
) -> None:
    added = integrations.add_connection("mistral", "main")
    before = len(outside.requests())

    result = integrations.validate_connection(added.uuid)

    assert (result.ok, result.reason) == (False, CheckReason.CREDENTIALS_REJECTED)
    assert len(outside.requests()) == before


def test_an_address_in_any_script_is_asked_at_its_ascii_name(
    outside: World, register: Register
) -> None:
    register(Contributing(SELF_HOSTED))
    values = {"base_url": "https://bücher.example/größe", "api_key": "umlaut"}

    integrations.validate_credentials("forge", values)

    [request] = outside.requests(key="umlaut")
    assert (request.host, request.path) == ("xn--bcher-kva.example", "/gr%C3%B6%C3%9Fe/api/me")


def test_a_value_in_an_address_is_one_part_of_it(outside: World, register: Register) -> None:
    register(Contributing(MANY_FIELDS))
    values = {"api_key": "percent-encoded", "region": "eu/../admin?x=1#"}

    integrations.validate_credentials("acme", values)

    [request] = outside.requests(key="percent-encoded")
    assert (request.host, request.path) == ("api.acme.example", "/eu%2F..%2Fadmin%3Fx%3D1%23/me")


def test_a_row_that_holds_what_no_request_can_carry_is_checked_all_the_same(
    db: DatabaseUnderTest, register: Register, outside: World
) -> None:
    register(Contributing(SELF_HOSTED))
    values = {"base_url": "https://forge.example", "api_key": "abc"}
    added = integrations.add_connection("forge", "main", values=values)
    db.execute("""UPDATE integration_connections SET setup_values = '{"base_url": "nowhere"}'""")

    result = integrations.validate_connection(added.uuid)

    assert not result.ok
    assert "A stored value does not fit what Forge asks for now" in result.message
