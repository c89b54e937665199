"""Tokens that no key opens are said to be so, and can be got rid of (T-2)."""

from __future__ import annotations

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from tests.api.conftest import BOB
from tests.api.oauth.accounts import Connected
from tests.api.oauth.conftest import Connect

each_secret = pytest.mark.parametrize("secret", ["access_token", "refresh_token", "client_secret"])


def damage(account: Connected, *fields: str) -> None:
    """Let no key open these secrets any more."""
    account.db.execute(
        "UPDATE integration_secrets SET sealed = sealed || '\\x00' WHERE field = ANY (%s)",
        list(fields),
    )


@each_secret
def test_its_credentials_are_undecryptable(connect: Connect, secret: str) -> None:
    account = connect()
    damage(account, secret)

    with pytest.raises(errors.Undecryptable) as caught:
        integrations.get_credentials(account.uuid)

    assert (caught.value.code, caught.value.field) == ("undecryptable", secret)
    assert not integrations.is_connected(account.uuid)


@each_secret
def test_it_is_not_renewed(connect: Connect, secret: str) -> None:
    account = connect()
    damage(account, secret)

    with pytest.raises(errors.Undecryptable):
        integrations.refresh_access_token(account.uuid)

    assert account.refreshes == []


def test_a_check_says_so(connect: Connect) -> None:
    account = connect()
    damage(account, "access_token")

    result = integrations.validate_connection(account.uuid)

    assert (result.ok, result.reason) == (False, CheckReason.UNDECRYPTABLE)


def test_disconnecting_and_connecting_again_mends_its_tokens(connect: Connect) -> None:
    account = connect()
    damage(account, "access_token", "refresh_token")

    assert integrations.disconnect(account.uuid, actor=BOB)
    account.exchange(account.code())

    assert account.stored.status is Status.CONNECTED
    assert account.token


def test_other_connections_are_not_touched(connect: Connect) -> None:
    damaged, whole = connect(name="damaged"), connect(name="whole")
    damaged.db.execute(
        "UPDATE integration_secrets SET sealed = sealed || '\\x00' WHERE connection_uuid = %s",
        damaged.uuid,
    )

    assert not integrations.is_connected(damaged.uuid)
    assert integrations.refresh_access_token(whole.uuid) == whole.token


def test_connecting_again_mends_its_tokens(connect: Connect) -> None:
    account = connect()
    damage(account, "access_token", "refresh_token")

    account.exchange(account.code())

    assert account.token
