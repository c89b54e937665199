"""Where a check of an address that somebody typed can lead, and where it cannot."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from integrations_app import integrations
from integrations_app.domain.check import CheckReason, CheckResult
from tests.api.conftest import Register
from tests.api.providers import SELF_HOSTED, Contributing
from tests.world import World

LOOPBACK = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "localhost",
    "LOCALHOST",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
]
PRIVATE = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "224.0.0.1",
    "[ff02::1]",
    "255.255.255.255",
    "240.0.0.1",
]


@dataclass
class Listener:
    """Somebody on this machine whom no check may reach unasked."""

    port: int
    visits: list[object] = field(default_factory=list)
    visited: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Hangs up on everyone who calls, and remembers them."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        found = Listener(port=door.getsockname()[1])

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, address = door.accept()
                    caller.close()
                    found.visits.append(address)
                    found.visited.set()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        yield found
        door.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.fixture
def forge(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider whose address the admin types; the operator allows nothing private."""
    monkeypatch.delenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", raising=False)
    register(Contributing(SELF_HOSTED))


def check(host: str, port: int, *, api_key: str = "abc") -> CheckResult:
    values = {"base_url": f"https://{host}:{port}", "api_key": api_key}
    return integrations.validate_credentials("forge", values)


def is_refused(result: CheckResult) -> bool:
    return (result.reason, dict(result.details)) == (
        CheckReason.UNREACHABLE,
        {"provider_code": "private_network"},
    )


@pytest.mark.parametrize("host", LOOPBACK)
@pytest.mark.usefixtures("forge", "without_proxy")
def test_a_check_does_not_reach_this_machine_by_any_name(listener: Listener, host: str) -> None:
    result = check(host, listener.port)

    assert is_refused(result)
    assert listener.visits == []


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.usefixtures("forge", "without_proxy")
def test_a_check_does_not_reach_networks_that_are_not_public(host: str) -> None:
    assert is_refused(check(host, 443))


@pytest.mark.usefixtures("forge", "without_proxy")
def test_the_refusal_says_what_the_operator_can_do() -> None:
    assert "INTEGRATIONS_ALLOW_PRIVATE_NETWORK" in check("127.0.0.1", 443).message


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("127.0.0.0/8", "127.0.0.1"),
        ("10.0.0.0/8, 127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "localhost"),
        ("localhost", "localhost"),
        ("::1,127.0.0.1", "localhost"),
    ],
)
@pytest.mark.usefixtures("forge", "without_proxy")
def test_a_check_reaches_what_the_operator_allows(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, allowed: str, host: str
) -> None:
    monkeypatch.setenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", allowed)

    result = check(host, listener.port)

    assert result.reason is CheckReason.UNREACHABLE
    assert not is_refused(result)
    assert listener.visited.wait(5)


@pytest.mark.usefixtures("forge", "without_proxy")
def test_another_network_being_allowed_is_not_enough(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", "10.0.0.0/8,intranet.example")

    assert is_refused(check("127.0.0.1", listener.port))
    assert listener.visits == []


@pytest.mark.parametrize("host", [*LOOPBACK, *PRIVATE, "localhost.", "any.localhost"])
@pytest.mark.usefixtures("forge")
def test_a_proxy_is_not_asked_for_plainly_private_addresses(
    outside: World, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    before = len(outside.recorder.connects())

    result = check(host, 443)

    assert is_refused(result)
    assert len(outside.recorder.connects()) == before


@pytest.mark.usefixtures("forge")
def test_behind_a_proxy_names_are_the_proxys_duty(outside: World) -> None:
    check("forge.example", 443, api_key="by-name")

    assert [request.host for request in outside.requests(key="by-name")] == ["forge.example"]


@pytest.mark.usefixtures("forge")
def test_a_host_that_needs_no_proxy_is_checked_like_any_other(
    outside: World, listener: Listener
) -> None:
    assert is_refused(check("127.0.0.1", listener.port))
    assert listener.visits == []
