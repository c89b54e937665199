"""A code becomes stored tokens and a known account, or nothing at all (O-3, O-4)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from tests.api.conftest import ANN, Register
from tests.api.facts import audit, told
from tests.api.oauth import reluctant
from tests.api.oauth.accounts import CALLBACK, VERIFIER, Connected, sent_form
from tests.api.oauth.conftest import Connect, SetUp, values_of
from tests.api.providers import Contributing
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once
from tests.world import TokenBehaviour, Trouble, World, oauth_client

each_provider = pytest.mark.parametrize("provider", ["google", "microsoft"])


def refused(account: Connected, code: str, **parts) -> errors.TokenExchangeFailed:
    with pytest.raises(errors.TokenExchangeFailed) as caught:
        account.exchange(code, **parts)
    assert caught.value.code == "token_exchange_failed"
    return caught.value


def granted_last(outside: World) -> str:
    """The newest access token to the account that connects here."""
    return outside.oauth.access_tokens_of("ada@example.com")[-1]


def everything(db: DatabaseUnderTest) -> list[object]:
    """All that a failed exchange must leave as it is."""
    return [
        db.rows("SELECT * FROM integration_connections ORDER BY uuid"),
        db.rows("SELECT * FROM integration_secrets ORDER BY connection_uuid, field"),
        audit(db),
    ]


# Success


@each_provider
def test_an_exchange_connects_the_account_and_says_whose_it_is(
    set_up: SetUp, outside: World, provider: str
) -> None:
    account = set_up(provider=provider)
    assert account.stored.status is Status.DISCONNECTED
    before = datetime.now(UTC)

    connected = account.exchange(account.code())

    assert connected == account.stored
    assert connected.status is Status.CONNECTED
    assert (connected.account_name, bool(connected.account_id)) == ("ada@example.com", True)
    assert connected.connected_at is not None
    assert connected.connected_at >= before
    assert connected.saved_secrets == ("access_token", "client_secret", "refresh_token")
    assert integrations.is_connected(account.uuid)


def test_an_exchange_sends_code_verifier_and_client_to_the_token_endpoint(
    set_up: SetUp, outside: World
) -> None:
    account = set_up()
    code = account.code()

    account.exchange(code)

    [request] = outside.requests(key=code)
    assert sent_form(request) == {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": account.client.id,
        "client_secret": account.client.secret,
    }
    assert (request.scheme, request.host, request.query) == ("https", "oauth2.googleapis.com", "")


def test_a_provider_without_pkce_gets_no_verifier(
    db: DatabaseUnderTest, outside: World, register: Register
) -> None:
    register(Contributing(reluctant.provider("oauth2")))
    client = oauth_client("acme", serial="without PKCE")
    added = integrations.add_connection("reluctant", "main", values=values_of(client))

    with outside.hosting(reluctant.site()):
        integrations.exchange_code(added.uuid, "a-code", CALLBACK, code_verifier=VERIFIER)

    [request] = outside.requests(key=client.id)
    assert "code_verifier" not in sent_form(request)
    assert integrations.get_integration(added.uuid).status is Status.CONNECTED


def test_an_exchange_is_one_event_and_one_audit_entry(
    set_up: SetUp, events, db: DatabaseUnderTest
) -> None:
    account = set_up()
    told(events)
    code = account.code()
    before = len(audit(db))

    account.exchange(code)

    entries = audit(db)[before:]
    [event] = told(events)
    assert (event.kind, event.status, event.version) == ("connected", Status.CONNECTED, 1)
    assert event.uuid == account.uuid
    assert [(each["action"], each["actor_label"], each["fields"]) for each in entries] == [
        ("connected", "bob@example.com", [])
    ]


def test_nothing_secret_is_told_logged_or_audited(
    set_up: SetUp, events, db: DatabaseUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    account = set_up()
    code = account.code()

    with caplog.at_level(logging.DEBUG):  # the world's Authlib, in this process, logs its own
        connected = account.exchange(code)
        token = account.token

    logged = [each.getMessage() for each in caplog.records if "authlib" not in each.name]
    shown = f"{connected!r} {told(events)!r} {audit(db)!r} {logged} {account.row!r}"
    for secret in (token, code, VERIFIER, account.client.secret):
        assert secret not in shown


def test_tokens_do_not_touch_the_version(connect: Connect) -> None:
    account = connect()

    integrations.refresh_access_token(account.uuid)
    account.exchange(account.code())

    assert account.stored.version == 1


def test_a_failing_look_up_keeps_the_connection(set_up: SetUp) -> None:
    account = set_up(TokenBehaviour.ACCOUNT_FAILS)

    connected = account.exchange(account.code())

    assert connected.status is Status.CONNECTED
    assert (connected.account_id, connected.account_name) == (None, None)
    assert account.token


def test_two_accounts_at_one_provider_are_two_connections(connect: Connect, outside: World) -> None:
    first, second = connect(name="first"), connect(name="second")

    assert first.token != second.token
    assert dict(integrations.get_credentials("google:first"))["access_token"] == first.token


# Failure


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.INVALID_GRANT, CheckReason.NEEDS_RECONNECT),
        (Trouble.INVALID_CLIENT, CheckReason.NEEDS_RECONNECT),
        (Trouble.SERVER_ERROR, CheckReason.UNREACHABLE),
        (Trouble.RATE_LIMITED, CheckReason.UNREACHABLE),
        (Trouble.GARBAGE, CheckReason.UNREACHABLE),
        (Trouble.HTML, CheckReason.UNREACHABLE),
        (Trouble.CUT_BODY, CheckReason.UNREACHABLE),
        (Trouble.REDIRECT_ELSEWHERE, CheckReason.UNREACHABLE),
        (Trouble.NO_ACCESS_TOKEN, CheckReason.UNREACHABLE),
    ],
)
def test_a_failed_exchange_stores_and_tells_nothing(
    set_up: SetUp, outside: World, events, db: DatabaseUnderTest, trouble, reason
) -> None:
    account = set_up()
    code = account.code()
    outside.oauth.token_requests(account.client.id, trouble)
    told(events)
    before = everything(db)

    error = refused(account, code)

    assert error.reason is reason
    assert everything(db) == before
    assert told(events) == []
    assert outside.requests(host="evil.example", key=code) == []


@pytest.mark.parametrize("code", ["", "wrong", "a b&c=d", "ü", "\x00", "\ud800", "x" * 10_000])
def test_a_wrong_code_is_refused(set_up: SetUp, db: DatabaseUnderTest, code: str) -> None:
    account = set_up()
    before = everything(db)

    error = refused(account, code)

    assert error.reason is CheckReason.NEEDS_RECONNECT
    assert not code or code not in str(error)
    assert everything(db) == before


@pytest.mark.parametrize("verifier", [None, "", VERIFIER[:-1]])
def test_an_exchange_needs_the_verifier(set_up: SetUp, verifier: str | None) -> None:
    account = set_up()

    refused(account, account.code(), code_verifier=verifier)

    assert account.stored.status is Status.DISCONNECTED


def test_a_code_works_once(connect: Connect) -> None:
    account = connect()
    code = account.code()
    account.exchange(code)
    before = everything(account.db)

    refused(account, code)

    assert everything(account.db) == before


def test_a_code_for_another_callback_is_refused(set_up: SetUp) -> None:
    account = set_up()

    refused(account, account.code(), redirect_uri="https://evil.example/")

    assert account.stored.status is Status.DISCONNECTED


def test_a_wrong_client_secret_is_refused(set_up: SetUp) -> None:
    account = set_up(TokenBehaviour.WRONG)

    error = refused(account, account.code())

    assert error.details == {"http_status": 401, "provider_code": "invalid_client"}


def test_a_failed_reconnection_keeps_the_tokens_there_are(connect: Connect) -> None:
    account = connect()
    token = account.token

    refused(account, "wrong")

    assert account.token == token
    assert account.status == ("connected", None)


def test_a_client_that_is_saved_meanwhile_gets_no_tokens_of_the_old_one(
    set_up: SetUp, outside: World
) -> None:
    account = set_up()
    code = account.code()
    outside.oauth.token_requests(account.client.id, Trouble.SLOW)
    values = {"client_secret": "GOCSPX-another"}

    def save() -> None:
        outside.wait_for_requests(key=code)
        integrations.save_setup(account.uuid, values, actor=ANN)

    outcome, _ = at_once(lambda: account.exchange(code), save)

    assert outcome == "token_exchange_failed"
    assert account.stored.saved_secrets == ("client_secret",)
    assert account.stored.status is Status.DISCONNECTED
    assert outside.oauth.revoked(granted_last(outside))


def test_a_connection_that_is_removed_meanwhile_is_not_found(
    set_up: SetUp, outside: World, db: DatabaseUnderTest
) -> None:
    account = set_up()
    code = account.code()
    outside.oauth.token_requests(account.client.id, Trouble.SLOW)

    def remove() -> None:
        outside.wait_for_requests(key=code)
        integrations.remove_connection(account.uuid, actor=ANN)

    outcome, _ = at_once(lambda: account.exchange(code), remove)

    assert outcome == "not_found"
    assert db.rows("SELECT FROM integration_secrets") == []
    assert outside.oauth.revoked(granted_last(outside))


# Where it cannot begin


@pytest.mark.parametrize("uuid", ["google:main", "", "x", None, 7])
def test_what_is_no_uuid_is_invalid(db: DatabaseUnderTest, uuid) -> None:
    with pytest.raises(errors.InvalidUuid):
        integrations.exchange_code(uuid, "code", CALLBACK)


def test_an_unknown_connection_is_not_found(db: DatabaseUnderTest) -> None:
    with pytest.raises(errors.NotFound):
        integrations.exchange_code(uuid4(), "code", CALLBACK)


@pytest.mark.parametrize("values", [None, {"client_id": "an-id"}, {"client_secret": "a-secret"}])
def test_an_exchange_needs_client_id_and_secret(
    db: DatabaseUnderTest, values: dict[str, str] | None
) -> None:
    added = integrations.add_connection("google", "main", values=values)

    with pytest.raises(errors.ClientCredentialsNotConfigured) as caught:
        integrations.exchange_code(added.uuid, "code", CALLBACK)

    assert caught.value.code == "client_credentials_not_configured"


def test_an_api_key_takes_no_code(connection) -> None:
    with pytest.raises(errors.ClientCredentialsNotConfigured):
        integrations.exchange_code(connection.uuid, "code", CALLBACK)
