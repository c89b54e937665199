"""What a renewal finds when it comes back, it respects: newer tokens, names, an end (O-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from integrations_app import errors, integrations
from tests.api.conftest import BOB, Register
from tests.api.oauth import reluctant as reluctant_service
from tests.api.oauth.accounts import Connected
from tests.api.oauth.conftest import Connect, SetUp, values_of
from tests.api.providers import Contributing
from tests.postgresql import DatabaseUnderTest
from tests.world import Request, TokenBehaviour, World, oauth_client

Reluctant = Callable[[str], Connected]

acme = pytest.mark.usefixtures("acme")


@pytest.fixture
def reluctant(db: DatabaseUnderTest, outside: World, register: Register) -> Iterator[Reluctant]:
    """Adds a connection to a provider that refuses all renewals, after a while."""

    def add(auth_type: str) -> Connected:
        register(Contributing(reluctant_service.provider(auth_type)))
        client = oauth_client("acme", serial=f"reluctant {auth_type}")
        added = integrations.add_connection("reluctant", "main", values=values_of(client))
        return Connected(uuid=added.uuid, client=client, world=outside, db=db)

    with outside.hosting(reluctant_service.site()):
        yield add


@contextmanager
def under_way(account: Connected) -> Iterator[Future[str]]:
    """A renewal whose request has arrived, and that waits for its answer while the block runs."""
    recorder = account.world.recorder
    arrived = len(token_requests(account))
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(lambda: account.token)
        recorder.wait_for(lambda: len(token_requests(account)) > arrived)
        yield asked


def token_requests(account: Connected) -> list[Request]:
    return account.world.recorder.requests(key=account.client.id, method="POST")


def stored_secrets(account: Connected) -> set[str]:
    rows = account.db.rows(
        "SELECT field FROM integration_secrets WHERE connection_uuid = %s", account.uuid
    )
    return {row["field"] for row in rows}


# Of an account


def test_newer_tokens_outlive_a_renewal_that_began_before_them(connect: Connect) -> None:
    account = connect(TokenBehaviour.SLOW)
    account.expire()
    code = account.code()

    with under_way(account) as asked:
        account.exchange(code)
        newer = account.token

    assert asked.result() == account.token == newer
    assert account.status == ("connected", None)
    assert len(account.refreshes) == 1


def test_a_failed_renewal_does_not_downgrade_newer_tokens(reluctant: Reluctant) -> None:
    account = reluctant("oauth2")
    account.exchange("a code")
    account.expire()

    with under_way(account) as asked:
        account.exchange("another code")
        newer = account.token

    assert asked.result() == account.token == newer
    assert account.status == ("connected", None)
    assert account.row["token_failures"] == 0


def test_a_refusal_of_an_old_secret_says_nothing_about_a_new_one(reluctant: Reluctant) -> None:
    account = reluctant("oauth2")
    account.exchange("a code")
    account.expire()

    with under_way(account) as asked:
        integrations.save_setup(account.uuid, {"client_secret": "new"}, actor=BOB)

    with pytest.raises(errors.TokenRefreshFailed):
        asked.result()
    assert account.status == ("configured", None)
    assert account.row["token_retry_at"] is None


def test_a_removed_connection_ends_a_renewal_quietly(connect: Connect) -> None:
    account = connect(TokenBehaviour.SLOW)
    account.expire()

    with under_way(account) as asked:
        assert integrations.remove_connection(account.uuid, actor=BOB)

    with pytest.raises(errors.Deleted):
        asked.result()
    assert stored_secrets(account) == set()


def test_a_disconnected_connection_ends_a_renewal_quietly(connect: Connect) -> None:
    account = connect(TokenBehaviour.SLOW)
    account.expire()

    with under_way(account) as asked:
        assert integrations.disconnect(account.uuid, actor=BOB)

    with pytest.raises(errors.NotConfigured):
        asked.result()
    assert stored_secrets(account) == {"client_secret"}
    assert account.status == ("disconnected", None)
    assert account.row["token_expires_at"] is None


def test_a_renewal_keeps_a_new_name(connect: Connect) -> None:
    account = connect(TokenBehaviour.SLOW)
    account.expire()

    with under_way(account) as asked:
        integrations.rename_connection(account.uuid, "renamed", actor=BOB)

    assert asked.result() == account.token
    assert (account.stored.name, account.stored.version) == ("renamed", 2)


def test_a_renewal_keeps_what_was_saved_meanwhile(connect: Connect) -> None:
    account = connect(TokenBehaviour.SLOW, provider="microsoft")
    account.expire()

    with under_way(account) as asked:
        integrations.save_setup(account.uuid, {"tenant_id": "contoso.com"}, actor=BOB)

    assert asked.result() == account.token
    assert account.stored.setup_values["tenant_id"] == "contoso.com"
    assert account.status == ("configured", None)


# Of a client that acts for itself


@acme
def test_a_first_token_is_not_kept_for_a_client_that_was_disconnected(set_up: SetUp) -> None:
    account = set_up(TokenBehaviour.SLOW, provider="acme")

    with under_way(account) as asked:
        assert integrations.disconnect(account.uuid, actor=BOB)

    with pytest.raises(errors.NotConfigured):
        asked.result()
    assert stored_secrets(account) == set()
    assert account.status == ("disconnected", None)


@acme
def test_a_first_token_of_other_credentials_proves_nothing_about_these(set_up: SetUp) -> None:
    account = set_up(TokenBehaviour.SLOW, provider="acme")

    with under_way(account) as asked:
        integrations.save_setup(account.uuid, {"client_secret": "another"}, actor=BOB)

    with pytest.raises(errors.IntegrationError):
        asked.result()
    assert stored_secrets(account) == {"client_secret"}
    assert account.status == ("configured", None)


def test_a_refused_client_that_was_disconnected_meanwhile_is_no_error(
    reluctant: Reluctant,
) -> None:
    account = reluctant("client_credentials")

    with under_way(account) as asked:
        integrations.disconnect(account.uuid, actor=BOB)

    with pytest.raises(errors.NotConfigured):
        asked.result()
    assert account.status == ("disconnected", None)
    assert account.row["token_retry_at"] is None
