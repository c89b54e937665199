"""The foreign server keeps its promises, seen by a client that none of us wrote either."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from integrations_app.domain.provider import AuthType
from integrations_app.providers import declaration
from tests.foreign import PROVIDER, SERVICE, ForeignServer
from tests.processes import REPOSITORY
from tests.world import World

CALLBACK = "http://localhost:3456/api/integrations/oauth/callback"

Token = dict[str, Any]


@pytest.fixture
def client(foreign: ForeignServer) -> Iterator[OAuth2Client]:
    with client_of(foreign, foreign.client_id, foreign.client_secret) as client:
        yield client


@pytest.fixture
def service(foreign: ForeignServer) -> Iterator[OAuth2Client]:
    client_id, client_secret = foreign.service_client_id, foreign.service_client_secret
    with client_of(foreign, client_id, client_secret) as service:
        yield service


@pytest.fixture
def token(foreign: ForeignServer, client: OAuth2Client) -> Token:
    """What the client gets by the whole authorisation code flow."""
    return connect(foreign, client)


def client_of(foreign: ForeignServer, client_id: str, client_secret: str) -> OAuth2Client:
    return OAuth2Client(
        client_id,
        client_secret,
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        transport=foreign.transport(),
    )


def connect(foreign: ForeignServer, client: OAuth2Client) -> Token:
    verifier = secrets.token_urlsafe(48)
    url, state = client.create_authorization_url(at(foreign, "authorize"), code_verifier=verifier)
    back = foreign.authorize(url)
    return client.fetch_token(
        at(foreign, "token"), authorization_response=back, state=state, code_verifier=verifier
    )


def at(foreign: ForeignServer, endpoint: str) -> str:
    return f"{foreign.origin}/o/{endpoint}/"


def refresh(foreign: ForeignServer, client: OAuth2Client, refresh_token: str) -> Token:
    return client.refresh_token(at(foreign, "token"), refresh_token=refresh_token)


def me(foreign: ForeignServer, access_token: str) -> httpx2.Response:
    with foreign.visit() as visitor:
        headers = {"Authorization": f"Bearer {access_token}"}
        return visitor.get(f"{foreign.origin}/api/me", headers=headers)


# The authorisation code flow


def test_an_authorised_client_learns_whose_account_it_is(
    foreign: ForeignServer, token: Token
) -> None:
    answer = me(foreign, token["access_token"])

    assert answer.json() == {"id": foreign.account_id, "name": foreign.account_name}


def test_an_authorisation_gives_both_tokens_and_says_how_long_they_last(token: Token) -> None:
    assert token["access_token"]
    assert token["refresh_token"]
    assert (token["expires_in"], token["scope"]) == (3600, "profile")


def test_the_answer_names_its_issuer(foreign: ForeignServer, client: OAuth2Client) -> None:
    url, state = client.create_authorization_url(at(foreign, "authorize"), code_verifier="v" * 43)

    back = foreign.authorize(url)

    answered = parse_qs(urlsplit(back).query)
    assert back.startswith(CALLBACK)
    assert answered["state"] == [state]
    assert answered["iss"] == [f"{foreign.origin}/o"]


def test_declining_leads_back_with_access_denied(
    foreign: ForeignServer, client: OAuth2Client
) -> None:
    url, state = client.create_authorization_url(at(foreign, "authorize"), code_verifier="v" * 43)

    back = foreign.decline(url)

    answered = parse_qs(urlsplit(back).query)
    assert (answered["error"], answered["state"]) == (["access_denied"], [state])
    assert "code" not in answered


def test_a_request_without_pkce_is_refused(foreign: ForeignServer, client: OAuth2Client) -> None:
    url, _ = client.create_authorization_url(at(foreign, "authorize"))

    back = foreign.authorize(url)

    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_request"]


def test_a_wrong_verifier_is_refused(foreign: ForeignServer, client: OAuth2Client) -> None:
    url, _ = client.create_authorization_url(at(foreign, "authorize"), code_verifier="v" * 43)
    back = foreign.authorize(url)

    with pytest.raises(OAuthError, match="invalid_grant"):
        client.fetch_token(
            at(foreign, "token"), authorization_response=back, code_verifier="w" * 43
        )


def test_a_code_works_once(foreign: ForeignServer, client: OAuth2Client) -> None:
    url, _ = client.create_authorization_url(at(foreign, "authorize"), code_verifier="v" * 43)
    exchange = {"authorization_response": foreign.authorize(url), "code_verifier": "v" * 43}
    client.fetch_token(at(foreign, "token"), **exchange)

    with pytest.raises(OAuthError, match="invalid_grant"):
        client.fetch_token(at(foreign, "token"), **exchange)


def test_a_wrong_client_secret_is_refused(foreign: ForeignServer) -> None:
    with (
        client_of(foreign, foreign.client_id, "wrong") as client,
        pytest.raises(OAuthError, match="invalid_client"),
    ):
        connect(foreign, client)


def test_an_unknown_callback_is_not_led_back_to(foreign: ForeignServer) -> None:
    with client_of(foreign, foreign.client_id, foreign.client_secret) as client:
        client.redirect_uri = "https://evil.example/"
        url, _ = client.create_authorization_url(at(foreign, "authorize"), code_verifier="v" * 43)

        with pytest.raises(AssertionError, match="Nothing to press, 400"):
            foreign.authorize(url)


# Tokens


def test_a_refresh_gives_new_tokens(
    foreign: ForeignServer, client: OAuth2Client, token: Token
) -> None:
    fresh = refresh(foreign, client, token["refresh_token"])

    assert fresh["access_token"] != token["access_token"]
    assert fresh["refresh_token"] != token["refresh_token"]
    assert me(foreign, fresh["access_token"]).status_code == 200


def test_a_refresh_token_works_once_and_its_reuse_ends_the_whole_family(
    foreign: ForeignServer, client: OAuth2Client, token: Token
) -> None:
    fresh = refresh(foreign, client, token["refresh_token"])

    with pytest.raises(OAuthError, match="invalid_grant"):
        refresh(foreign, client, token["refresh_token"])

    with pytest.raises(OAuthError, match="invalid_grant"):
        refresh(foreign, client, fresh["refresh_token"])


def test_an_expired_access_token_is_refused_until_it_is_refreshed(
    foreign: ForeignServer, client: OAuth2Client, token: Token
) -> None:
    foreign.expire(token["access_token"])

    assert me(foreign, token["access_token"]).status_code == 401
    fresh = refresh(foreign, client, token["refresh_token"])
    assert me(foreign, fresh["access_token"]).status_code == 200


@pytest.mark.parametrize("revoked", ["access_token", "refresh_token"])
def test_a_revoked_token_takes_the_other_with_it(
    foreign: ForeignServer, client: OAuth2Client, token: Token, revoked: str
) -> None:
    foreign.revoke(token[revoked])

    assert me(foreign, token["access_token"]).status_code == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        refresh(foreign, client, token["refresh_token"])


def test_a_client_revokes_its_own_token(
    foreign: ForeignServer, client: OAuth2Client, token: Token
) -> None:
    answer = client.revoke_token(at(foreign, "revoke_token"), token=token["refresh_token"])

    assert answer.status_code == 200
    assert me(foreign, token["access_token"]).status_code == 401


# Client credentials


@pytest.mark.parametrize("named_by", ["client_secret_basic", "client_secret_post"])
def test_a_service_gets_a_token_for_itself(
    foreign: ForeignServer, service: OAuth2Client, named_by: str
) -> None:
    service.token_endpoint_auth_method = named_by

    token = service.fetch_token(at(foreign, "token"), grant_type="client_credentials")

    assert "refresh_token" not in token
    assert me(foreign, token["access_token"]).json()["id"] == foreign.service_account_id


def test_a_client_for_people_gets_no_token_for_itself(
    foreign: ForeignServer, client: OAuth2Client
) -> None:
    with pytest.raises(OAuthError, match="unauthorized_client"):
        client.fetch_token(at(foreign, "token"), grant_type="client_credentials")


# The world


def test_every_request_is_recorded_by_the_world(
    foreign: ForeignServer, world: World, client: OAuth2Client, token: Token
) -> None:
    refresh(foreign, client, token["refresh_token"])

    [request] = world.requests(host="sso.foreign.example", key=token["refresh_token"])
    assert (request.method, request.path) == ("POST", "/o/token/")


def test_many_are_served_at_once(foreign: ForeignServer) -> None:
    def account(_: int) -> str:
        with client_of(foreign, foreign.client_id, foreign.client_secret) as client:
            return me(foreign, connect(foreign, client)["access_token"]).json()["id"]

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(account, range(16))) == {foreign.account_id}


def test_tests_that_need_no_foreign_server_import_no_django() -> None:
    script = "import sys, tests.conftest; assert not {'django', 'oauth2_provider'} & {*sys.modules}"

    subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=True)


# Its declarations


@pytest.mark.parametrize(
    ("file", "key", "auth_type"),
    [
        (PROVIDER, "foreign", AuthType.OAUTH2),
        (SERVICE, "foreign_service", AuthType.CLIENT_CREDENTIALS),
    ],
)
def test_the_product_accepts_the_declarations(file: Path, key: str, auth_type: AuthType) -> None:
    provider = declaration.read(file)

    assert (provider.key, provider.auth_type) == (key, auth_type)
