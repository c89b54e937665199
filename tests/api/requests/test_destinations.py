"""Where a credential goes, by itself and when it is led elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from integrations_app import errors, integrations
from tests.api.requests.callers import EVERY, OURS, Send
from tests.api.requests.conftest import SECRET, Add
from tests.api.requests.site import API, FILES, STRANGER, URL, Echo, redirect
from tests.world import World

ELSEWHERE = [
    "https://evil.example/",
    "https://echo.example/",
    "https://api.echo.example.evil.example/",
    "https://evil.example#api.echo.example",
    "http://api.echo.example/things",
    "https://api.echo.example@evil.example/",
    "https://xn--bcher-kva.example/",
]
KEEPING = [307, 308]
ALL_STATUSES = [301, 302, 303, *KEEPING]
FOLLOWING = {"follow_redirects": True}


def requests_to(world: World, host: str) -> int:
    return len(world.requests(host=host, key=SECRET))


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_is_sent_to_what_the_provider_does_not_declare(
    send_anyhow: Send, outside: World, uuid: UUID, url: str
) -> None:
    before = len(outside.requests()), len(outside.recorder.connects())

    with pytest.raises(errors.DestinationNotAllowed):
        send_anyhow(uuid, "GET", url)

    assert (len(outside.requests()), len(outside.recorder.connects())) == before


@pytest.mark.parametrize(
    "misleading",
    [
        pytest.param({"headers": {"Host": "evil.example"}}, id="host header"),
        pytest.param({"extensions": {"sni_hostname": "evil.example"}}, id="certificate"),
        pytest.param({"extensions": {"target": b"https://evil.example/"}}, id="target"),
    ],
)
def test_a_request_that_names_another_host_beside_its_address_is_refused(
    send_anyhow: Send, echo: Echo, uuid: UUID, misleading: dict[str, Any]
) -> None:
    with pytest.raises(errors.DestinationNotAllowed):
        send_anyhow(uuid, "GET", f"{URL}/things", **misleading)

    assert echo.seen == []


@pytest.mark.parametrize("first", [("https", FILES, None), None, "x"])
def test_a_made_up_first_host_lets_no_redirect_pass(
    send: Send, echo: Echo, uuid: UUID, first: object
) -> None:
    made_up = {"integrations_app.first_origin": first}

    with pytest.raises(errors.DestinationNotAllowed):
        send(uuid, "GET", redirect(f"https://{FILES}/"), extensions=made_up, **FOLLOWING)

    assert FILES not in [request.host for request in echo.seen]


@pytest.mark.parametrize("host", [API, FILES, "API.ECHO.EXAMPLE", f"{API}:443"])
def test_every_declared_host_gets_the_credential(
    send_anyhow: Send, echo: Echo, uuid: UUID, host: str
) -> None:
    send_anyhow(uuid, "GET", f"https://{host}/things")

    assert echo.last.carries(SECRET)


@pytest.mark.parametrize("status", ALL_STATUSES)
def test_a_redirect_within_the_host_keeps_the_credential(
    send_anyhow: Send, echo: Echo, uuid: UUID, status: int
) -> None:
    url = redirect("/things", status=status)

    response = send_anyhow(uuid, "GET", url, **FOLLOWING)

    assert response.json()["path"] == "/things"
    assert all(request.carries(SECRET) for request in echo.seen)
    assert len(echo.seen) == 2


@pytest.mark.parametrize("status", KEEPING)
def test_a_redirect_that_keeps_the_method_keeps_the_body(
    send_anyhow: Send, echo: Echo, uuid: UUID, status: int
) -> None:
    send_anyhow(uuid, "POST", redirect("/things", status=status), json={"a": 1}, **FOLLOWING)

    assert (echo.last.method, echo.last.body) == ("POST", b'{"a":1}')
    assert echo.last.carries(SECRET)


@pytest.mark.parametrize("status", ALL_STATUSES)
@pytest.mark.parametrize(
    "to",
    [
        f"https://{FILES}/things",
        "https://evil.example/",
        f"https://{API}:8443/things",
        f"http://{API}/things",
        "//evil.example/",
    ],
)
def test_a_redirect_elsewhere_is_refused(
    send: Send, outside: World, echo: Echo, uuid: UUID, to: str, status: int
) -> None:
    before = len(outside.requests())

    with pytest.raises(errors.DestinationNotAllowed, match="a redirect led there"):
        send(uuid, "GET", redirect(to, status=status), **FOLLOWING)

    assert len(outside.requests()) == before + 1


@pytest.mark.parametrize(
    "to", [f"https://{FILES}/things", f"https://{STRANGER}/", f"http://{API}/things"]
)
def test_auth_leaves_the_credential_behind_when_its_client_is_redirected(
    send_by_auth: Send,
    outside: World,
    echo: Echo,
    uuid: UUID,
    monkeypatch: pytest.MonkeyPatch,
    to: str,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", outside.proxy_url)
    before = len(outside.requests())

    response = send_by_auth(uuid, "GET", redirect(to, status=307), **FOLLOWING)

    first, second = outside.requests()[before:]
    assert response.status_code == 200
    assert (first.carries(SECRET), second.carries(SECRET)) == (True, False)


def test_a_redirect_to_another_host_is_refused_after_one_within_the_host(
    send: Send, echo: Echo, uuid: UUID
) -> None:
    hops = redirect(quote(f"/redirect?to=https://{FILES}/things"))

    with pytest.raises(errors.DestinationNotAllowed):
        send(uuid, "GET", hops, **FOLLOWING)

    assert [request.host for request in echo.seen] == [API, API]


def test_where_a_redirect_led_can_be_requested_directly(send: Send, echo: Echo, uuid: UUID) -> None:
    response = send(uuid, "GET", redirect(f"https://{FILES}/things"))

    send(uuid, "GET", response.headers["location"])

    assert (echo.last.host, echo.last.carries(SECRET)) == (FILES, True)


def test_the_refusal_of_a_prepared_redirect_holds_as_well(echo: Echo, uuid: UUID) -> None:
    with integrations.client(uuid) as client:
        response = client.get(redirect(f"https://{FILES}/things"))
        assert response.next_request is not None

        with pytest.raises(errors.DestinationNotAllowed):
            client.send(response.next_request)


@pytest.mark.parametrize("name", EVERY)
def test_the_address_that_the_admin_typed_is_where_the_key_may_go(
    add: Add, echo: Echo, name: str
) -> None:
    fields = [
        {"key": "base_url", "label": "Address", "kind": "url", "destination": True},
        {"key": "api_key", "label": "API key", "required": True, "secret": True},
    ]
    uuid = add(fields=fields, allowed_hosts=["{base_url}"])
    values = {"base_url": URL, "api_key": SECRET}
    integrations.save_setup(uuid, values)

    EVERY[name](uuid, "GET", f"{URL}/things")
    with pytest.raises(errors.DestinationNotAllowed):
        EVERY[name](uuid, "GET", f"https://{FILES}/things")

    assert [request.host for request in echo.seen] == [API]


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize(
    "placement", [{"path": "/bot{api_key}"}, {"query": {"key": "{api_key}"}}], ids=str
)
def test_a_redirect_that_repeats_the_credential_carries_it_once(
    add: Add, echo: Echo, name: str, placement: dict[str, object]
) -> None:
    uuid = add(placement=placement, api_key="A:key:of:mine")
    to = quote("/botA:key:of:mine/things" if "path" in placement else "/things?key=A:key:of:mine")

    response = OURS[name](uuid, "GET", redirect(to), **FOLLOWING)

    assert (f"{echo.last.path}?{echo.last.query}").count("of%3Amine") == 1
    assert response.url == f"{URL}/things"
