"""Providers that tests declare, and modules that bring them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from integrations_app.domain.provider import Provider
from integrations_app.domain.usage import Usage
from integrations_app.modules import Module
from integrations_app.providers import declaration


def declared(key: str, **parts: Any) -> Provider:
    """A provider with an API key, with these parts replaced."""
    data = {
        "key": key,
        "title": key.title(),
        "description": "Made for a test.",
        "auth_type": "api_key",
        "fields": [{"key": "api_key", "label": "API key", "required": True, "secret": True}],
        "placement": {"headers": {"Authorization": "Bearer {api_key}"}},
        "allowed_hosts": [f"api.{key}.example"],
        "check": {"url": f"https://api.{key}.example/me"},
    }
    return declaration.parse({**data, **parts}, source="a test")


SELF_HOSTED = declared(
    "forge",
    fields=[
        {
            "key": "base_url",
            "label": "Address",
            "kind": "url",
            "required": True,
            "destination": True,
        },
        {"key": "api_key", "label": "API key", "required": True, "secret": True},
        {"key": "note", "label": "Note"},
    ],
    allowed_hosts=["{base_url}"],
    check={"url": "{base_url}/api/me"},
)
"""The admin types where it is."""

UNTESTABLE = declared("silent", check=None)
"""There is nothing to check with."""

MANY_FIELDS = declared(
    "acme",
    fields=[
        {"key": "api_key", "label": "API key", "required": True, "secret": True},
        {"key": "webhook_secret", "label": "Webhook secret", "secret": True},
        {"key": "region", "label": "Region", "required": True, "default": "eu"},
        {
            "key": "plan",
            "label": "Plan",
            "kind": "select",
            "options": [
                {"value": "free", "label": "Free"},
                {"value": "paid", "label": "Paid"},
            ],
        },
        {"key": "port", "label": "Port", "kind": "number"},
        {"key": "address", "label": "Address", "kind": "url"},
        {"key": "code", "label": "Code", "pattern": "[A-Z]{3}", "max_length": 3},
        {"key": "note", "label": "Note"},
    ],
    check={"url": "https://api.acme.example/{region}/me"},
)
"""A field of every kind; `note` is no part of any request."""


class Contributing(Module):
    """A module that brings providers and nothing else."""

    def __init__(self, *providers: Provider, key: str = "contributing") -> None:
        self.key = key
        self._providers = providers

    def providers(self) -> Iterable[Provider]:
        return self._providers


class Using(Module):
    """A module that uses every connection."""

    def __init__(self, *usages: Usage, key: str = "using") -> None:
        self.key = key
        self._usages = usages

    def usages(self, uuid: UUID) -> Sequence[Usage]:
        return self._usages


class Broken(Module):
    """A module that cannot say what it uses."""

    key = "broken"

    def usages(self, uuid: UUID) -> Sequence[Usage]:
        raise RuntimeError("the module's own table is gone")
