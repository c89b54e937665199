"""Which way requests leave: checked addresses, proxies, certificates, the caller's transport."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import anyio
import httpx2
import pytest

from integrations_app import errors, integrations
from integrations_app.security import network
from tests.api.private import LOOPBACK, PRIVATE, Listener, listening
from tests.api.requests.callers import OURS, Send
from tests.api.requests.conftest import SECRET, Add
from tests.api.requests.site import API, URL, Echo
from tests.world import World

FIELDS = [
    {"key": "base_url", "label": "Address", "kind": "url", "destination": True},
    {"key": "api_key", "label": "API key", "required": True, "secret": True},
]

At = Callable[[str], UUID]


@pytest.fixture
def at(add: Add) -> At:
    """A connection to a service at an address that the admin typed."""

    def at(base_url: str) -> UUID:
        uuid = add(fields=FIELDS, allowed_hosts=["{base_url}"])
        integrations.save_setup(uuid, {"base_url": base_url, "api_key": SECRET})
        return uuid

    return at


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody on this machine."""
    with listening() as found:
        yield found


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
@pytest.mark.usefixtures("without_proxy")
def test_this_machine_is_not_reached(listener: Listener, at: At, host: str, name: str) -> None:
    url = f"https://{host}:{listener.port}"
    uuid = at(url)

    with pytest.raises(errors.DestinationNotAllowed, match="INTEGRATIONS_ALLOW_PRIVATE_NETWORK"):
        OURS[name](uuid, "GET", url)

    assert listener.visits == []


@pytest.mark.parametrize("allowed", ["127.0.0.0/8", "localhost"])
@pytest.mark.usefixtures("without_proxy")
def test_what_the_operator_allows_is_reached(
    send: Send, listener: Listener, at: At, monkeypatch: pytest.MonkeyPatch, allowed: str
) -> None:
    monkeypatch.setenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", f"{allowed},::1")
    url = f"https://localhost:{listener.port}"
    uuid = at(url)

    with pytest.raises(httpx2.TransportError):
        send(uuid, "GET", url)

    assert listener.visited.wait(5)


@pytest.mark.usefixtures("without_proxy")
def test_a_name_that_nobody_has_is_a_failed_connection(send: Send, at: At) -> None:
    uuid = at("https://nobody.invalid")

    with pytest.raises(httpx2.ConnectError):
        send(uuid, "GET", "https://nobody.invalid/")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "[fd00:ec2::254]"])
def test_a_proxy_is_not_asked_for_plainly_private_addresses(
    send: Send, outside: World, at: At, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("NO_PROXY", "other.example")
    uuid = at(f"https://{host}")
    before = len(outside.recorder.connects())

    with pytest.raises(errors.DestinationNotAllowed):
        send(uuid, "GET", f"https://{host}/")

    assert len(outside.recorder.connects()) == before


@pytest.mark.parametrize("host", [*LOOPBACK, *PRIVATE])
@pytest.mark.usefixtures("without_proxy")
def test_async_connections_are_checked_by_the_same_rule(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    from integrations_app.security.addresses import PrivateAddress

    monkeypatch.delenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", raising=False)

    with pytest.raises(PrivateAddress):
        anyio.run(network.AsyncCheckedBackend().connect_tcp, host.strip("[]"), listener.port)

    assert listener.visits == []


def test_a_host_that_needs_no_proxy_is_connected_to_directly(
    send: Send, outside: World, at: At, listener: Listener
) -> None:
    url = f"https://127.0.0.1:{listener.port}"
    uuid = at(url)

    with pytest.raises(errors.DestinationNotAllowed):
        send(uuid, "GET", url)

    assert outside.recorder.connects(host="127.0.0.1") == []


@pytest.mark.usefixtures("without_proxy")
def test_a_client_goes_by_the_callers_proxy(world: World, outside: World, uuid: UUID) -> None:
    with (
        outside.hosting(Echo().site),
        integrations.client(uuid, proxy=world.proxy_url) as client,
    ):
        assert client.get(f"{URL}/things").status_code == 200


def test_a_client_that_does_not_trust_the_environment_goes_by_no_proxy(
    outside: World, at: At, listener: Listener
) -> None:
    url = f"https://127.0.0.1:{listener.port}"
    before = len(outside.recorder.connects())

    with (
        integrations.client(at(url), trust_env=False) as client,
        pytest.raises(errors.DestinationNotAllowed),
    ):
        client.get(url)

    assert len(outside.recorder.connects()) == before


def test_a_server_that_nobody_vouches_for_gets_nothing(
    send: Send, echo: Echo, uuid: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        send(uuid, "GET", f"{URL}/things")

    assert echo.seen == []


class Recording(httpx2.MockTransport):
    """A transport of the caller's own."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.seen: list[Any] = []

    def _answer(self, request: Any) -> httpx2.Response:
        self.seen.append(request)
        return httpx2.Response(200)


def test_the_callers_transport_gets_requests_with_the_credential(uuid: UUID) -> None:
    transport = Recording()

    with integrations.client(uuid, transport=transport) as client:
        client.get(f"{URL}/things")

    assert [each.headers["authorization"] for each in transport.seen] == [f"Bearer {SECRET}"]


def test_the_callers_mounts_get_no_request_to_foreign_hosts(uuid: UUID) -> None:
    transport = Recording()
    mounts = {"https://evil.example": transport, f"https://{API}": transport, "all://": None}

    with integrations.client(uuid, mounts=mounts) as client:
        client.get(f"{URL}/things")
        with pytest.raises(errors.DestinationNotAllowed):
            client.get("https://evil.example/")

    assert [each.headers["authorization"] for each in transport.seen] == [f"Bearer {SECRET}"]


def test_a_proxy_beside_a_transport_is_refused(uuid: UUID) -> None:
    with pytest.raises(TypeError, match="proxy="):
        integrations.client(uuid, transport=Recording(), proxy="http://proxy.example:8080")


def test_an_async_client_takes_a_transport_and_mounts_as_well(uuid: UUID) -> None:
    transport = Recording()

    async def send() -> None:
        options = {"transport": transport, "mounts": {f"https://{API}": transport}}
        async with integrations.async_client(uuid, **options) as client:
            await client.get(f"{URL}/things")

    anyio.run(send)

    assert [each.headers["authorization"] for each in transport.seen] == [f"Bearer {SECRET}"]
