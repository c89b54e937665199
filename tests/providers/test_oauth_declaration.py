"""OAuth2 and path placement that could not work or could leak are refused at the declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations_app.domain.provider import AuthType, Provider
from integrations_app.errors import InvalidDeclaration
from integrations_app.providers import declaration

CLIENT = [
    {"key": "client_id", "label": "Client ID"},
    {"key": "client_secret", "label": "Client secret", "secret": True},
    {"key": "region", "label": "Region", "default": "eu"},
]
TOKEN_URL = {"token_url": "https://api.acme.example/token"}
AUTHORIZE_URL = {"authorize_url": "https://login.acme.example/authorize"}


@pytest.fixture
def accept(acme: Mapping[str, Any]):
    """Reads a declaration of Acme with these parts replaced."""

    def accept(**parts: Any) -> Provider:
        placement = {"headers": {"Authorization": "Bearer {access_token}"}}
        data = {**acme, "fields": CLIENT, "placement": placement, **parts}
        return declaration.parse(data, source="acme.toml")

    return accept


@pytest.fixture
def refuse(accept):
    """What is said of such a declaration."""

    def refuse(**parts: Any) -> str:
        with pytest.raises(InvalidDeclaration) as caught:
            accept(**parts)
        return str(caught.value)

    return refuse


def oauth2(**oauth: Any) -> dict[str, Any]:
    return {"auth_type": "oauth2", "oauth": {**TOKEN_URL, **AUTHORIZE_URL, **oauth}}


def client_credentials(**oauth: Any) -> dict[str, Any]:
    return {"auth_type": "client_credentials", "oauth": {**TOKEN_URL, **oauth}}


def with_key(**placement: Any) -> dict[str, Any]:
    fields = [*CLIENT, {"key": "api_key", "label": "API key", "secret": True}]
    return {"fields": fields, "placement": placement}


# Who connects an account


def test_oauth2_connects_an_account(accept) -> None:
    provider = accept(**oauth2())

    assert provider.connects_account
    assert provider.uses_tokens


def test_client_credentials_use_tokens_without_an_account(accept) -> None:
    provider = accept(**client_credentials())

    assert provider.auth_type is AuthType.CLIENT_CREDENTIALS
    assert (provider.uses_tokens, provider.connects_account) == (True, False)


def test_oauth2_needs_an_authorize_url(refuse) -> None:
    told = refuse(auth_type="oauth2", oauth=TOKEN_URL)

    assert told == "acme.toml: oauth.authorize_url: is for auth_type 'oauth2', which needs it"


def test_client_credentials_have_no_authorize_url(refuse) -> None:
    assert "oauth.authorize_url: is for auth_type" in refuse(**client_credentials(**AUTHORIZE_URL))


@pytest.mark.parametrize("auth_type", ["oauth2", "client_credentials"])
def test_tokens_need_oauth_settings(refuse, auth_type: str) -> None:
    assert "oauth: is for auth_type" in refuse(auth_type=auth_type)


@pytest.mark.parametrize("auth_type", ["api_key", "key_secret", "bot_token", "credentials"])
def test_oauth_settings_are_for_tokens(refuse, auth_type: str) -> None:
    assert "oauth: is for auth_type" in refuse(auth_type=auth_type, oauth=TOKEN_URL, **with_key())


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
def test_a_client_needs_both_fields(refuse, missing: str) -> None:
    fields = [each for each in CLIENT if each["key"] != missing]

    assert f"fields: OAuth2 needs a field {missing!r}" in refuse(**oauth2(), fields=fields)


def test_a_public_client_needs_no_secret(accept) -> None:
    provider = accept(**oauth2(client_auth="none"), fields=[CLIENT[0]])

    assert provider.secret_keys == ()


@pytest.mark.parametrize("key", ["access_token", "refresh_token"])
@pytest.mark.parametrize("kind", [oauth2, client_credentials])
def test_tokens_cannot_be_typed(refuse, kind, key: str) -> None:
    fields = [*CLIENT, {"key": key, "label": "Token"}]

    assert f"'{key}' is reserved" in refuse(**kind(), fields=fields)


# What is filled in


@pytest.mark.parametrize("place", ["token_params", "authorize_params"])
def test_parameters_may_name_fields(accept, place: str) -> None:
    provider = accept(**oauth2(**{place: {"x": "{region}-{client_id}"}}))

    assert getattr(provider.oauth, place) == {"x": "{region}-{client_id}"}


@pytest.mark.parametrize("place", ["token_params", "authorize_params"])
@pytest.mark.parametrize("name", ["nobody", "access_token", "refresh_token"])
def test_parameters_name_nothing_else(refuse, place: str, name: str) -> None:
    told = refuse(**oauth2(**{place: {"x": f"{{{name}}}"}}))

    assert f"oauth.{place}.x: {{{name}}} names no field" in told


@pytest.mark.parametrize("place", ["token_params", "authorize_params"])
def test_parameters_have_no_stray_brace(refuse, place: str) -> None:
    assert f"oauth.{place}.x: has a brace" in refuse(**oauth2(**{place: {"x": "{Region"}}))


def test_a_secret_may_go_to_the_token_endpoint_and_to_no_browser(accept, refuse) -> None:
    secret = {"x": "{client_secret}"}

    assert accept(**oauth2(token_params=secret))
    told = refuse(**oauth2(authorize_params=secret))
    assert "oauth.authorize_params.x: {client_secret} is secret" in told


def test_a_page_for_people_may_be_elsewhere_and_an_endpoint_may_not(accept, refuse) -> None:
    elsewhere = "https://elsewhere.example/"

    assert accept(**oauth2(authorize_url=elsewhere))
    assert "oauth.token_url: goes to elsewhere" in refuse(**oauth2(token_url=elsewhere))
    assert "oauth.revoke_url: goes to elsewhere" in refuse(**oauth2(revoke_url=elsewhere))


@pytest.mark.parametrize("place", ["authorize_url", "token_url", "revoke_url"])
def test_every_address_is_https(refuse, place: str) -> None:
    told = refuse(**oauth2(**{place: "http://api.acme.example/x"}))

    assert f"oauth.{place}: must begin with https://" in told


# A credential in the path


def test_a_credential_may_stand_in_the_path(accept) -> None:
    provider = accept(**with_key(path="/bot{api_key}"))

    assert provider.placement.path == "/bot{api_key}"


@pytest.mark.parametrize("path", ["/bot{api_key}/v1", "/{region}/{api_key}"])
def test_a_path_may_have_several_parts(accept, path: str) -> None:
    assert accept(**with_key(path=path)).placement.path == path


@pytest.mark.parametrize(
    "path", ["", "/", "bot{api_key}", "/bot{api_key}/", "//{api_key}", "/a b", "/a?b", "/a#b"]
)
def test_a_path_that_would_change_the_address_is_refused(refuse, path: str) -> None:
    assert "placement.path: must begin with '/'" in refuse(**with_key(path=path))


@pytest.mark.parametrize(
    ("path", "told"),
    [("/bot{nobody}", "{nobody} names no field"), ("/bot{", "has a brace")],
)
def test_a_path_names_fields_only(refuse, path: str, told: str) -> None:
    assert f"placement.path: {told}" in refuse(**with_key(path=path))
