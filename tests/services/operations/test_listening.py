"""Where the server listens, and what keeps it from that."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from integrations_app import settings
from integrations_app.errors import InvalidSetting, StartRefused
from integrations_app.services.operations import listening
from tests.conftest import FOREIGN_SETTINGS

NOT_OF_THIS_MACHINE = "192.0.2.1"
HAS_IPV6 = socket.has_dualstack_ipv6()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FOREIGN_SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens to."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def configured(monkeypatch: pytest.MonkeyPatch, **variables: str) -> settings.Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return settings.load()


@pytest.mark.skipif(not HAS_IPV6, reason="There is no IPv6.")
@pytest.mark.parametrize(
    ("variables", "addresses"),
    [
        ({}, ("127.0.0.1", "::1")),
        ({"INTEGRATIONS_PUBLIC_URL": "https://admin.example.com"}, ("::",)),
        ({"INTEGRATIONS_LISTEN": "0.0.0.0"}, ("0.0.0.0",)),
        ({"INTEGRATIONS_LISTEN": "[::]"}, ("::",)),
        ({"INTEGRATIONS_LISTEN": "0.0.0.0, ::"}, ("::",)),
        ({"INTEGRATIONS_LISTEN": "0.0.0.0, 127.0.0.1, ::1"}, ("0.0.0.0", "::1")),
        (
            {
                "INTEGRATIONS_LISTEN": "127.0.0.1, 127.0.0.1",
                "INTEGRATIONS_PUBLIC_URL": "https://admin.example.com",
            },
            ("127.0.0.1",),
        ),
    ],
)
def test_the_operator_says_where_else_what_the_public_address_asks_for(
    monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], addresses: tuple[str, ...]
) -> None:
    assert tuple(listening.addresses(configured(monkeypatch, **variables))) == addresses


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    with pytest.raises(StartRefused, match=f"Port {taken} is taken") as refused:
        listening.refuse_unusable(configured(monkeypatch, PORT=str(taken)))

    assert "PORT=" in str(refused.value)


def test_an_address_of_another_machine_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = configured(monkeypatch, INTEGRATIONS_LISTEN=NOT_OF_THIS_MACHINE, PORT="65000")

    with pytest.raises(InvalidSetting, match=f"^INTEGRATIONS_LISTEN: {NOT_OF_THIS_MACHINE}"):
        listening.refuse_unusable(asked)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_port_that_takes_more_rights_is_not_called_taken(number: int) -> None:
    refused = listening.in_words(OSError(number, os.strerror(number)), "0.0.0.0", 80)

    assert str(refused).startswith("PORT: ")
    assert "taken" not in str(refused)


def test_several_workers_share_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    several = configured(monkeypatch, INTEGRATIONS_LISTEN="127.0.0.1, 127.0.0.2")

    with pytest.raises(InvalidSetting, match=r"^INTEGRATIONS_LISTEN: "):
        listening.one_address(several)

    assert listening.one_address(configured(monkeypatch, INTEGRATIONS_LISTEN="::1")) == "::1"


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv"])
def test_in_a_container_a_line_says_that_nothing_outside_reaches_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mark: str
) -> None:
    (tmp_path / mark).parent.mkdir(exist_ok=True)
    (tmp_path / mark).touch()

    [warning] = listening.warnings(configured(monkeypatch), root=tmp_path, environment={})

    assert "loopback" in warning
    assert "INTEGRATIONS_LISTEN" in warning


def test_kubernetes_is_known_by_its_variables(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}

    assert listening.warnings(configured(monkeypatch), root=tmp_path, environment=variables)
    assert not listening.warnings(configured(monkeypatch), root=tmp_path, environment={})


def test_whoever_listens_to_everyone_is_told_where_pages_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [warning] = listening.warnings(configured(monkeypatch, INTEGRATIONS_LISTEN="0.0.0.0"))

    assert "http://localhost:3000" in warning
    assert "INTEGRATIONS_PUBLIC_URL" in warning


def test_with_a_public_address_there_is_nothing_to_warn_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    public = configured(monkeypatch, INTEGRATIONS_PUBLIC_URL="https://admin.example.com")

    assert not listening.warnings(public)
