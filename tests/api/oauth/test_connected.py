"""What programs get of a connected account, and what becomes of it when it is connected again."""

from __future__ import annotations

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.connection import Status
from tests.api.conftest import BOB
from tests.api.oauth.accounts import CALLBACK, VERIFIER, Connected, parameters_of
from tests.api.oauth.conftest import Connect
from tests.world import Trouble, World

each_provider = pytest.mark.parametrize("provider", ["google", "microsoft"])


def address(account: Connected) -> str:
    return integrations.authorization_url(account.uuid, CALLBACK, code_verifier=VERIFIER)


# What programs get of it


@each_provider
def test_credentials_hold_the_access_token_and_no_other_secret(
    connect: Connect, provider: str
) -> None:
    account = connect(provider=provider)

    found = integrations.get_credentials(account.uuid)

    assert set(found) == {"client_id", "access_token"}
    assert account.client.secret not in found.values()
    assert found.expires_at == account.row["token_expires_at"]


def test_credentials_show_nothing(connect: Connect) -> None:
    account = connect()

    found = integrations.get_credentials(account.uuid)

    assert account.token not in f"{found!r} {found!s} {found.keys()!r}"


def test_a_disconnected_account_keeps_its_client_and_no_token(connect: Connect) -> None:
    account = connect()

    assert integrations.disconnect(account.uuid, actor=BOB)

    found = account.stored
    assert found.status is Status.DISCONNECTED
    assert found.saved_secrets == ("client_secret",)
    assert found.setup_values == {"client_id": account.client.id}
    assert (found.account_name, found.scopes) == (None, ())
    assert (account.row["token_expires_at"], account.row["token_refresh_at"]) == (None, None)
    with pytest.raises(errors.NotConfigured):
        integrations.get_credentials(account.uuid)


def test_a_disconnected_account_can_be_connected_again(connect: Connect) -> None:
    account = connect()
    integrations.disconnect(account.uuid, actor=BOB)

    account.exchange(account.code())

    assert account.status == ("connected", None)
    assert integrations.validate_connection(account.uuid).ok


def test_a_removed_account_is_deleted(connect: Connect) -> None:
    account = connect()
    integrations.remove_connection(account.uuid, actor=BOB)

    with pytest.raises(errors.Deleted):
        integrations.get_credentials(account.uuid)
    assert not integrations.is_connected(account.uuid)


# Connecting again


def test_connecting_again_replaces_tokens_and_account(connect: Connect, outside: World) -> None:
    account = connect()
    old = account.token
    back = outside.oauth.authorize(address(account), account="grace@example.com")

    account.exchange(parameters_of(back)["code"])

    assert account.token != old
    assert account.stored.account_name == "grace@example.com"


def test_connecting_again_without_a_refresh_token_forgets_the_old_one(
    connect: Connect, outside: World
) -> None:
    account = connect()
    online = address(account).replace("access_type=offline", "access_type=online")
    back = outside.oauth.authorize(online)

    account.exchange(parameters_of(back)["code"])

    assert account.stored.saved_secrets == ("access_token", "client_secret")
    with pytest.raises(errors.NoRefreshToken):
        integrations.refresh_access_token(account.uuid)


def test_a_check_that_failed_is_forgotten_by_connecting_again(
    connect: Connect, outside: World
) -> None:
    account = connect()
    account.fail_once(Trouble.INVALID_GRANT)

    account.exchange(account.code())

    assert account.status == ("connected", None)
    assert account.stored.validation_details == {}
