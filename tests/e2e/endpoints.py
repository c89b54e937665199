"""Where things are on the pages of AI endpoints."""

from __future__ import annotations

from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.features.ai_endpoints import lookup, service
from integrations_app.features.ai_endpoints.endpoint import Draft, Endpoint
from tests.postgresql import DatabaseUnderTest

SOMEBODY = Actor.of("somebody else")


def made(name: str, integration: UUID | None = None, model: str = "small") -> Endpoint:
    return service.add(Draft(name=name, model=model, integration=integration), actor=SOMEBODY)


def changed(endpoint: Endpoint, **parts: object) -> Endpoint:
    """The endpoint as somebody else saves it."""
    draft = {"name": endpoint.draft.name, "model": endpoint.draft.model}
    integration = endpoint.draft.integration
    new = Draft(**{**draft, "integration": integration, **parts})  # pyright: ignore
    return service.update(endpoint.uuid, new, actor=SOMEBODY)


def with_old_key(db: DatabaseUnderTest, name: str, key: str, provider: str = "openai") -> UUID:
    """An endpoint as an older program left it."""
    [row] = db.rows(
        "INSERT INTO ai_endpoints (name, model, provider, api_key) VALUES (%s, 'small', %s, %s)"
        " RETURNING uuid",
        name,
        provider,
        key,
    )
    return row["uuid"]


def stored() -> list[Draft]:
    """All endpoints, by name."""
    return [lookup.by_uuid(line.uuid).draft for line in lookup.page().rows]


def open_endpoints(page: Page) -> None:
    page.goto(routes.AI_ENDPOINTS)
    expect(page.get_by_role("heading", name="AI endpoints", level=1)).to_be_visible()
    expect(page.get_by_label("Loading")).to_have_count(0)


def open_endpoint(page: Page, uuid: UUID) -> None:
    page.goto(routes.ai_endpoint(uuid))
    expect(name_of_endpoint(page)).to_be_visible()


def name_of_endpoint(page: Page) -> Locator:
    return page.get_by_label("Name", exact=True)


def model_of_endpoint(page: Page) -> Locator:
    return page.get_by_label("Model", exact=True)


def prompt(page: Page) -> Locator:
    return page.get_by_label("Test prompt", exact=True)


def answer(page: Page) -> Locator:
    return page.get_by_label("Answer", exact=True)


def choice(page: Page, name: str) -> Locator:
    """A connection in the picker."""
    return page.get_by_role("option").filter(has_text=name)


def old_key(page: Page) -> Locator:
    return page.get_by_label("Old key", exact=True)
