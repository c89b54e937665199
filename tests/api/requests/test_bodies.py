"""Bodies that stream, up and down, and bodies that can be sent only once."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import anyio
import httpx
import httpx2
import pytest

from integrations_app import errors, integrations
from tests.api.requests.site import BIG, URL, Echo, busy
from tests.world import OAuthClient, World

DRIVE = "https://www.googleapis.com/drive/v3/files"
PARTS = [b'{"name"', b': "Pl', b'an"}']
LIBRARIES = [httpx2, httpx]


def parts() -> Iterator[bytes]:
    yield from PARTS


async def parts_async() -> AsyncIterator[bytes]:
    for part in PARTS:
        yield part


def sync_clients(uuid: UUID) -> list[Any]:
    auth = integrations.auth(uuid)
    return [integrations.client(uuid), *[library.Client(auth=auth) for library in LIBRARIES]]


def async_clients(uuid: UUID) -> list[Any]:
    auth = integrations.auth(uuid)
    own = [library.AsyncClient(auth=auth) for library in LIBRARIES]
    return [integrations.async_client(uuid), *own]


EACH = range(3)


@pytest.mark.parametrize("kind", EACH)
def test_a_large_answer_streams(echo: Echo, uuid: UUID, kind: int) -> None:
    received = bytearray()

    with (
        sync_clients(uuid)[kind] as client,
        client.stream("GET", f"{URL}/big") as response,
    ):
        assert not response.is_stream_consumed
        for chunk in response.iter_bytes():
            received += chunk

    assert received == BIG


@pytest.mark.parametrize("kind", EACH)
def test_a_large_answer_streams_in_async_code(echo: Echo, uuid: UUID, kind: int) -> None:
    async def receive() -> bytes:
        received = bytearray()
        async with (
            async_clients(uuid)[kind] as client,
            client.stream("GET", f"{URL}/big") as response,
        ):
            assert not response.is_stream_consumed
            async for chunk in response.aiter_bytes():
                received += chunk
        return bytes(received)

    assert anyio.run(receive) == BIG


@pytest.mark.parametrize("kind", EACH)
def test_a_body_from_a_generator_arrives(echo: Echo, uuid: UUID, kind: int) -> None:
    with sync_clients(uuid)[kind] as client:
        client.post(f"{URL}/things", content=parts())

    assert echo.last.body == b"".join(PARTS)


@pytest.mark.parametrize("kind", EACH)
def test_a_body_from_an_async_generator_arrives(echo: Echo, uuid: UUID, kind: int) -> None:
    async def send() -> None:
        async with async_clients(uuid)[kind] as client:
            await client.post(f"{URL}/things", content=parts_async())

    anyio.run(send)

    assert echo.last.body == b"".join(PARTS)


@pytest.mark.parametrize("kind", EACH)
def test_files_are_uploaded(echo: Echo, uuid: UUID, kind: int) -> None:
    with sync_clients(uuid)[kind] as client:
        client.post(f"{URL}/things", files={"file": ("a.txt", io.BytesIO(b"the file"))})

    assert b"the file" in echo.last.body


@pytest.mark.parametrize("kind", EACH)
def test_a_body_that_streams_is_sent_once_and_the_next_request_has_a_new_token(
    outside: World, google: tuple[UUID, OAuthClient], kind: int
) -> None:
    uuid, oauth = google
    outside.oauth.expire_access_tokens(oauth.id)

    with sync_clients(uuid)[kind] as client:
        with pytest.raises(errors.Unauthorized):
            client.post(DRIVE, content=parts())
        response = client.post(DRIVE, content=parts())

    assert response.json()["name"] == "Plan"
    assert len(outside.oauth.refresh_requests(oauth.id)) == 1


def test_a_busy_provider_is_not_sent_half_a_body(echo: Echo, uuid: UUID) -> None:
    with integrations.client(uuid) as client:
        response = client.request("GET", busy(retry_after=0), content=parts())

    assert (response.status_code, len(echo.seen)) == (429, 1)


def test_connections_are_kept_between_requests(echo: Echo, outside: World, uuid: UUID) -> None:
    before = len(outside.recorder.connects(host="api.echo.example"))

    with integrations.client(uuid) as client:
        for _ in range(3):
            client.get(f"{URL}/things")

    assert len(outside.recorder.connects(host="api.echo.example")) == before + 1


def test_single_requests_keep_their_connection_for_the_next(
    echo: Echo, outside: World, uuid: UUID
) -> None:
    integrations.authenticated_request(uuid, "GET", f"{URL}/things")
    before = len(outside.recorder.connects(host="api.echo.example"))

    integrations.authenticated_request(uuid, "GET", f"{URL}/things")

    assert len(outside.recorder.connects(host="api.echo.example")) == before
