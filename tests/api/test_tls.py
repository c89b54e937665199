"""Servers that cannot prove who they are, or speak no TLS: not faults of the network."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import trustme

from integrations_app import integrations
from integrations_app.domain.check import CheckReason, CheckResult
from integrations_app.errors import InvalidSetting
from tests.api.conftest import Register
from tests.api.providers import SELF_HOSTED, Contributing
from tests.postgresql import DatabaseUnderTest
from tests.world import World, key

ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def other_authority(outside: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other certificates are trusted than those which servers show."""
    path = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.fixture
def plain_server() -> Iterator[int]:
    """The port of a server that answers in plain HTTP, whatever is said to it."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, _address = door.accept()
                    with caller:
                        caller.recv(65_536)
                        caller.sendall(ANSWER)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def failure(result: CheckResult) -> tuple[CheckReason | None, object]:
    return result.reason, dict(result.details)


@pytest.mark.usefixtures("other_authority")
def test_a_server_that_cannot_prove_who_it_is_gets_no_key(outside: World) -> None:
    presented = key("mistral", serial="for a server that nobody trusts")

    result = integrations.validate_credentials("mistral", {"api_key": presented})

    assert failure(result) == (CheckReason.UNREACHABLE, {"provider_code": "tls_certificate"})
    assert "SSL_CERT_FILE" in result.message
    assert "network" not in result.message
    assert outside.requests(key=presented) == []


@pytest.mark.usefixtures("without_proxy")
def test_a_server_that_speaks_no_tls_is_not_called_unreachable(
    register: Register, plain_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(Contributing(SELF_HOSTED))
    monkeypatch.setenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", "127.0.0.1")
    values = {"base_url": f"https://127.0.0.1:{plain_server}", "api_key": "abc"}

    result = integrations.validate_credentials("forge", values)

    assert failure(result) == (CheckReason.UNREACHABLE, {"provider_code": "tls_failed"})
    assert "encrypted" in result.message


@pytest.mark.usefixtures("other_authority", "db")
def test_clients_name_the_certificate_themselves() -> None:
    added = integrations.add_connection("mistral", "main", values={"api_key": key("mistral")})

    with (
        integrations.client(added.uuid) as client,
        pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get("https://api.mistral.ai/v1/models")


def test_a_program_with_wrong_certificates_or_proxies_is_told_which_variable_is_wrong(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = integrations.add_connection("mistral", "main", values={"api_key": key("mistral")})
    monkeypatch.setenv("SSL_CERT_FILE", "/missing.pem")
    with pytest.raises(InvalidSetting, match=r"^SSL_CERT_FILE: "):
        integrations.client(added.uuid).get("https://api.mistral.ai/v1/models")
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv("HTTPS_PROXY", "socks5://localhost:1")
    monkeypatch.setenv("https_proxy", "socks5://localhost:1")

    with pytest.raises(InvalidSetting, match=r"^(HTTPS_PROXY|https_proxy): "):
        integrations.client(added.uuid).get("https://api.mistral.ai/v1/models")
