"""No secret shows in what requests leave behind: logs, exceptions, representations."""

from __future__ import annotations

import logging
import pickle
import pprint
import traceback
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import httpx2
import pytest

from integrations_app import errors, integrations
from tests.api.requests.callers import Send
from tests.api.requests.conftest import SECRET, Add
from tests.api.requests.site import URL, Echo, redirect
from tests.world import World

WRITTEN = [SECRET, quote(SECRET, safe=""), SECRET[:9]]
PLACEMENTS = [
    pytest.param({"headers": {"Authorization": "Bearer {api_key}"}}, id="bearer"),
    pytest.param({"headers": {"X-Api-Key": "{api_key}"}}, id="header"),
    pytest.param({"query": {"key": "{api_key}"}}, id="query"),
    pytest.param({"path": "/bot{api_key}"}, id="path"),
]


def shows_secret(text: str) -> bool:
    return any(written in text for written in WRITTEN)


def all_of(error: BaseException) -> str:
    """The exception with all it came of, and what a crash reporter would find in its frames."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    library = [frame for frame in told.stack if "/tests/" not in frame.filename]
    frames = "\n".join(f"{frame.name}: {frame.locals}" for frame in library)
    return "\n".join([frames, "".join(traceback.format_exception(error)), repr(vars(error))])


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_nothing_that_is_logged_shows_it(
    send: Send, echo: Echo, add: Add, caplog: pytest.LogCaptureFixture, placement: dict[str, Any]
) -> None:
    uuid = add(placement=placement)

    with caplog.at_level(logging.DEBUG):
        send(uuid, "GET", redirect("/things"), follow_redirects=True)

    assert echo.last.carries(SECRET)
    assert f'GET {URL}/things "HTTP/1.1 200 OK"' in caplog.text
    assert not shows_secret(caplog.text)


@pytest.mark.parametrize("placement", PLACEMENTS[2:])
def test_a_redirect_that_repeats_it_is_not_logged(
    send: Send, echo: Echo, add: Add, caplog: pytest.LogCaptureFixture, placement: dict[str, Any]
) -> None:
    uuid = add(placement=placement, api_key="A:key:of:mine")
    to = "/botA:key:of:mine/things" if "path" in placement else "/things?key=A:key:of:mine"

    with caplog.at_level(logging.DEBUG):
        send(uuid, "GET", redirect(quote(to)), follow_redirects=True)

    assert "receive_response_headers.started" in caplog.text
    assert "key:of:mine" not in caplog.text


def test_auth_logs_nothing_that_shows_it(
    send_by_auth: Send, echo: Echo, uuid: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        send_by_auth(uuid, "GET", f"{URL}/things")

    assert echo.last.carries(SECRET)
    assert not shows_secret(caplog.text)


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_responses_keep_the_request_without_it(
    send: Send, echo: Echo, add: Add, placement: dict[str, Any]
) -> None:
    uuid = add(placement=placement)

    response = send(uuid, "GET", redirect("/things"), follow_redirects=True)

    kept = [response, *response.history]
    assert not shows_secret(str([(each.url, each.request.headers.raw) for each in kept]))
    assert not any(SECRET.encode() in pickle.dumps(each) for each in kept)


def test_auth_leaves_the_request_without_it(send_by_auth: Send, echo: Echo, uuid: UUID) -> None:
    headers = {"Authorization": "Bearer dummy"}

    plain = send_by_auth(uuid, "GET", f"{URL}/things")
    dummy = send_by_auth(uuid, "GET", f"{URL}/things", headers=headers)

    assert "authorization" not in plain.request.headers
    assert dummy.request.headers["authorization"] == "Bearer dummy"


@pytest.mark.parametrize("following", [True, False])
def test_auth_leaves_requests_of_redirects_without_it(
    send_by_auth: Send, echo: Echo, uuid: UUID, following: bool
) -> None:
    response = send_by_auth(uuid, "GET", redirect("/things"), follow_redirects=following)

    kept = [each.request for each in (response, *response.history)]
    kept += [] if following else [response.next_request]
    assert len(kept) == 2
    assert not any("authorization" in each.headers for each in kept)


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_failing_network_shows_nothing(
    send: Send,
    add: Add,
    outside: World,
    monkeypatch: pytest.MonkeyPatch,
    placement: dict[str, Any],
) -> None:
    uuid = add(placement=placement)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")

    with pytest.raises(Exception, match=r"refused|attempts failed") as caught:
        send(uuid, "GET", f"{URL}/things")

    assert not shows_secret(all_of(caught.value))


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_refusals_show_nothing(send: Send, echo: Echo, add: Add, placement: dict[str, Any]) -> None:
    uuid = add(placement=placement)

    for url in (f"{URL}/gate", "https://evil.example/"):
        with pytest.raises(errors.IntegrationError) as caught:
            send(uuid, "GET", url)
        assert not shows_secret("".join(traceback.format_exception(caught.value)))
        assert not shows_secret(repr(vars(caught.value)))


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_request_that_cannot_be_written_shows_nothing(
    send: Send, echo: Echo, add: Add, placement: dict[str, Any]
) -> None:
    uuid = add(placement=placement)

    with pytest.raises(httpx2.LocalProtocolError) as caught:
        send(uuid, "GET", f"{URL}/things", headers={"X-Bad": "a\nb"})

    assert not shows_secret(all_of(caught.value))


def test_auth_shows_nothing_of_a_request_that_cannot_be_written(
    send_by_auth: Send, echo: Echo, uuid: UUID
) -> None:
    with pytest.raises((httpx2.LocalProtocolError, httpx.LocalProtocolError)) as caught:
        send_by_auth(uuid, "GET", f"{URL}/things", headers={"X-Bad": "a\nb"})

    assert not shows_secret("".join(traceback.format_exception(caught.value)))


def test_representations_show_nothing(echo: Echo, uuid: UUID) -> None:
    client, auth = integrations.client(uuid), integrations.auth(uuid)
    with client:
        response = client.get(f"{URL}/things")

    shown = [client, vars(client), auth, vars(auth), response, vars(response)]
    assert not shows_secret(pprint.pformat(shown))


def test_hooks_of_the_caller_see_requests_without_it(echo: Echo, uuid: UUID) -> None:
    seen: list[Any] = []

    with integrations.client(uuid, event_hooks={"request": [seen.append]}) as client:
        client.get(f"{URL}/things")

    assert [each.url for each in seen] == [f"{URL}/things"]
    assert not shows_secret(str([each.headers.raw for each in seen]))
