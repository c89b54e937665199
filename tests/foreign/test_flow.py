"""A provider that is only declared is connected, renewed and disconnected like the built-in ones.

The server is one that none of us wrote: it insists on PKCE, takes each refresh token once, and
wants its client by HTTP basic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from integrations_app.modules import registry
from integrations_app.providers import declaration
from tests.api.providers import Contributing
from tests.foreign import PROVIDER, SERVICE, ForeignServer
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once
from tests.world import Request, World

CALLBACK = "http://localhost:3456/api/integrations/oauth/callback"
VERIFIER = "a verifier that is long enough for this server".replace(" ", "-")

Expire = Callable[[UUID], None]


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    """Both declarations, brought by a module as any other product would."""
    read = [declaration.read(each) for each in (PROVIDER, SERVICE)]
    registry.register(Contributing(*read, key="foreign"))
    yield
    registry.unregister("foreign")


@pytest.fixture
def step_1(db: DatabaseUnderTest, outside: World, foreign: ForeignServer) -> UUID:
    """A connection whose client is saved."""
    values = {"client_id": foreign.client_id, "client_secret": foreign.client_secret}
    return integrations.add_connection("foreign", "main", values=values).uuid


@pytest.fixture
def account(step_1: UUID, foreign: ForeignServer) -> UUID:
    """A connection whose account is connected."""
    exchange(step_1, code_for(step_1, foreign))
    return step_1


@pytest.fixture
def service(db: DatabaseUnderTest, outside: World, foreign: ForeignServer) -> UUID:
    """A connection of a client that acts for itself."""
    values = {
        "client_id": foreign.service_client_id,
        "client_secret": foreign.service_client_secret,
    }
    return integrations.add_connection("foreign_service", "main", values=values).uuid


@pytest.fixture
def expire(db: DatabaseUnderTest, foreign: ForeignServer) -> Expire:
    """Lets an access token's time be over, here and there."""

    def expire(uuid: UUID) -> None:
        foreign.expire(token_of(uuid))
        db.execute(
            "UPDATE integration_connections SET token_refresh_at = now() - interval '2 minutes',"
            " token_expires_at = now() - interval '1 minute' WHERE uuid = %s",
            uuid,
        )

    return expire


def code_for(uuid: UUID, foreign: ForeignServer) -> str:
    url = integrations.authorization_url(uuid, CALLBACK, state="s", code_verifier=VERIFIER)
    [code] = parse_qs(urlsplit(foreign.authorize(url)).query)["code"]
    return code


def exchange(uuid: UUID, code: str, verifier: str = VERIFIER) -> None:
    integrations.exchange_code(uuid, code, CALLBACK, code_verifier=verifier)


def token_of(uuid: UUID) -> str:
    return integrations.get_credentials(uuid)["access_token"]


def refreshes(world: World) -> list[Request]:
    requests = world.requests(host="sso.foreign.example", path="/o/token/")
    return [each for each in requests if b"grant_type=refresh_token" in each.body]


# An account


def test_an_account_is_connected_by_a_declaration_alone(
    account: UUID, foreign: ForeignServer
) -> None:
    connected = integrations.get_integration_by_uuid(account)

    assert connected.status is Status.CONNECTED
    assert (connected.account_id, connected.account_name) == (
        foreign.account_id,
        foreign.account_name,
    )
    assert connected.scopes == ("profile",)
    assert integrations.validate_connection(account).ok


def test_the_client_names_itself_in_a_header(
    step_1: UUID, foreign: ForeignServer, outside: World
) -> None:
    code = code_for(step_1, foreign)

    exchange(step_1, code)

    [request] = outside.requests(host="sso.foreign.example", key=code)
    assert (request.header("authorization") or "").startswith("Basic ")
    assert foreign.client_secret.encode() not in request.body


def test_a_wrong_verifier_connects_nothing(step_1: UUID, foreign: ForeignServer) -> None:
    code = code_for(step_1, foreign)

    with pytest.raises(errors.TokenExchangeFailed) as caught:
        exchange(step_1, code, VERIFIER[::-1])

    assert caught.value.details == {"http_status": 400, "provider_code": "invalid_grant"}
    assert integrations.get_integration(step_1).status is Status.DISCONNECTED


def test_its_refresh_tokens_rotate_and_each_is_used_once(
    account: UUID, expire: Expire, outside: World
) -> None:
    before = len(refreshes(outside))
    tokens = {token_of(account)}

    for _ in range(3):
        expire(account)
        tokens.add(token_of(account))

    assert len(tokens) == 4
    assert len({each.body for each in refreshes(outside)[before:]}) == 3
    assert integrations.validate_connection(account).ok


def test_threads_that_need_a_token_cause_one_refresh(
    account: UUID, expire: Expire, outside: World
) -> None:
    expire(account)
    before = len(refreshes(outside))

    outcomes = at_once(*[lambda: token_of(account)] * 20)

    assert outcomes == [token_of(account)] * 20
    assert len(refreshes(outside)) == before + 1


def test_a_check_renews_a_token_that_the_server_refuses(
    account: UUID, foreign: ForeignServer
) -> None:
    foreign.expire(token_of(account))

    assert integrations.validate_connection(account).ok


def test_revoked_tokens_need_reconnecting(
    account: UUID, expire: Expire, foreign: ForeignServer
) -> None:
    token = token_of(account)
    expire(account)
    foreign.revoke(token)

    with pytest.raises(errors.TokenRefreshFailed) as caught:
        token_of(account)

    assert caught.value.reason is CheckReason.NEEDS_RECONNECT
    assert not integrations.is_connected(account)


def test_connecting_again_mends_it(account: UUID, expire: Expire, foreign: ForeignServer) -> None:
    foreign.revoke(token_of(account))
    assert not integrations.validate_connection(account).ok

    exchange(account, code_for(account, foreign))

    assert integrations.get_integration(account).status is Status.CONNECTED
    assert integrations.validate_connection(account).ok


def test_disconnecting_keeps_the_client_and_no_token(account: UUID) -> None:
    assert integrations.disconnect(account)

    found = integrations.get_integration_by_uuid(account)
    assert (found.status, found.saved_secrets) == (Status.DISCONNECTED, ("client_secret",))
    assert not integrations.is_connected(account)


# A client that acts for itself


def test_a_service_gets_a_token_for_itself(service: UUID, foreign: ForeignServer) -> None:
    result = integrations.validate_connection(service)

    assert result.ok
    assert result.account is not None
    assert result.account.id == foreign.service_account_id
    assert integrations.get_integration(service).status is Status.CONNECTED


def test_a_service_gets_another_token_when_one_has_expired(service: UUID, expire: Expire) -> None:
    old = token_of(service)
    expire(service)

    new = token_of(service)

    assert new != old
    assert integrations.validate_connection(service).ok


def test_a_service_with_a_wrong_secret_is_refused(service: UUID) -> None:
    integrations.save_setup(service, {"client_secret": "wrong"})

    with pytest.raises(errors.TokenRefreshFailed) as caught:
        token_of(service)

    assert caught.value.reason is CheckReason.CREDENTIALS_REJECTED
    assert integrations.get_integration(service).status is Status.ERROR
