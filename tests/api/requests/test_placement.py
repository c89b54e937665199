"""Where a request carries the credential, and what else it carries."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import pytest

from integrations_app import errors, integrations
from tests.api.requests.callers import Send
from tests.api.requests.conftest import SECRET, Add
from tests.api.requests.site import URL, Echo, body_of

BEARER = {"headers": {"Authorization": "Bearer {api_key}"}}
ELSEWHERE = [
    pytest.param({"headers": {"X-Api-Key": "{api_key}"}}, id="another header"),
    pytest.param({"headers": {**BEARER["headers"], "X-Again": "{api_key}"}}, id="two headers"),
    pytest.param({"query": {"key": "{api_key}"}}, id="query"),
    pytest.param({"path": "/bot{api_key}"}, id="path"),
    pytest.param({**BEARER, "query": {"version": "2"}}, id="bearer and query"),
]


def test_a_key_travels_as_a_bearer(send_anyhow: Send, echo: Echo, uuid: UUID) -> None:
    response = send_anyhow(uuid, "GET", f"{URL}/things")

    assert response.status_code == 200
    assert echo.last.header("authorization") == f"Bearer {SECRET}"


def test_a_key_travels_as_basic_authentication(send_anyhow: Send, echo: Echo, add: Add) -> None:
    uuid = add(placement={"basic": {"username": "api", "password": "{api_key}"}})

    send_anyhow(uuid, "GET", f"{URL}/things")

    assert echo.last.carries(f"api:{SECRET}")
    assert (echo.last.header("authorization") or "").startswith("Basic ")


def test_a_key_travels_in_a_header_of_the_providers_own(send: Send, echo: Echo, add: Add) -> None:
    uuid = add(placement={"headers": {"X-Api-Key": "{api_key}", "X-Version": "2"}})

    send(uuid, "GET", f"{URL}/things")

    assert echo.last.header("x-api-key") == SECRET
    assert echo.last.header("x-version") == "2"


def test_a_key_travels_in_the_query_beside_the_callers_parameters(
    send: Send, echo: Echo, add: Add
) -> None:
    uuid = add(placement={"query": {"key": "{api_key}"}})

    send(uuid, "GET", f"{URL}/things?q=a%20b+c&key=dummy&empty=")

    assert echo.last.query.startswith("q=a%20b+c&empty=&key=")
    sent = parse_qsl(echo.last.query, keep_blank_values=True)
    assert sent == [("q", "a b c"), ("empty", ""), ("key", SECRET)]


def test_a_key_travels_in_the_query_of_an_address_without_one(
    send: Send, echo: Echo, add: Add
) -> None:
    uuid = add(placement={"query": {"key": "{api_key}"}})

    send(uuid, "GET", URL)

    assert (echo.last.path, parse_qsl(echo.last.query)) == ("/", [("key", SECRET)])


def test_a_key_travels_before_the_path(send: Send, echo: Echo, add: Add) -> None:
    uuid = add(placement={"path": "/bot{api_key}"})

    send(uuid, "GET", f"{URL}/getMe?a=1%2F2")

    assert echo.last.path == "/bots3cret-0a1b2c3d%2F%2B%3D%26%3F/getMe"
    assert echo.last.query == "a=1%2F2"


def test_the_credential_replaces_what_the_caller_put_in_its_header(
    send_anyhow: Send, echo: Echo, uuid: UUID
) -> None:
    send_anyhow(uuid, "GET", f"{URL}/things", headers={"authorization": "Bearer dummy"})

    found = [value for name, value in echo.last.headers if name == "authorization"]
    assert found == [f"Bearer {SECRET}"]


def test_the_callers_other_headers_and_body_arrive(
    send_anyhow: Send, echo: Echo, uuid: UUID
) -> None:
    headers = {"X-Trace": "abc", "Accept": "text/plain"}

    send_anyhow(uuid, "POST", f"{URL}/things", headers=headers, json={"a": 1}, params={"b": "2"})

    assert (echo.last.header("x-trace"), echo.last.header("accept")) == ("abc", "text/plain")
    assert body_of(echo.last) == {"a": 1}
    assert (echo.last.method, echo.last.query) == ("POST", "b=2")


def test_a_client_keeps_to_the_callers_options(echo: Echo, uuid: UUID) -> None:
    with integrations.client(uuid, base_url=f"{URL}/v1", headers={"X-App": "mine"}) as client:
        client.get("/things")

    assert (echo.last.path, echo.last.header("x-app")) == ("/v1/things", "mine")


def test_each_connection_has_its_own_credential(send: Send, echo: Echo, add: Add) -> None:
    first, second = add(key="one", api_key="key-of-one"), add(key="two", api_key="key-of-two")

    for uuid in (first, second, first):
        send(uuid, "GET", f"{URL}/things")

    sent = [request.header("authorization") for request in echo.seen]
    assert sent == ["Bearer key-of-one", "Bearer key-of-two", "Bearer key-of-one"]


def test_single_requests_keep_no_cookies(echo: Echo, uuid: UUID) -> None:
    integrations.authenticated_request(uuid, "GET", f"{URL}/things", cookies={"a": "1"})
    integrations.authenticated_request(uuid, "GET", f"{URL}/things")

    assert [request.header("cookie") for request in echo.seen] == ["a=1", None]


@pytest.mark.parametrize("placement", ELSEWHERE)
def test_auth_refuses_placements_that_would_survive_a_redirect(
    send_by_auth: Send, echo: Echo, add: Add, placement: dict[str, Any]
) -> None:
    uuid = add(placement=placement)

    with pytest.raises(errors.PlacementNotSupported, match=r"Echo.*client\(\)"):
        send_by_auth(uuid, "GET", f"{URL}/things")

    assert echo.seen == []


@pytest.mark.parametrize("wrong", ["mistral:main", "", "abc", None, 7])
@pytest.mark.parametrize(
    "make", [integrations.client, integrations.async_client, integrations.auth]
)
def test_what_is_no_uuid_is_refused_at_once(make: Any, wrong: object) -> None:
    with pytest.raises(errors.InvalidUuid):
        make(wrong)


def test_a_request_for_what_is_no_uuid_is_refused() -> None:
    with pytest.raises(errors.InvalidUuid):
        integrations.authenticated_request("mistral:main", "GET", URL)


@pytest.mark.parametrize("make", [integrations.client, integrations.async_client])
def test_a_second_credential_for_a_client_is_refused(make: Any, uuid: UUID) -> None:
    with pytest.raises(TypeError, match="auth="):
        make(uuid, auth=("user", "password"))


def test_a_second_credential_for_a_request_is_refused(send: Send, echo: Echo, uuid: UUID) -> None:
    with pytest.raises(TypeError, match="auth="):
        send(uuid, "GET", f"{URL}/things", auth=("user", "password"))

    assert echo.seen == []


def test_a_stream_takes_no_second_credential(echo: Echo, uuid: UUID) -> None:
    with (
        integrations.client(uuid) as client,
        pytest.raises(TypeError, match="auth="),
        client.stream("GET", f"{URL}/things", auth=("user", "password")),
    ):
        pass

    assert echo.seen == []


def test_no_second_credential_is_none(send: Send, echo: Echo, uuid: UUID) -> None:
    send(uuid, "GET", f"{URL}/things", auth=None)

    assert echo.last.carries(SECRET)


def test_a_credential_that_programs_use_themselves_is_put_into_no_request(
    send_anyhow: Send, echo: Echo, add: Add
) -> None:
    uuid = add(placement={"manual": True})

    with pytest.raises(errors.PlacementNotSupported, match=r"get_credentials\(\)"):
        send_anyhow(uuid, "GET", f"{URL}/things")

    assert echo.seen == []
    assert integrations.get_credentials(uuid)["api_key"] == SECRET
