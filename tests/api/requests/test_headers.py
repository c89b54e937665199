"""A connection's credential as headers, for whatever takes nothing else."""

from __future__ import annotations

from urllib.request import Request, urlopen
from uuid import UUID

import pytest

from integrations_app import errors, integrations
from tests.api.requests.conftest import SECRET, Add
from tests.api.requests.site import URL, Echo
from tests.world import OAuthClient, World


def test_they_are_what_a_request_needs(
    outside: World, echo: Echo, uuid: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{URL}/things"

    with urlopen(Request(url, headers=integrations.headers(uuid, url=url))) as response:
        assert response.status == 200

    assert echo.last.header("authorization") == f"Bearer {SECRET}"


def test_headers_of_the_providers_own_are_among_them(add: Add) -> None:
    uuid = add(placement={"headers": {"X-Api-Key": "{api_key}", "X-Version": "2"}})

    assert integrations.headers(uuid) == {"X-Api-Key": SECRET, "X-Version": "2"}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://api.echo.example/",
        "https://evil.example\\@api.echo.example/",
        "https://api.echo.example@evil.example/",
        "https://[api.echo.example/",
        "api.echo.example",
        "",
    ],
)
def test_a_foreign_address_gets_none(uuid: UUID, url: str) -> None:
    with pytest.raises(errors.DestinationNotAllowed):
        integrations.headers(uuid, url=url)


@pytest.mark.parametrize("placement", [{"path": "/bot{api_key}"}, {"query": {"key": "{api_key}"}}])
def test_what_travels_in_the_address_is_in_no_header(add: Add, placement: dict[str, str]) -> None:
    uuid = add(placement=placement, api_key="abc")

    with pytest.raises(errors.PlacementNotSupported, match="a part of the address"):
        integrations.headers(uuid)


def test_a_token_is_renewed_ahead_of_its_end(
    outside: World, google: tuple[UUID, OAuthClient], db
) -> None:
    uuid, client = google
    before = integrations.headers(uuid)
    db.execute("UPDATE integration_connections SET token_refresh_at = now() - interval '1 second'")
    integrations.rename_connection(uuid, "looked-at-anew")

    assert integrations.headers(uuid) != before
    assert len(outside.oauth.refresh_requests(client.id)) == 1


def test_they_show_names_only(uuid: UUID) -> None:
    found = integrations.headers(uuid)

    assert repr(found) == str(found) == "Headers(Authorization)"


def test_a_connection_is_named_by_its_uuid(uuid: UUID) -> None:
    with pytest.raises(errors.InvalidUuid):
        integrations.headers("echo:main")
