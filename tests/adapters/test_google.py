"""Google's libraries use a connection's token, renewed by us, at its provider alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from google.auth.transport.requests import AuthorizedSession, Request

from integrations_app import errors, integrations
from tests.api.oauth.accounts import Connected
from tests.postgresql import DatabaseUnderTest
from tests.world import OAuthClient, World

Google = tuple[UUID, OAuthClient]

DRIVE = "https://www.googleapis.com/drive/v3/files"


@pytest.fixture
def session(google: Google, outside: World) -> AuthorizedSession:
    """A session of google-auth that acts for the connection."""
    return AuthorizedSession(integrations.adapters.google_credentials(google[0]))


def test_a_session_carries_the_token(session: AuthorizedSession) -> None:
    response = session.post(DRIVE, json={"name": "Plan"})

    assert response.json()["name"] == "Plan"


def test_a_refused_token_is_renewed_each_time(
    session: AuthorizedSession, google: Google, outside: World
) -> None:
    for _ in range(3):
        outside.oauth.expire_access_tokens(google[1].id)
        assert session.get(DRIVE).status_code == 200

    assert len(outside.oauth.refresh_requests(google[1].id)) == 3


def test_a_token_that_stays_refused_is_unauthorized(
    session: AuthorizedSession, google: Google, outside: World
) -> None:
    outside.oauth.api_trouble(google[1].id, status=401, times=9)

    for _ in range(2):
        with pytest.raises(errors.Unauthorized):
            session.get(DRIVE)

    assert len(outside.oauth.refresh_requests(google[1].id)) == 1


def test_a_token_that_is_due_is_renewed_ahead_of_its_end(
    session: AuthorizedSession, google: Google, outside: World, db: DatabaseUnderTest
) -> None:
    uuid, client = google
    session.get(DRIVE)
    Connected(uuid=uuid, client=client, world=outside, db=db).become_due()
    integrations.rename_connection(uuid, "looked-at-anew")

    assert session.get(DRIVE).status_code == 200
    assert len(outside.oauth.refresh_requests(client.id)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://www.googleapis.com/drive/v3/files",
        "https://evil.example\\@www.googleapis.com/",
        "https://www.googleapis.com@evil.example/",
        "https://user@www.googleapis.com/",
        "https://www.googleapis.com\t.evil.example/",
        "https://[www.googleapis.com/",
    ],
)
def test_no_other_host_gets_the_token(session: AuthorizedSession, outside: World, url: str) -> None:
    before = len(outside.requests())

    with pytest.raises(errors.DestinationNotAllowed):
        session.get(url)

    assert len(outside.requests()) == before


def test_a_redirect_to_another_host_leaves_the_token_behind(
    session: AuthorizedSession, google: Google, outside: World
) -> None:
    session.get("https://www.googleapis.com/redirect?to=https://evil.example/&status=307")

    token = integrations.get_credentials(google[0])["access_token"]
    assert [each.host for each in outside.requests(key=token)] == ["www.googleapis.com"] * 2
    assert outside.requests(host="evil.example")[-1].header("authorization") is None


def test_libraries_that_read_the_token_get_the_one_that_is_stored(
    google: Google, outside: World
) -> None:
    credentials = integrations.adapters.google_credentials(google[0])
    assert not credentials.valid

    credentials.refresh(Request())

    assert credentials.valid
    assert credentials.token == integrations.get_credentials(google[0])["access_token"]
    left = credentials.expiry.replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(minutes=58) < left < timedelta(hours=1)
    assert outside.oauth.refresh_requests(google[1].id) == []


def test_a_provider_without_tokens_is_refused_in_words(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("mistral", "main", values={"api_key": "abc"})

    with pytest.raises(errors.PlacementNotSupported, match="Mistral"):
        integrations.adapters.google_credentials(added.uuid).refresh(Request())
