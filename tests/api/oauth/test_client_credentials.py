"""A client that acts for itself: its id and secret are exchanged for tokens, without a person."""

from __future__ import annotations

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from integrations_app.services.checking import run
from tests.api.conftest import BOB, CLOCK, Register
from tests.api.facts import actions, audit, told
from tests.api.oauth.accounts import moment, sent_form
from tests.api.oauth.conftest import SetUp, acme_parts, values_of
from tests.api.providers import Contributing, declared
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once
from tests.world import TokenBehaviour, Trouble, World, oauth_client

pytestmark = pytest.mark.usefixtures("acme")

WRONG = {"client_secret": "acme_secret_wrong"}


@pytest.fixture
def untestable_acme(register: Register) -> None:
    """Declares Acme once more, under another key and with nothing to check with."""
    register(Contributing(declared("untestable", **acme_parts(check=None)), key="untestable"))


# The dry run


def test_a_dry_run_with_the_right_secret_says_whose_it_is(outside: World, db) -> None:
    client = oauth_client("acme", serial="dry run")

    result = integrations.validate_credentials("acme", values_of(client))

    assert result.ok
    assert result.account is not None
    assert result.account.id == f"acct_{client.id[-8:]}"
    assert integrations.list_connections() == []


def test_a_dry_run_with_a_wrong_secret_is_refused(outside: World, db) -> None:
    client = oauth_client("acme", serial="wrong dry run")

    result = integrations.validate_credentials("acme", values_of(client) | WRONG)

    assert (result.ok, result.reason) == (False, CheckReason.CREDENTIALS_REJECTED)
    assert result.details == {"http_status": 401, "provider_code": "invalid_client"}


@pytest.mark.parametrize("values", [{}, {"client_id": "x"}, {"client_secret": "x"}])
def test_a_dry_run_without_id_or_secret_is_refused_unasked(
    outside: World, db, values: dict[str, str]
) -> None:
    asked = len(outside.requests(host="auth.acme.example"))

    result = integrations.validate_credentials("acme", values)

    assert result.reason is CheckReason.CREDENTIALS_REJECTED
    assert len(outside.requests(host="auth.acme.example")) == asked


def test_a_dry_run_of_a_connection_uses_its_stored_secret_and_keeps_nothing(
    set_up: SetUp, db: DatabaseUnderTest, events
) -> None:
    account = set_up(provider="acme")
    told(events)
    before = (account.row, actions(db))

    result = integrations.validate_credentials(
        "acme", {"client_id": account.client.id}, uuid=account.uuid
    )

    assert result.ok
    assert (account.row, actions(db)) == before
    assert told(events) == []


@pytest.mark.usefixtures("untestable_acme")
def test_a_dry_run_without_a_check_is_decided_by_the_token(outside: World, db) -> None:
    values = values_of(oauth_client("acme", serial="untestable"))

    right = integrations.validate_credentials("untestable", values)
    wrong = integrations.validate_credentials("untestable", values | WRONG)

    assert (right.ok, wrong.ok) == (True, False)
    assert wrong.reason is CheckReason.CREDENTIALS_REJECTED


# The first token


def test_saving_asks_nobody(set_up: SetUp) -> None:
    account = set_up(provider="acme")

    assert account.stored.status is Status.CONFIGURED
    assert account.refreshes == []


def test_the_first_token_connects(set_up: SetUp, events) -> None:
    account = set_up(provider="acme")
    told(events)

    token = account.token

    assert token.startswith("acme_at_")
    assert account.status == ("connected", None)
    assert account.stored.connected_at is not None
    assert [(each.kind, each.status) for each in told(events)] == [("validated", "connected")]


def test_a_token_is_asked_for_with_scopes_and_declared_parameters(set_up: SetUp) -> None:
    account = set_up(provider="acme")

    assert account.token

    [request] = account.refreshes
    assert sent_form(request) == {
        "grant_type": "client_credentials",
        "scope": "things accounts",
        "audience": "https://api.acme.example",
        "client_id": account.client.id,
        "client_secret": account.client.secret,
    }
    assert (request.host, request.path) == ("auth.acme.example", "/oauth/token")


def test_a_token_is_handed_out_until_it_is_due(set_up: SetUp) -> None:
    account = set_up(provider="acme")

    assert account.token == account.token
    assert len(account.refreshes) == 1


def test_credentials_hold_no_client_secret(set_up: SetUp) -> None:
    account = set_up(provider="acme")

    found = integrations.get_credentials(account.uuid)

    assert set(found) == {"client_id", "access_token"}
    assert account.token not in repr(found)


def test_twenty_threads_cause_one_request(set_up: SetUp) -> None:
    account = set_up(TokenBehaviour.SLOW, provider="acme")

    outcomes = at_once(*[lambda: account.token] * 20)

    assert outcomes == [account.token] * 20
    assert len(account.refreshes) == 1


def test_a_first_token_is_audited_as_automatic(set_up: SetUp, db: DatabaseUnderTest) -> None:
    account = set_up(provider="acme")
    before = len(actions(db))

    assert account.token

    [entry] = audit(db)[before:]
    assert (entry["action"], entry["origin"]) == ("token_refreshed", "schedule")


