"""Where a check of an address that somebody typed can lead, and where it cannot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations_app import integrations
from integrations_app.domain.check import CheckReason, CheckResult
from tests.api.conftest import Register
from tests.api.private import LOOPBACK, PRIVATE, Listener, listening
from tests.api.providers import SELF_HOSTED, Contributing
from tests.world import World


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody on this machine."""
    with listening() as found:
        yield found


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
