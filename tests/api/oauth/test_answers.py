"""Answers of token endpoints that come compressed, as a form, or half (O-3, O-5)."""

from __future__ import annotations

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.connection import Status
from tests.api.oauth.conftest import Connect, SetUp
from tests.world import TokenBehaviour, Trouble, World

READABLE = [Trouble.PACKED, Trouble.FORM_ENCODED, Trouble.PACKED_FORM]
each_way = pytest.mark.parametrize("way", READABLE)


@each_way
def test_an_exchange_reads_it(set_up: SetUp, outside: World, way: Trouble) -> None:
    account = set_up()
    outside.oauth.token_requests(account.client.id, way)

    connected = account.exchange(account.code())

    assert connected.status is Status.CONNECTED
    assert connected.saved_secrets == ("access_token", "client_secret", "refresh_token")
    assert account.row["token_expires_at"] is not None


@each_way
def test_a_renewal_keeps_the_refresh_token_that_it_brings(
    connect: Connect, outside: World, way: Trouble
) -> None:
    account = connect(TokenBehaviour.ROTATING)
    outside.oauth.refreshes(account.client.id, way)

    for _ in range(2):  # the second one fails with the refresh token that the first has ended
        account.expire()
        assert account.token in outside.oauth.access_tokens_of("ada@example.com")

    assert not outside.oauth.reused(account.client.id)


def test_a_refresh_token_without_an_access_token_is_what_the_next_renewal_sends(
    connect: Connect, outside: World
) -> None:
    account = connect(TokenBehaviour.ROTATING)
    account.fail_once(Trouble.NO_USABLE_TOKEN)

    account.cool_down()

    assert account.token in outside.oauth.access_tokens_of("ada@example.com")
    assert account.status == ("connected", None)
    assert not outside.oauth.reused(account.client.id)


def test_an_exchange_that_brings_a_refresh_token_alone_is_completed_with_it(
    set_up: SetUp, outside: World
) -> None:
    account = set_up(TokenBehaviour.ROTATING)
    outside.oauth.token_requests(account.client.id, Trouble.NO_USABLE_TOKEN)
    outside.oauth.refreshes(account.client.id, Trouble.FORM_ENCODED)

    account.exchange(account.code())
    account.expire()

    assert account.token in outside.oauth.access_tokens_of("ada@example.com")
    assert not outside.oauth.reused(account.client.id)


def test_an_exchange_that_brings_no_access_token_at_all_stores_nothing(
    set_up: SetUp, outside: World
) -> None:
    account = set_up()
    outside.oauth.token_requests(account.client.id, Trouble.NO_USABLE_TOKEN)

    with pytest.raises(errors.TokenExchangeFailed):
        account.exchange(account.code())

    assert not integrations.is_connected(account.uuid)
    assert len(account.refreshes) == 1