def test_without_credentials_there_is_no_token(db: DatabaseUnderTest, outside: World) -> None:
    added = integrations.add_connection("acme", "main", values={"client_id": "an-id"})

    assert added.status is Status.DISCONNECTED
    with pytest.raises(errors.NotConfigured):
        integrations.get_credentials(added.uuid)


# The next ones


def test_an_expired_token_is_replaced(set_up: SetUp) -> None:
    account = set_up(provider="acme")
    old = account.token
    account.expire()

    assert account.token == account.token != old
    assert len(account.refreshes) == 2


def test_a_token_is_due_ahead_of_its_end(set_up: SetUp) -> None:
    account = set_up(TokenBehaviour.SHORT_LIVED, provider="acme")

    assert account.token

    ahead = moment(account, "token_expires_at") - moment(account, "token_refresh_at")
    assert ahead.total_seconds() == 1


def test_a_token_can_be_had_at_any_time(set_up: SetUp) -> None:
    account = set_up(provider="acme")
    old = account.token

    new = integrations.refresh_access_token(account.uuid, actor=BOB)

    assert account.token == new != old


def test_a_check_replaces_a_token_that_is_refused(set_up: SetUp, outside: World) -> None:
    account = set_up(provider="acme")
    assert account.token
    outside.oauth.expire_access_tokens(account.client.id)

    result = integrations.validate_connection(account.uuid)

    assert result.ok
    assert len(account.refreshes) == 2


# Refusals


def test_a_wrong_secret_is_refused_and_not_tried_again_at_once(set_up: SetUp) -> None:
    account = set_up(provider="acme", **WRONG)

    for _ in range(3):
        with pytest.raises(errors.TokenRefreshFailed) as caught:
            integrations.get_credentials(account.uuid)
        assert caught.value.reason is CheckReason.CREDENTIALS_REJECTED

    assert account.status == ("error", "credentials_rejected")
    assert len(account.refreshes) == 1


def test_a_provider_out_of_order_is_unreachable(set_up: SetUp, outside: World) -> None:
    account = set_up(provider="acme")
    outside.oauth.refreshes(account.client.id, Trouble.UNAVAILABLE)

    with pytest.raises(errors.TokenRefreshFailed) as caught:
        integrations.get_credentials(account.uuid)

    assert caught.value.reason is CheckReason.UNREACHABLE
    assert account.status == ("error", "unreachable")


def test_a_client_recovers_by_itself(set_up: SetUp, outside: World) -> None:
    account = set_up(provider="acme")
    account.fail_once(Trouble.INVALID_CLIENT)
    account.cool_down()

    assert account.token
    assert account.status == ("connected", None)


def test_a_person_who_checks_does_not_wait_for_the_pause(set_up: SetUp) -> None:
    account = set_up(provider="acme")
    account.fail_once(Trouble.INVALID_CLIENT)

    patient = run.run(account.uuid, actor=CLOCK)
    impatient = run.run(account.uuid, actor=BOB)

    assert patient.reason is CheckReason.CREDENTIALS_REJECTED
    assert impatient.ok
    assert account.status == ("connected", None)
    assert len(account.refreshes) == 2


# New credentials, and none


def test_new_credentials_end_the_old_token_and_the_pause(set_up: SetUp) -> None:
    account = set_up(provider="acme")
    assert account.token

    integrations.save_setup(account.uuid, WRONG, actor=BOB)
    after_saving = account.stored
    assert not integrations.is_connected(account.uuid)
    integrations.save_setup(account.uuid, {"client_secret": account.client.secret}, actor=BOB)

    assert (after_saving.status, after_saving.saved_secrets) == (
        Status.CONFIGURED,
        ("client_secret",),
    )
    assert account.token
    assert account.status == ("connected", None)


def test_a_disconnected_client_keeps_no_secret(set_up: SetUp) -> None:
    account = set_up(provider="acme")
    assert account.token

    assert integrations.disconnect(account.uuid, actor=BOB)

    assert account.status == ("disconnected", None)
    assert account.stored.saved_secrets == ()
    assert (account.stored.scopes, account.row["token_expires_at"]) == ((), None)
    with pytest.raises(errors.NotConfigured):
        integrations.get_credentials(account.uuid)
    with pytest.raises(errors.NoRefreshToken):
        integrations.refresh_access_token(account.uuid)


@pytest.mark.usefixtures("untestable_acme")
def test_without_a_check_a_token_is_the_proof(outside: World, db: DatabaseUnderTest) -> None:
    values = values_of(oauth_client("acme", serial="proof"))
    added = integrations.add_connection("untestable", "main", values=values)

    good = run.run(added.uuid, actor=BOB)
    connected = integrations.get_integration_by_uuid(added.uuid)
    integrations.save_setup(added.uuid, WRONG, actor=BOB)
    bad = run.run(added.uuid, actor=BOB)
    failed = integrations.get_integration_by_uuid(added.uuid)

    assert (good.ok, connected.status) == (True, Status.CONNECTED)
    assert (bad.reason, failed.status) == (CheckReason.CREDENTIALS_REJECTED, Status.ERROR)
    assert connected.last_validated_at is not None
