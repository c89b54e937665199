"""The messages of OAuth2 say what the declaration wants said, to the place it names."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from hypothesis import given
from hypothesis import strategies as st

from integrations_app.domain.provider import OAuth, Provider
from integrations_app.errors import FieldProblem, InvalidFields, MissingPlaceholder
from integrations_app.providers.oauth import requests
from integrations_app.providers.oauth.requests import TokenRequest

CALLBACK = "https://admin.example.com/api/integrations/oauth/callback"
VALUES = {"client_id": "an id&", "client_secret": "a secret+=", "tenant": "north"}
FIELDS = [
    {"key": "client_id", "label": "Client ID"},
    {"key": "client_secret", "label": "Client secret", "secret": True},
    {"key": "tenant", "label": "Tenant"},
]

sendable = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@pytest.fixture(scope="session")
def provider(declare: Callable[..., Provider]) -> Callable[..., Provider]:
    """Declares Acme with OAuth2, with these settings of it replaced."""

    def provider(auth_type: str = "oauth2", **oauth: Any) -> Provider:
        asked = {"authorize_url": "https://login.acme.example/{tenant}/authorize"}
        return declare(
            auth_type=auth_type,
            fields=FIELDS,
            placement={"headers": {"Authorization": "Bearer {access_token}"}},
            oauth={
                "token_url": "https://api.acme.example/{tenant}/token",
                "revoke_url": "https://api.acme.example/{tenant}/revoke",
                **(asked if auth_type == "oauth2" else {}),
                **oauth,
            },
        )

    return provider


def oauth_of(provider: Provider) -> OAuth:
    assert provider.oauth is not None
    return provider.oauth


def asked(provider: Provider, **parts: Any) -> tuple[str, dict[str, str]]:
    """The authorization address without its parameters, and these."""
    given = {"redirect_uri": CALLBACK, "scopes": None, "state": None, "code_verifier": None}
    url = requests.authorization_url(provider, oauth_of(provider), VALUES, **given | parts)
    address, _, query = url.partition("?")
    return address, once(parse_qsl(query, keep_blank_values=True, strict_parsing=True))


def exchanged(provider: Provider, values: Mapping[str, str] = VALUES, **parts: Any) -> TokenRequest:
    given = {"code": "a code", "redirect_uri": CALLBACK, "code_verifier": None} | parts
    return requests.exchange(provider, oauth_of(provider), values, **given)


def refreshed(provider: Provider, values: Mapping[str, str] = VALUES) -> TokenRequest:
    return requests.refresh(provider, oauth_of(provider), values, refresh_token="r token")


def minted(provider: Provider, values: Mapping[str, str] = VALUES) -> TokenRequest:
    return requests.mint(provider, oauth_of(provider), values)


def form_of(request: TokenRequest) -> dict[str, str]:
    return once(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


def once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found = dict(pairs)
    assert len(found) == len(pairs), "a parameter is there twice"
    return found


# The authorization address


def test_an_authorization_asks_for_a_code(provider) -> None:
    address, parameters = asked(provider())

    assert address == "https://login.acme.example/north/authorize"
    assert parameters == {
        "response_type": "code",
        "client_id": "an id&",
        "redirect_uri": CALLBACK,
    }


def test_declared_parameters_are_filled_and_sent(provider) -> None:
    declared = provider(authorize_params={"prompt": "consent", "domain": "{tenant}"})

    _, parameters = asked(declared)

    assert (parameters["prompt"], parameters["domain"]) == ("consent", "north")


@pytest.mark.parametrize(
    ("separator", "scopes", "scope"),
    [(" ", None, "a b"), (",", None, "a,b"), (",", ["c", "d"], "c,d"), (" ", ["c"], "c")],
)
def test_scopes_are_separated_as_declared(provider, separator, scopes, scope) -> None:
    declared = provider(default_scopes=["a", "b"], scope_separator=separator)

    _, parameters = asked(declared, scopes=scopes)

    assert parameters["scope"] == scope


def test_a_challenge_is_sent_where_pkce_is_allowed(provider) -> None:
    _, parameters = asked(provider(), code_verifier="v" * 43)

    assert parameters["code_challenge"] == create_s256_code_challenge("v" * 43)
    assert parameters["code_challenge_method"] == "S256"
    assert "code_verifier" not in parameters


def test_no_challenge_is_sent_where_it_is_not(provider) -> None:
    _, parameters = asked(provider(pkce=False), code_verifier="v" * 43)

    assert not {"code_challenge", "code_challenge_method", "code_verifier"} & parameters.keys()


def test_parameters_of_the_address_itself_stay(provider) -> None:
    declared = provider(authorize_url="https://login.acme.example/authorize?tenant={tenant}")

    _, parameters = asked(declared)

    assert (parameters["tenant"], parameters["response_type"]) == ("north", "code")


def test_client_credentials_have_no_authorization(provider) -> None:
    with pytest.raises(MissingPlaceholder):
        asked(provider("client_credentials"))


@given(state=sendable, client_id=sendable, redirect_uri=sendable)
def test_whatever_is_sent_arrives_as_it_is(
    provider, state: str, client_id: str, redirect_uri: str
) -> None:
    declared = provider()

    url = requests.authorization_url(
        declared,
        oauth_of(declared),
        VALUES | {"client_id": client_id},
        redirect_uri=redirect_uri,
        scopes=None,
        state=state,
        code_verifier=None,
    )

    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc) == ("https", "login.acme.example")
    assert (parts.path, parts.fragment) == ("/north/authorize", "")
    assert once(parse_qsl(parts.query, keep_blank_values=True)) == {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
    }


# Token requests


@pytest.mark.parametrize(
    ("ask", "fields"),
    [
        (
            exchanged,
            {"grant_type": "authorization_code", "code": "a code", "redirect_uri": CALLBACK},
        ),
        (refreshed, {"grant_type": "refresh_token", "refresh_token": "r token"}),
    ],
)
def test_a_request_carries_its_grant_and_the_client(provider, ask, fields) -> None:
    sent = ask(provider())

    client = {"client_id": "an id&", "client_secret": "a secret+="}
    assert sent.url == "https://api.acme.example/north/token"
    assert form_of(sent) == fields | client
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_mint_asks_for_the_declared_scopes(provider) -> None:
    declared = provider("client_credentials", default_scopes=["a", "b"])

    assert form_of(minted(declared))["scope"] == "a b"


def test_a_mint_without_declared_scopes_asks_for_none(provider) -> None:
    assert "scope" not in form_of(minted(provider("client_credentials")))


@pytest.mark.parametrize(("pkce", "sent"), [(True, "v" * 43), (False, None)])
def test_a_verifier_is_sent_where_pkce_is_allowed(provider, pkce: bool, sent: str | None) -> None:
    form = form_of(exchanged(provider(pkce=pkce), code_verifier="v" * 43))

    assert form.get("code_verifier") == sent


@pytest.mark.parametrize("ask", [exchanged, refreshed, minted])
def test_declared_parameters_go_with_every_token_request(provider, ask) -> None:
    declared = provider(token_params={"audience": "https://{tenant}.example/?a=b&c"})

    form = form_of(ask(declared))

    assert form["audience"] == "https://north.example/?a=b&c"


@pytest.mark.parametrize("ask", [exchanged, refreshed, minted])
def test_a_client_may_name_itself_by_basic(provider, ask) -> None:
    plain = VALUES | {"client_id": "an-id", "client_secret": "a-secret"}

    sent = ask(provider(client_auth="client_secret_basic"), plain)

    scheme, _, encoded = sent.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(encoded)) == ("Basic", b"an-id:a-secret")
    assert "client_secret" not in form_of(sent)


def test_signs_in_a_basic_secret_arrive_as_they_are(provider) -> None:
    signs = VALUES | {"client_id": "a:b", "client_secret": "50% +/="}

    sent = minted(provider(client_auth="client_secret_basic"), signs)

    _, _, encoded = sent.headers["Authorization"].partition(" ")
    client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
    assert (unquote_plus(client_id), unquote_plus(secret)) == ("a:b", "50% +/=")


@pytest.mark.parametrize("ask", [exchanged, refreshed])
def test_a_public_client_names_itself_without_a_secret(provider, ask) -> None:
    sent = ask(provider(client_auth="none"), {"client_id": "an-id", "tenant": "north"})

    assert form_of(sent)["client_id"] == "an-id"
    assert "client_secret" not in form_of(sent)
    assert "Authorization" not in sent.headers


@pytest.mark.parametrize("ask", [exchanged, refreshed, minted])
@pytest.mark.parametrize("missing", ["client_id", "client_secret", "tenant"])
@pytest.mark.parametrize("nothing", [{}, {"": ""}])
def test_a_value_that_is_not_there_is_named(provider, ask, missing: str, nothing) -> None:
    values = {key: value for key, value in VALUES.items() if key != missing} | nothing

    with pytest.raises(MissingPlaceholder) as caught:
        ask(provider(), values)

    assert caught.value.placeholder == missing


@pytest.mark.parametrize("auth", ["client_secret_post", "client_secret_basic"])
@pytest.mark.parametrize("key", ["client_id", "client_secret"])
@pytest.mark.parametrize("value", ["sécret", "secret\ud800"])
def test_a_client_that_cannot_be_sent_is_refused_without_being_quoted(
    provider, auth: str, key: str, value: str
) -> None:
    with pytest.raises(InvalidFields) as caught:
        refreshed(provider(client_auth=auth), VALUES | {key: value})

    assert caught.value.fields == {key: FieldProblem.PATTERN}
    assert value not in repr(caught.value)


@pytest.mark.parametrize("tenant", ["..", "."])
def test_a_value_cannot_walk_up_the_path(provider, tenant: str) -> None:
    with pytest.raises(InvalidFields):
        refreshed(provider(), VALUES | {"tenant": tenant})


def test_a_value_stays_within_its_part_of_the_path(provider) -> None:
    sent = refreshed(provider(), VALUES | {"tenant": "a/b?c#d"})

    assert sent.url == "https://api.acme.example/a%2Fb%3Fc%23d/token"


@pytest.mark.parametrize("auth", ["client_secret_post", "client_secret_basic"])
@pytest.mark.parametrize("ask", [exchanged, refreshed, minted])
def test_a_request_shows_no_secret(provider, ask, auth: str) -> None:
    shown = repr(ask(provider(client_auth=auth)))

    assert shown == "TokenRequest(url='https://api.acme.example/north/token')"


@given(code=sendable)
def test_a_code_arrives_as_it_is(provider, code: str) -> None:
    assert form_of(exchanged(provider(), code=code))["code"] == code


# Revocation


def test_a_revocation_names_the_token_and_the_client(provider) -> None:
    declared = provider()

    sent = requests.revoke(
        declared, oauth_of(declared), VALUES, token="a token", hint="refresh_token"
    )

    assert sent is not None
    assert sent.url == "https://api.acme.example/north/revoke"
    assert form_of(sent) == {
        "token": "a token",
        "token_type_hint": "refresh_token",
        "client_id": "an id&",
        "client_secret": "a secret+=",
    }


def test_where_there_is_no_place_to_revoke_nothing_is_sent(provider) -> None:
    declared = provider(revoke_url=None)

    assert requests.revoke(declared, oauth_of(declared), VALUES, token="t", hint="") is None
