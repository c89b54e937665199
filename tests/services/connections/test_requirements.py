"""What modules cannot work without, and whether it is there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from integrations_app import integrations
from integrations_app.modules import Module
from integrations_app.services.connections import requirements
from tests.api.conftest import ANN, Register
from tests.postgresql import DatabaseUnderTest


class Newsletter(Module):
    """Requires a service that is declared, and one that is not."""

    key = "newsletter"

    def required_integrations(self) -> Sequence[str]:
        return ("mistral", "carrier_pigeon", "mistral")


class Confused(Module):
    key = "confused"

    def required_integrations(self) -> Sequence[str]:
        raise RuntimeError("sk-123456")


def required(module: str) -> list[tuple[str, str, bool, bool]]:
    return [
        (each.provider, each.title, each.is_declared, each.is_connected)
        for each in requirements.by_module()[module]
    ]


def test_each_requirement_says_whether_it_is_declared_and_connected(
    db: DatabaseUnderTest, register: Register
) -> None:
    register(Newsletter())
    connection = integrations.add_connection(
        "mistral", "main", values={"api_key": "k" * 20}, actor=ANN
    )

    before = required("newsletter")
    db.execute(
        "UPDATE integration_connections SET status = 'connected' WHERE uuid = %s", connection.uuid
    )

    pigeon = ("carrier_pigeon", "carrier_pigeon", False, False)
    assert before == [("mistral", "Mistral", True, False), pigeon]
    assert required("newsletter") == [("mistral", "Mistral", True, True), pigeon]


def test_a_module_that_cannot_say_requires_nothing_and_is_logged_without_its_text(
    db: DatabaseUnderTest, register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    register(Newsletter())
    register(Confused())

    assert required("confused") == []
    assert len(required("newsletter")) == 2
    assert "confused" in caplog.text
    assert "sk-123456" not in caplog.text
