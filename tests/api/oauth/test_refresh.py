"""Tokens last as long as the provider says, and are renewed ahead of their end (O-5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.connection import Status
from tests.api.conftest import BOB, CLOCK
from tests.api.facts import actions, audit, told
from tests.api.oauth.accounts import moment, sent_form
from tests.api.oauth.conftest import Connect
from tests.postgresql import DatabaseUnderTest
from tests.world import TokenBehaviour, World

HOUR = timedelta(seconds=3599)
SHORT = timedelta(seconds=2)
ONE_SECOND = timedelta(seconds=1)


# How long tokens last


@pytest.mark.parametrize(
    ("behaviour", "life", "ahead"),
    [
        (TokenBehaviour.RIGHT, HOUR, timedelta(minutes=15)),
        (TokenBehaviour.TEXT_NUMBERS, HOUR, timedelta(minutes=15)),
        (TokenBehaviour.SHORT_LIVED, SHORT, SHORT / 2),
    ],
)
def test_tokens_are_due_ahead_of_their_end_by_15_minutes_or_half_their_life(
    connect: Connect, behaviour: TokenBehaviour, life: timedelta, ahead: timedelta
) -> None:
    before = datetime.now(UTC)
    account = connect(behaviour)

    expires_at, refresh_at = (
        moment(account, "token_expires_at"),
        moment(account, "token_refresh_at"),
    )

    assert before + life <= expires_at <= datetime.now(UTC) + life
    assert expires_at - refresh_at == ahead


def test_a_token_without_a_stated_end_is_never_due(connect: Connect) -> None:
    account = connect(TokenBehaviour.NO_EXPIRY)

    token = account.token

    assert (account.row["token_expires_at"], account.row["token_refresh_at"]) == (None, None)
    assert account.token == token
    assert account.refreshes == []


def test_a_token_that_is_not_due_is_handed_out_as_it_is(connect: Connect) -> None:
    account = connect()

    assert account.token == account.token
    assert account.refreshes == []


def test_the_granted_scopes_are_stored_as_the_provider_names_them(connect: Connect) -> None:
    account = connect()

    assert account.stored.scopes == (
        "openid",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/userinfo.profile",
    )


# Renewal


def test_a_token_that_is_due_is_renewed_before_it_is_handed_out(
    connect: Connect, outside: World
) -> None:
    account = connect()
    old = account.token
    account.become_due()
    outside.oauth.expire_access_tokens(account.client.id)

    new = account.token

    assert new != old
    assert integrations.validate_connection(account.uuid).ok
    assert len(account.refreshes) == 1


def test_a_renewal_sends_the_refresh_token_and_the_client_to_the_token_endpoint(
    connect: Connect,
) -> None:
    account = connect()

    integrations.refresh_access_token(account.uuid)

    [request] = account.refreshes
    form = sent_form(request)
    assert (request.scheme, request.host, request.path) == (
        "https",
        "oauth2.googleapis.com",
        "/token",
    )
    assert set(form) == {"grant_type", "refresh_token", "client_id", "client_secret"}
    assert (form["client_id"], form["client_secret"]) == (account.client.id, account.client.secret)
    assert request.query == ""


def test_a_renewed_token_has_a_life_of_its_own(connect: Connect) -> None:
    account = connect()
    account.expire()
    before = datetime.now(UTC)

    token = account.token

    assert moment(account, "token_expires_at") >= before + HOUR
    assert account.token == token
    assert len(account.refreshes) == 1


@pytest.mark.parametrize("behaviour", [TokenBehaviour.RIGHT, TokenBehaviour.KEEPING])
def test_a_refresh_token_that_is_not_mentioned_is_kept(
    connect: Connect, behaviour: TokenBehaviour
) -> None:
    account = connect(behaviour)

    tokens = [integrations.refresh_access_token(account.uuid) for _ in range(3)]

    assert len(set(tokens)) == 3
    assert len({sent_form(each)["refresh_token"] for each in account.refreshes}) == 1


@pytest.mark.parametrize(
    ("provider", "behaviour"),
    [("google", TokenBehaviour.ROTATING), ("microsoft", TokenBehaviour.RIGHT)],
)
def test_a_new_refresh_token_replaces_the_old_one(
    connect: Connect, outside: World, provider: str, behaviour: TokenBehaviour
) -> None:
    account = connect(behaviour, provider=provider)

    for _ in range(3):
        integrations.refresh_access_token(account.uuid)

    assert len({sent_form(each)["refresh_token"] for each in account.refreshes}) == 3
    assert not outside.oauth.reused(account.client.id)


def test_a_renewal_that_names_no_scopes_keeps_those_that_were_granted(connect: Connect) -> None:
    account = connect()
    granted = account.stored.scopes

    integrations.refresh_access_token(account.uuid)

    assert account.stored.scopes == granted


def test_a_token_that_cannot_be_renewed_is_handed_out_until_its_end(connect: Connect) -> None:
    account = connect(TokenBehaviour.NO_REFRESH_TOKEN)
    account.become_due()

    assert account.token
    assert account.refreshes == []


def test_a_token_that_has_ended_and_cannot_be_renewed_is_no_refresh_token(
    connect: Connect,
) -> None:
    account = connect(TokenBehaviour.NO_REFRESH_TOKEN)
    account.expire()

    with pytest.raises(errors.NoRefreshToken) as caught:
        integrations.get_credentials(account.uuid)

    assert caught.value.code == "no_refresh_token"
    assert not integrations.is_connected(account.uuid)


def test_a_check_says_that_an_ended_token_without_renewal_needs_reconnecting(
    connect: Connect,
) -> None:
    account = connect(TokenBehaviour.NO_REFRESH_TOKEN)
    account.expire()

    result = integrations.validate_connection(account.uuid)
    integrations.record_validation(account.uuid, result, actor=BOB)

    assert account.status == ("error", "needs_reconnect")


def test_a_check_renews_a_token_that_the_provider_refuses(connect: Connect, outside: World) -> None:
    account = connect()
    outside.oauth.expire_access_tokens(account.client.id)

    result = integrations.validate_connection(account.uuid)

    assert result.ok
    assert len(account.refreshes) == 1


# What a renewal leaves behind


def test_a_renewal_changes_neither_version_nor_status_nor_account(connect: Connect) -> None:
    account = connect()
    before = account.stored

    integrations.refresh_access_token(account.uuid)

    after = account.stored
    assert (after.version, after.status, after.account_name, after.connected_at) == (
        before.version,
        Status.CONNECTED,
        "ada@example.com",
        before.connected_at,
    )


def test_a_renewal_ahead_of_time_leaves_no_event_and_no_audit_entry(
    connect: Connect, events, db: DatabaseUnderTest
) -> None:
    account = connect()
    told(events)
    before = actions(db)
    account.become_due()

    assert account.token

    assert len(account.refreshes) == 1
    assert actions(db) == before
    assert told(events) == []


def test_a_renewal_that_somebody_asked_for_is_audited_with_their_name(
    connect: Connect, db: DatabaseUnderTest
) -> None:
    account = connect()

    integrations.refresh_access_token(account.uuid, actor=BOB)

    entry = audit(db)[-1]
    assert (entry["action"], entry["actor_label"]) == ("token_refreshed", "bob@example.com")
    assert (entry["connection_uuid"], entry["fields"]) == (account.uuid, [])


def test_a_renewal_by_the_clock_is_not_audited_while_nothing_changes(
    connect: Connect, db: DatabaseUnderTest
) -> None:
    account = connect()
    before = actions(db)

    integrations.refresh_access_token(account.uuid, actor=CLOCK)

    assert actions(db) == before


# Who cannot be renewed


@pytest.mark.parametrize("uuid", ["google:main", "", "x", None, 7])
def test_what_is_no_uuid_is_invalid(db: DatabaseUnderTest, uuid) -> None:
    with pytest.raises(errors.InvalidUuid):
        integrations.refresh_access_token(uuid)


def test_a_removed_connection_is_not_found(connect: Connect) -> None:
    account = connect()
    integrations.remove_connection(account.uuid, actor=BOB)

    with pytest.raises(errors.NotFound):
        integrations.refresh_access_token(account.uuid)


def test_a_connection_without_a_refresh_token_has_none(connect: Connect) -> None:
    account = connect(TokenBehaviour.NO_REFRESH_TOKEN)

    with pytest.raises(errors.NoRefreshToken):
        integrations.refresh_access_token(account.uuid)


def test_a_connection_that_was_never_connected_has_no_refresh_token(set_up) -> None:
    account = set_up()

    with pytest.raises(errors.NoRefreshToken):
        integrations.refresh_access_token(account.uuid)


def test_a_disconnected_connection_has_no_refresh_token(connect: Connect) -> None:
    account = connect()
    integrations.disconnect(account.uuid, actor=BOB)

    with pytest.raises(errors.NoRefreshToken):
        integrations.refresh_access_token(account.uuid)


def test_an_api_key_has_no_refresh_token(connection) -> None:
    with pytest.raises(errors.NoRefreshToken):
        integrations.refresh_access_token(connection.uuid)
