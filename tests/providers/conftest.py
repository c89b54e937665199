"""Declarations to test with."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from integrations_app.domain.provider import Provider
from integrations_app.providers import declaration

Declare = Callable[..., Provider]

ACME: Mapping[str, Any] = {
    "key": "acme",
    "title": "Acme",
    "description": "Rockets.",
    "auth_type": "api_key",
    "fields": [
        {"key": "api_key", "label": "API key", "required": True, "secret": True},
        {"key": "region", "label": "Region", "default": "eu"},
        {"key": "project", "label": "Project"},
    ],
    "placement": {"headers": {"Authorization": "Bearer {api_key}"}},
    "allowed_hosts": ["api.acme.example"],
    "check": {"url": "https://api.acme.example/v1/me"},
}


@pytest.fixture(scope="session")
def acme() -> Mapping[str, Any]:
    """A declaration without faults, as a TOML file would give it."""
    return ACME


@pytest.fixture(scope="session")
def declare() -> Declare:
    """Declares Acme with these parts replaced."""
    return lambda **parts: declaration.parse({**ACME, **parts}, source="acme.toml")


@pytest.fixture(scope="session")
def self_hosted(declare: Declare) -> Provider:
    """A provider whose base address the admin types."""
    return declare(
        fields=[
            {"key": "base_url", "label": "Address", "kind": "url", "destination": True},
            {"key": "api_key", "label": "API key", "secret": True},
        ],
        allowed_hosts=["{base_url}"],
        check={"url": "{base_url}/api/me"},
    )


@pytest.fixture(scope="session")
def by_subdomain(declare: Declare) -> Provider:
    """A provider that gives each customer a subdomain."""
    return declare(
        fields=[
            {"key": "shop", "label": "Shop", "destination": True},
            {"key": "api_key", "label": "API key", "secret": True},
        ],
        allowed_hosts=["{shop}.acme.example"],
        check={"url": "https://{shop}.acme.example/me"},
    )
