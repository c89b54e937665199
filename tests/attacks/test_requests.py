"""Requests that are to lead a credential astray, or to leave it lying about."""

from __future__ import annotations

import contextlib
import logging
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from integrations_app import integrations
from tests.api.requests.callers import Send
from tests.api.requests.conftest import SECRET, Add
from tests.api.requests.site import API, FILES, URL, Echo, redirect
from tests.world import World


def test_the_callers_host_header_does_not_choose_who_gets_the_credential(
    send_anyhow: Send, outside: World, echo: Echo, uuid: UUID
) -> None:
    before = len(outside.requests())
    with contextlib.suppress(Exception):
        send_anyhow(uuid, "GET", f"{URL}/things", headers={"Host": "evil.example"})
    got = [each for each in outside.requests()[before:] if each.carries(SECRET)]
    assert [(each.host, each.header("host")) for each in got if each.header("host") != API] == []


def test_the_callers_sni_does_not_choose_whose_certificate_counts(
    send: Send, outside: World, echo: Echo, uuid: UUID
) -> None:
    before = len(outside.requests())
    with contextlib.suppress(Exception):
        send(uuid, "GET", f"{URL}/things", extensions={"sni_hostname": "evil.example"})
    got = [each for each in outside.requests()[before:] if each.carries(SECRET)]
    assert len(got) == 0


def test_auth_leaves_no_credential_behind_a_redirect(
    send_by_auth: Send, echo: Echo, uuid: UUID
) -> None:
    response = send_by_auth(uuid, "GET", redirect("/things"), follow_redirects=True)

    kept = [response, *response.history]
    assert [each for each in kept if "authorization" in each.request.headers] == []


def test_auth_prepares_no_redirect_that_carries_the_credential(
    send_by_auth: Send, echo: Echo, uuid: UUID
) -> None:
    response = send_by_auth(uuid, "GET", redirect("/things"))

    assert "authorization" not in response.next_request.headers


@pytest.mark.parametrize(
    "placement",
    [
        pytest.param({"query": {"key": "{api_key}"}}, id="query"),
        pytest.param({"path": "/bot{api_key}"}, id="path"),
    ],
)
def test_a_redirect_that_repeats_the_credential_is_not_logged(
    send: Send, echo: Echo, add: Add, caplog: pytest.LogCaptureFixture, placement: dict[str, Any]
) -> None:
    uuid = add(placement=placement, api_key="A:key:of:mine")
    to = "/botA:key:of:mine/things" if "path" in placement else "/things?key=A:key:of:mine"

    with caplog.at_level(logging.DEBUG):
        send(uuid, "GET", redirect(quote(to)), follow_redirects=True)

    shown = [each for each in caplog.messages if "key:of:mine" in each]
    assert shown == []


TRICKS = [
    f"https://{API}@evil.example/",
    f"https://{API}\\@evil.example/",
    f"https://{API}%2f@evil.example/",
    f"https://evil.example\\.{API}/",
    f"https://evil.example%23.{API}/",
    "https://[::ffff:127.0.0.1]/",
    f"https://{API}:443@evil.example:443/",
    f"https://{API}。evil.example/",
    "https://evil。example/",
    f"HTTP://{API}/",
    f"https:{API}/",
    f"https:///{API}/",
    f"https://{API}..evil.example/",
    f"https://evil.example?.{API}/",
    f"https://evil.example;.{API}/",
    f"https://evil.example\t.{API}/",
    f"https://evil.example \u200b.{API}/",
]


@pytest.mark.parametrize("url", TRICKS)
def test_no_spelling_of_an_address_leads_elsewhere(
    send_anyhow: Send, outside: World, echo: Echo, uuid: UUID, url: str
) -> None:
    before = len(outside.requests())
    with contextlib.suppress(Exception):
        send_anyhow(uuid, "GET", url)
    got = [each for each in outside.requests()[before:] if each.carries(SECRET)]
    assert {each.host for each in got} <= {API, FILES}
    assert {each.scheme for each in got} <= {"https"}


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "\\\\evil.example/"])
def test_a_base_address_is_no_shield_for_another(
    outside: World, echo: Echo, uuid: UUID, url: str
) -> None:
    before = len(outside.requests())
    with integrations.client(uuid, base_url=URL) as client, contextlib.suppress(Exception):
        client.get(url)
    got = [each for each in outside.requests()[before:] if each.carries(SECRET)]
    assert {each.host for each in got} <= {API}


@pytest.mark.parametrize("target", [b"https://evil.example/"])
def test_a_target_of_the_callers_stays_with_the_host(
    send: Send, outside: World, echo: Echo, uuid: UUID, target: bytes
) -> None:
    before = len(outside.requests())
    with contextlib.suppress(Exception):
        send(uuid, "GET", f"{URL}/things", extensions={"target": target})
    got = [each for each in outside.requests()[before:] if each.carries(SECRET)]
    assert {each.host for each in got} <= {API}


@pytest.mark.parametrize("first", [("https", FILES, None), ["https", FILES, None], None, "x"])
def test_a_made_up_first_origin_lets_no_redirect_pass(
    send: Send, outside: World, echo: Echo, uuid: UUID, first: Any
) -> None:
    before = len(outside.requests())
    with contextlib.suppress(Exception):
        send(
            uuid,
            "GET",
            redirect(f"https://{FILES}/things"),
            extensions={"integrations_app.first_origin": first},
            follow_redirects=True,
        )
    got = [each for each in outside.requests()[before:] if each.carries(SECRET)]
    assert {each.host for each in got} <= {API}
