"""Credentials go to declared hosts, and to nothing that only looks like one."""

from collections.abc import Callable

import pytest

from integrations_app.domain.provider import Provider
from integrations_app.providers.hosts import allowed

Declare = Callable[..., Provider]


@pytest.fixture
def openrouter(declare: Declare) -> Provider:
    return declare(allowed_hosts=["openrouter.ai"], check=None)


@pytest.fixture
def google(declare: Declare) -> Provider:
    return declare(allowed_hosts=["*.googleapis.com"], check=None)


@pytest.mark.parametrize("host", ["openrouter.ai", "OpenRouter.AI", "OPENROUTER.AI."])
def test_case_and_a_trailing_dot_do_not_matter(host: str, openrouter: Provider) -> None:
    assert allowed(openrouter, {}, host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "evilopenrouter.ai",
        "openrouter.ai.evil.com",
        "openrouter.ai..",
        ".openrouter.ai",
        "api.openrouter.ai",
        "openrouter.ai@evil.com",
        "evil.com@openrouter.ai",
        "openrouter.ai:443",
        "openrouter.ai/",
        "openrouter.ai#.evil.com",
        "openrouter.ai\\.evil.com",
        "openrouter.ai\n",
        " openrouter.ai",
        "openrouter.ai\0.evil.com",
        "openrouter%2eai",
        "\u043e\u0440\u0435nrouter.ai",
        "openrouter.ai, evil.com",
        "*",
        "*.ai",
    ],
)
def test_what_only_looks_like_the_host_is_refused(host: str, openrouter: Provider) -> None:
    assert not allowed(openrouter, {}, host)


@pytest.mark.parametrize(
    "host", ["www.googleapis.com", "a.b.googleapis.com", "WWW.GoogleAPIs.com."]
)
def test_a_star_stands_for_any_subdomain(host: str, google: Provider) -> None:
    assert allowed(google, {}, host)


@pytest.mark.parametrize(
    "host",
    ["googleapis.com", ".googleapis.com", "evilgoogleapis.com", "x.googleapis.com.evil.com", "*"],
)
def test_a_star_stands_for_nothing_else(host: str, google: Provider) -> None:
    assert not allowed(google, {}, host)


@pytest.mark.parametrize("host", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"])
def test_a_host_of_other_letters_is_the_same_in_both_spellings(host: str, declare: Declare) -> None:
    provider = declare(allowed_hosts=["bücher.example"], check=None)

    assert allowed(provider, {}, host)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("https://Ollama.example:8443/base/", "ollama.example"),
        ("https://[2001:DB8::1]:1/", "2001:db8::1"),
        ("https://[2001:db8:0::1]", "[2001:db8::1]"),
        ("https://192.0.2.1", "192.0.2.1"),
        ("https://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_typed_address_allows_its_host(typed: str, host: str, self_hosted: Provider) -> None:
    assert allowed(self_hosted, {"base_url": typed}, host)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("https://ollama.example", "sub.ollama.example"),
        ("https://ollama.example", "evil.example"),
        ("https://evil.example@ollama.example", "ollama.example"),
        ("https://ollama.example@evil.example", "evil.example"),
        ("ollama.example", "ollama.example"),
        ("", ""),
        ("https://*.example", "a.example"),
    ],
)
def test_a_typed_address_allows_nothing_else(typed: str, host: str, self_hosted: Provider) -> None:
    assert not allowed(self_hosted, {"base_url": typed}, host)


def test_without_the_typed_address_nothing_is_allowed(self_hosted: Provider) -> None:
    assert not allowed(self_hosted, {}, "ollama.example")


def test_a_typed_subdomain_allows_only_itself(by_subdomain: Provider) -> None:
    assert allowed(by_subdomain, {"shop": "mine"}, "mine.acme.example")
    assert not allowed(by_subdomain, {"shop": "mine"}, "yours.acme.example")
    assert not allowed(by_subdomain, {"shop": "*"}, "yours.acme.example")
    assert not allowed(by_subdomain, {"shop": "evil.example/"}, "evil.example")


def test_a_provider_without_hosts_allows_none(declare: Declare) -> None:
    assert not allowed(declare(allowed_hosts=[], check=None), {}, "api.acme.example")
