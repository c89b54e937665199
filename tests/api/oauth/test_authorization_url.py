"""The address that people are sent to, to grant access to an account (O-2, O-3, P-2)."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from integrations_app import errors, integrations
from integrations_app.errors import FieldProblem
from tests.api.conftest import BOB, Register
from tests.api.facts import actions, told
from tests.api.oauth import reluctant
from tests.api.oauth.accounts import CALLBACK, VERIFIER, exchange, parameters_of
from tests.api.oauth.conftest import Connect, SetUp
from tests.api.providers import Contributing
from tests.postgresql import DatabaseUnderTest
from tests.world import World

GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SIGN_IN = "https://login.microsoftonline.com"

each_provider = pytest.mark.parametrize("provider", ["google", "microsoft"])


def address(uuid: object, **asked) -> str:
    return integrations.authorization_url(uuid, CALLBACK, **asked)


# What it says


@each_provider
def test_it_names_client_callback_and_the_code_flow(set_up: SetUp, provider: str) -> None:
    account = set_up(provider=provider)

    asked = parameters_of(address(account.uuid))

    assert asked["response_type"] == "code"
    assert (asked["client_id"], asked["redirect_uri"]) == (account.client.id, CALLBACK)
    assert "state" not in asked
    assert "code_challenge" not in asked


def test_google_is_asked_for_a_refresh_token_each_time(set_up: SetUp) -> None:
    asked = address(set_up().uuid)

    parameters = parameters_of(asked)
    assert asked.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert (parameters["access_type"], parameters["prompt"]) == ("offline", "consent")
    assert parameters["scope"] == "openid email profile"


def test_microsoft_is_asked_for_a_refresh_token_and_for_consent(set_up: SetUp) -> None:
    asked = parameters_of(address(set_up(provider="microsoft").uuid))

    assert asked["scope"].split() == ["openid", "email", "profile", "offline_access", "User.Read"]
    assert (asked["prompt"], asked["response_mode"]) == ("consent", "query")


def test_scopes_that_the_caller_names_replace_the_declared_ones(set_up: SetUp) -> None:
    account = set_up()

    asked = parameters_of(address(account.uuid, scopes=["email", "https://x.example/a b"]))

    assert asked["scope"] == "email https://x.example/a b"


@pytest.mark.parametrize("scopes", [[], ()])
def test_no_scopes_are_no_parameter(set_up: SetUp, scopes) -> None:
    assert "scope" not in parameters_of(address(set_up().uuid, scopes=scopes))


@pytest.mark.parametrize("state", ["abc", "a b&c=d#e/?", "ü" * 20])
def test_the_state_comes_back_as_it_was_given(set_up: SetUp, outside: World, state: str) -> None:
    account = set_up()

    back = outside.oauth.authorize(address(account.uuid, state=state, code_verifier=VERIFIER))

    assert parameters_of(back)["state"] == state


@each_provider
def test_the_verifier_is_sent_as_its_challenge_only(set_up: SetUp, provider: str) -> None:
    url = address(set_up(provider=provider).uuid, code_verifier=VERIFIER)

    asked = parameters_of(url)
    assert asked["code_challenge"] == create_s256_code_challenge(VERIFIER)
    assert asked["code_challenge_method"] == "S256"
    assert VERIFIER not in url


def test_a_provider_without_pkce_gets_no_challenge(
    register: Register, db: DatabaseUnderTest
) -> None:
    register(Contributing(reluctant.provider("oauth2")))
    values = {"client_id": "an id", "client_secret": "a secret"}
    added = integrations.add_connection("reluctant", "main", values=values)

    asked = parameters_of(address(added.uuid, code_verifier=VERIFIER))

    assert set(asked) == {"response_type", "client_id", "redirect_uri"}


def test_no_secret_is_in_it(connect: Connect) -> None:
    account = connect()

    url = address(account.uuid, state="s", code_verifier=VERIFIER)

    assert account.client.secret not in url
    assert account.token not in url


def test_asking_for_it_leaves_no_trace(set_up: SetUp, events, db: DatabaseUnderTest) -> None:
    account = set_up()
    told(events)
    before, row = actions(db), account.row

    address(account.uuid, state="s", code_verifier=VERIFIER)

    assert (actions(db), account.row) == (before, row)
    assert told(events) == []


# Microsoft's tenants


@pytest.mark.parametrize(
    "tenant", [GUID, GUID.upper(), "organizations", "consumers", "common", "contoso.com"]
)
def test_people_and_codes_go_to_the_tenant(set_up: SetUp, outside: World, tenant: str) -> None:
    account = set_up(provider="microsoft", tenant_id=tenant)

    url = address(account.uuid)
    exchange(outside, account.uuid)

    path = f"/{tenant}/oauth2/v2.0"
    assert url.startswith(f"{SIGN_IN}{path}/authorize?")
    [request] = outside.requests(key=account.client.secret)
    assert (request.host, request.path) == ("login.microsoftonline.com", f"{path}/token")


@pytest.mark.parametrize("values", [{}, {"tenant_id": ""}, {"tenant_id": " "}])
def test_without_a_tenant_it_is_the_common_one(
    set_up: SetUp, outside: World, values: dict[str, str]
) -> None:
    account = set_up(provider="microsoft", **values)

    url = address(account.uuid)
    exchange(outside, account.uuid)
    integrations.refresh_access_token(account.uuid)

    assert urlsplit(url).path == "/common/oauth2/v2.0/authorize"
    assert {each.path for each in outside.requests(key=account.client.secret)} == {
        "/common/oauth2/v2.0/token"
    }


@pytest.mark.parametrize(
    "tenant",
    [
        "common/oauth2",
        "/common",
        "..",
        ".",
        "../common",
        "%2e%2e",
        "common%2f",
        "common?x=y",
        "common#x",
        "com mon",
        "common\\x",
        "common;x",
        "common:443",
        "evil@contoso.com",
        "{client_id}",
        "contoso",
        "contoso..com",
        ".contoso.com",
        "contoso.com.",
        "-contoso.com",
        "contoso-.com",
        "contoso.c",
        f"{GUID}0",
        f"{GUID}.",
        "соmmon",  # begins with a Cyrillic letter
        "contoso.com" + "m" * 253,
    ],
)
def test_what_is_no_tenant_is_refused_at_its_field(set_up: SetUp, tenant: str) -> None:
    with pytest.raises(errors.InvalidFields) as caught:
        set_up(provider="microsoft", tenant_id=tenant)

    assert set(caught.value.fields) == {"tenant_id"}
    assert caught.value.fields["tenant_id"] in (FieldProblem.PATTERN, FieldProblem.TOO_LONG)
    assert integrations.list_connections() == []


@pytest.mark.parametrize("tenant", ["..", "."])
def test_a_tenant_that_was_stored_by_other_hands_cannot_walk_up_the_path(
    set_up: SetUp, db: DatabaseUnderTest, tenant: str
) -> None:
    account = set_up(provider="microsoft")
    db.execute(
        "UPDATE integration_connections SET setup_values = setup_values ||"
        " jsonb_build_object('tenant_id', %s::text)",
        tenant,
    )

    with pytest.raises(errors.InvalidFields):
        address(account.uuid)


# Where there is none


@pytest.mark.parametrize("uuid", ["google:main", "google", "", "x", None, 7, b"x"])
def test_what_is_no_uuid_is_invalid(db: DatabaseUnderTest, uuid: object) -> None:
    with pytest.raises(errors.InvalidUuid) as caught:
        address(uuid)

    assert caught.value.code == "invalid_uuid"


def test_an_unknown_connection_is_not_found(db: DatabaseUnderTest) -> None:
    with pytest.raises(errors.NotFound) as caught:
        address(uuid4())

    assert caught.value.code == "not_found"


def test_a_removed_connection_is_not_found(set_up: SetUp) -> None:
    account = set_up()
    integrations.remove_connection(account.uuid, actor=BOB)

    with pytest.raises(errors.NotFound):
        address(str(account.uuid))


@each_provider
def test_without_a_client_id_there_is_no_address(db: DatabaseUnderTest, provider: str) -> None:
    added = integrations.add_connection(provider, "main")

    with pytest.raises(errors.ClientIdNotConfigured) as caught:
        address(added.uuid)

    assert caught.value.code == "client_id_not_configured"


def test_an_address_needs_no_client_secret(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("google", "main", values={"client_id": "an-id"})

    assert parameters_of(address(added.uuid))["client_id"] == "an-id"


def test_an_api_key_connects_no_account(connection) -> None:
    with pytest.raises(errors.ClientIdNotConfigured):
        address(connection.uuid)


@pytest.mark.usefixtures("acme")
def test_a_client_that_acts_for_itself_connects_no_account(set_up: SetUp) -> None:
    with pytest.raises(errors.ClientIdNotConfigured):
        address(set_up(provider="acme").uuid)
