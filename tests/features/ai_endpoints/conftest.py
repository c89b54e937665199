"""Endpoints to test with, and who changes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from integrations_app import integrations
from integrations_app.domain.connection import Connection
from integrations_app.features.ai_endpoints import service
from integrations_app.features.ai_endpoints.endpoint import Draft, Endpoint
from tests.api.conftest import ANN, BOB, events
from tests.postgresql import DatabaseUnderTest
from tests.world import key

__all__ = ["ANN", "BOB", "events"]


def connection(provider: str = "mistral", name: str = "main") -> Connection:
    return integrations.add_connection(
        provider, name, values={"api_key": key(provider, serial=name)}
    )


def endpoint(name: str = "chat", integration: UUID | None = None) -> Endpoint:
    return service.add(Draft(name=name, model="small", integration=integration), actor=ANN)


def old(
    db: DatabaseUnderTest, name: str, provider: str | None = None, api_key: str | None = None
) -> UUID:
    """An endpoint as an older program leaves it."""
    [row] = db.rows(
        "INSERT INTO ai_endpoints (name, model, provider, api_key) VALUES (%s, 'small', %s, %s)"
        " RETURNING uuid",
        name,
        provider,
        api_key,
    )
    return row["uuid"]


def row(db: DatabaseUnderTest, uuid: UUID) -> dict[str, Any]:
    [found] = db.rows("SELECT * FROM ai_endpoints WHERE uuid = %s", uuid)
    return found
