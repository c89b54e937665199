"""requests and aiohttp carry a connection's credential, to its provider alone."""

from __future__ import annotations

import asyncio
import io
import pickle
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import aiohttp
import pytest
import requests

from integrations_app import errors, integrations
from tests.adapters.sending import Send, trusting
from tests.api.requests.conftest import SECRET, Add
from tests.api.requests.site import API, FILES, STRANGER, URL, Echo, redirect
from tests.world import OAuthClient, World

Google = tuple[UUID, OAuthClient]

DRIVE = "https://www.googleapis.com/drive/v3/files"
ACCOUNT = "https://www.googleapis.com/oauth2/v2/userinfo"
ELSEWHERE = [
    "https://evil.example/",
    "https://echo.example/",
    "https://api.echo.example.evil.example/",
    "https://evil.example#api.echo.example",
    "http://api.echo.example/things",
    "https://api.echo.example@evil.example/",
    "https://evil.example\\@api.echo.example/",
]


# Where it goes


@pytest.mark.parametrize("host", [API, FILES, "API.ECHO.EXAMPLE", f"{API}:443"])
def test_every_declared_host_gets_the_credential(
    send: Send, echo: Echo, uuid: UUID, host: str
) -> None:
    received = send(uuid, "GET", f"https://{host}/things")

    assert received.content["path"] == "/things"
    assert echo.last.header("authorization") == f"Bearer {SECRET}"


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_is_sent_to_what_the_provider_does_not_declare(
    send: Send, outside: World, echo: Echo, uuid: UUID, url: str
) -> None:
    before = len(outside.requests())

    with pytest.raises((errors.DestinationNotAllowed, aiohttp.InvalidURL)):
        send(uuid, "GET", url)

    assert len(outside.requests()) == before


def test_a_host_header_that_names_another_host_is_refused(
    send: Send, echo: Echo, uuid: UUID
) -> None:
    with pytest.raises(errors.DestinationNotAllowed, match="Host header"):
        send(uuid, "GET", f"{URL}/things", headers={"Host": "evil.example"})

    assert echo.seen == []


def test_a_second_host_header_is_refused(outside: World, echo: Echo, uuid: UUID) -> None:
    twice = [("Host", API), ("Host", "evil.example")]

    with pytest.raises(errors.DestinationNotAllowed, match="Host header"):
        by_aiohttp(outside, uuid, f"{URL}/things", headers=twice)

    assert echo.seen == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_host_keeps_the_credential(
    send: Send, echo: Echo, uuid: UUID, status: int
) -> None:
    received = send(uuid, "GET", redirect("/things", status=status))

    assert received.content["path"] == "/things"
    assert [request.carries(SECRET) for request in echo.seen] == [True, True]


def test_requests_leaves_the_credential_behind_when_it_is_led_elsewhere(
    outside: World, echo: Echo, uuid: UUID
) -> None:
    for to in (f"https://{FILES}/things", f"https://{STRANGER}/"):
        response = requests.get(
            redirect(to, status=307),
            auth=integrations.adapters.requests_auth(uuid),
        )

        assert response.status_code == 200
        assert [each.carries(SECRET) for each in echo.seen[-2:]] == [True, False]


def test_aiohttp_is_not_led_to_another_provider(echo: Echo, uuid: UUID, outside: World) -> None:
    before = len(outside.requests())

    for to in ("https://evil.example/", f"http://{API}/things"):
        with pytest.raises(errors.DestinationNotAllowed):
            by_aiohttp(outside, uuid, redirect(to, status=307))

    assert len(outside.requests()) == before + 2  # those that were redirected


def by_aiohttp(outside: World, uuid: UUID, url: str, **options: Any) -> int:
    async def send() -> int:
        middleware = integrations.adapters.aiohttp_middleware(uuid)
        async with (
            aiohttp.ClientSession(middlewares=[middleware], trust_env=True) as session,
            session.get(url, ssl=trusting(outside), **options) as response,
        ):
            return response.status

    return asyncio.run(send())


def test_a_certificate_for_another_host_is_not_asked_for(
    outside: World, echo: Echo, uuid: UUID
) -> None:
    with pytest.raises(errors.DestinationNotAllowed, match="server_hostname"):
        by_aiohttp(outside, uuid, f"{URL}/things", server_hostname="evil.example")

    assert echo.seen == []


def test_a_prepared_request_whose_address_is_changed_leaves_without_the_credential(
    outside: World, echo: Echo, uuid: UUID
) -> None:
    auth = integrations.adapters.requests_auth(uuid)
    prepared = requests.Request("GET", f"{URL}/things", auth=auth).prepare()
    prepared.url = f"https://{STRANGER}/"

    with requests.Session() as session, pytest.raises(errors.DestinationNotAllowed):
        session.send(prepared, verify=str(outside.ca_file))

    assert echo.seen == []


def test_what_is_no_header_is_not_supported(send: Send, echo: Echo, add: Add) -> None:
    uuid = add(placement={"query": {"key": "{api_key}"}})

    with pytest.raises(errors.PlacementNotSupported):
        send(uuid, "GET", f"{URL}/things")

    assert echo.seen == []


