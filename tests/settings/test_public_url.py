"""The address under which browsers reach the app, as they write it themselves."""

from __future__ import annotations

import pytest

from integrations_app import settings
from integrations_app.settings.public_url import parse


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://admin.example.com", "https://admin.example.com"),
        ("https://admin.example.com/", "https://admin.example.com"),
        ("HTTPS://Admin.Example.COM", "https://admin.example.com"),
        ("https://admin.example.com:443", "https://admin.example.com"),
        ("http://admin.example.com:80", "http://admin.example.com"),
        ("http://admin.example.com:443", "http://admin.example.com:443"),
        ("https://admin.example.com:08443", "https://admin.example.com:8443"),
        ("https://admin.example.com:", "https://admin.example.com"),
        ("https://admin.example.com.", "https://admin.example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example", "https://xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://my_service:3000", "http://my_service:3000"),
        ("http://10.0.0.1:3000", "http://10.0.0.1:3000"),
        ("http://127.1:3000", "http://127.0.0.1:3000"),
        ("http://[0:0::0:1]:3000", "http://[::1]:3000"),
        ("http://[FD00::1]", "http://[fd00::1]"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(text: str, origin: str) -> None:
    found = parse(text)

    assert found is not None
    assert found.origin == origin


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.com/tools", "https://example.com/tools"),
        ("https://example.com/tools/", "https://example.com/tools"),
        ("https://example.com/our/tools/", "https://example.com/our/tools"),
        ("https://example.com/", "https://example.com"),
    ],
)
def test_a_path_below_which_pages_stand_is_kept_apart_from_the_origin(text: str, url: str) -> None:
    found = parse(text)

    assert found is not None
    assert found.url == url
    assert found.origin == "https://example.com"


@pytest.mark.parametrize("host", ["localhost", "integrations.localhost", "127.0.0.2", "[::1]"])
def test_a_name_of_whichever_machine_uses_it_is_local(host: str) -> None:
    found = parse(f"https://{host}")

    assert found is not None
    assert found.is_local


def test_the_address_of_a_server_is_the_only_one_that_is_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "https://Bücher.example:443/")

    assert settings.load().accepted_origins == ("https://xn--bcher-kva.example",)


def test_without_one_the_addresses_that_are_listened_to_are_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("INTEGRATIONS_PUBLIC_URL", raising=False)
    monkeypatch.setenv("PORT", "80")
    monkeypatch.setenv("INTEGRATIONS_LISTEN", "10.0.0.1, [FD00::1]")

    assert settings.load().origin == "http://localhost"
    assert set(settings.load().accepted_origins) == {
        "http://localhost",
        "http://127.0.0.1",
        "http://[::1]",
        "http://10.0.0.1",
        "http://[fd00::1]",
    }
