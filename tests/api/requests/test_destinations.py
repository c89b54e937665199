"""Where a credential goes, by itself and when it is led elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

import anyio
import httpx
import httpx2
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

Hooked = Callable[[UUID, Any], object]


def hooked(make: Callable[..., Any]) -> Hooked:
    """Sends a request by a sync client with this hook."""

    def send(uuid: UUID, hook: Any) -> object:
        with make(uuid, event_hooks={"request": [hook]}) as http:
            return http.get(f"{URL}/things")

    return send


def hooked_async(make: Callable[..., Any]) -> Hooked:
    """The same by an async client."""

    def send(uuid: UUID, hook: Any) -> object:
        async def send_it() -> object:
            async with make(uuid, event_hooks={"request": [hook]}) as http:
                return await http.get(f"{URL}/things")

        return anyio.run(send_it)

    return send


def with_auth(make: Any) -> Callable[..., Any]:
    """A client of the caller's own."""
    return lambda uuid, **options: make(auth=integrations.auth(uuid), **options)


HOOKED: dict[str, Hooked] = {
    "client": hooked(integrations.client),
    "async_client": hooked_async(integrations.async_client),
    "auth in httpx": hooked(with_auth(httpx.Client)),
    "auth in httpx2": hooked(with_auth(httpx2.Client)),
    "auth in async httpx": hooked_async(with_auth(httpx.AsyncClient)),
    "auth in async httpx2": hooked_async(with_auth(httpx2.AsyncClient)),
}
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
    send_anyhow(uuid, "POST", redirect("/things", status=status), json=[1], **FOLLOWING)

    assert (echo.last.method, echo.last.body) == ("POST", b"[1]")
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


async def lead_elsewhere_async(request: Any) -> None:
    request.url = request.url.copy_with(host=STRANGER)
    request.headers["Host"] = STRANGER


def lead_elsewhere(request: Any) -> None:
    request.url = request.url.copy_with(host=STRANGER)
    request.headers["Host"] = STRANGER


@pytest.mark.parametrize("name", HOOKED)
def test_a_hook_that_leads_a_request_elsewhere_does_not_take_the_credential_along(
    echo: Echo, uuid: UUID, name: str
) -> None:
    hook = lead_elsewhere_async if "async" in name else lead_elsewhere

    with pytest.raises(errors.DestinationNotAllowed):
        HOOKED[name](uuid, hook)

    assert [request for request in echo.seen if request.carries(SECRET)] == []


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_hook_may_lead_a_request_elsewhere_that_it_frees_of_the_credential(
    echo: Echo, uuid: UUID, library: Any
) -> None:
    def lead_away(request: Any) -> None:
        lead_elsewhere(request)
        del request.headers["Authorization"]

    with library.Client(auth=integrations.auth(uuid), event_hooks={"request": [lead_away]}) as http:
        http.get(f"{URL}/things")

    assert (echo.last.host, echo.last.carries(SECRET)) == (STRANGER, False)


def test_plain_http_is_named_as_what_is_wrong_and_not_the_host(
    send_anyhow: Send, outside: World, uuid: UUID
) -> None:
    with pytest.raises(errors.DestinationNotAllowed, match=r"over 'http'; .*https://"):
        send_anyhow(uuid, "GET", f"http://{API}/things")


def test_a_foreign_host_is_named_whatever_the_scheme(
    send_anyhow: Send, outside: World, uuid: UUID
) -> None:
    with pytest.raises(errors.DestinationNotAllowed, match=r"to 'evil\.example'\.$"):
        send_anyhow(uuid, "GET", "http://evil.example/")