def test_a_header_of_the_providers_own_is_aiohttps_alone(
    outside: World, echo: Echo, add: Add
) -> None:
    uuid = add(placement={"headers": {"X-Api-Key": "{api_key}"}})

    with pytest.raises(errors.PlacementNotSupported):
        requests.get(f"{URL}/things", auth=integrations.adapters.requests_auth(uuid))
    by_aiohttp(outside, uuid, redirect("/things"))

    assert [each.header("x-api-key") for each in echo.seen] == [SECRET, SECRET]


# What is stored


def test_a_new_key_is_used_from_the_next_request_on(outside: World, echo: Echo, uuid: UUID) -> None:
    with requests.Session() as session:
        session.auth = integrations.adapters.requests_auth(uuid)
        session.get(f"{URL}/things")
        integrations.save_setup(uuid, {"api_key": "another-key"})
        session.get(f"{URL}/things")

    assert [each.carries("another-key") for each in echo.seen] == [False, True]


def test_a_removed_connection_has_nothing_to_send(send: Send, echo: Echo, uuid: UUID) -> None:
    integrations.remove_connection(uuid)

    with pytest.raises(errors.Deleted):
        send(uuid, "GET", f"{URL}/things")


# 401


def test_a_refused_token_is_renewed_and_the_request_sent_again(
    send: Send, outside: World, google: Google
) -> None:
    uuid, client = google
    outside.oauth.expire_access_tokens(client.id)

    received = send(uuid, "POST", DRIVE, json={"name": "Plan"})

    assert received.content["name"] == "Plan"
    assert len(outside.oauth.refresh_requests(client.id)) == 1


def test_a_token_that_stays_refused_is_unauthorized(
    send: Send, outside: World, google: Google
) -> None:
    uuid, client = google
    outside.oauth.api_trouble(client.id, status=401, times=9)

    for _ in range(2):
        with pytest.raises(errors.Unauthorized):
            send(uuid, "GET", DRIVE)

    assert len(outside.oauth.refresh_requests(client.id)) == 1


def test_a_renewal_is_in_vain_until_the_first_success(
    send: Send, outside: World, google: Google
) -> None:
    uuid, client = google
    outside.oauth.api_trouble(client.id, status=401, times=2)
    with pytest.raises(errors.Unauthorized):
        send(uuid, "GET", DRIVE)

    send(uuid, "GET", ACCOUNT)
    outside.oauth.expire_access_tokens(client.id)

    assert send(uuid, "GET", DRIVE).status == 200
    assert len(outside.oauth.refresh_requests(client.id)) == 2


def test_a_file_is_sent_again_from_where_it_began(
    send: Send, outside: World, google: Google
) -> None:
    uuid, client = google
    outside.oauth.expire_access_tokens(client.id)
    file = io.BytesIO(b'not this: {"name": "Plan"}')
    file.seek(10)

    assert send(uuid, "POST", DRIVE, data=file).content["name"] == "Plan"


def parts() -> Iterator[bytes]:
    yield from [b'{"name"', b': "Plan"}']


async def parts_async() -> AsyncIterator[bytes]:
    for part in parts():
        yield part


@pytest.mark.parametrize("make", [parts, parts_async])
def test_a_body_that_streams_is_sent_once_and_the_next_request_has_a_new_token(
    outside: World, google: Google, make: Any
) -> None:
    from tests.adapters.sending import SENDERS

    send = SENDERS["requests" if make is parts else "aiohttp"](outside)
    uuid, client = google
    outside.oauth.expire_access_tokens(client.id)

    with pytest.raises(errors.Unauthorized):
        send(uuid, "POST", DRIVE, data=make())

    assert send(uuid, "POST", DRIVE, data=make()).content["name"] == "Plan"
    assert len(outside.oauth.refresh_requests(client.id)) == 1


# Secrecy


def test_nothing_that_is_kept_shows_the_credential(send: Send, echo: Echo, uuid: UUID) -> None:
    for url in (f"{URL}/things", redirect(quote("/redirect?to=/things"))):
        received = send(uuid, "GET", url, headers={"X-Of-The-Caller": "kept"})

        assert echo.last.carries(SECRET)
        assert "X-Of-The-Caller" in received.shown
        assert SECRET not in received.shown


def test_refusals_show_nothing(send: Send, echo: Echo, uuid: UUID) -> None:
    for url in (f"{URL}/gate", "https://evil.example/"):
        with pytest.raises(errors.IntegrationError) as caught:
            send(uuid, "GET", url)

        assert SECRET not in "".join(traceback.format_exception(caught.value))
        assert SECRET not in repr(vars(caught.value))


def test_errors_of_aiohttp_show_nothing(outside: World, echo: Echo, uuid: UUID) -> None:
    url = f"{URL}/busy?status=503&times=9"

    with pytest.raises(aiohttp.ClientResponseError) as caught:
        by_aiohttp(outside, uuid, url, raise_for_status=True)

    assert echo.last.carries(SECRET)
    assert SECRET not in repr(caught.value)


def test_a_response_of_requests_can_be_pickled(outside: World, echo: Echo, uuid: UUID) -> None:
    auth = integrations.adapters.requests_auth(uuid)

    response = requests.get(f"{URL}/things", auth=auth)

    assert SECRET.encode() not in pickle.dumps(response)
