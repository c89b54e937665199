"""AI endpoints as one of the app's modules: where connections are used, and what replaces them."""

from __future__ import annotations

from uuid import uuid4

from integrations_app import integrations, routes
from integrations_app.domain.usage import Usage
from integrations_app.modules import registry
from tests.api.facts import audit
from tests.features.ai_endpoints.conftest import connection, endpoint, row
from tests.postgresql import DatabaseUnderTest


def test_it_is_found_without_being_registered(db: DatabaseUnderTest) -> None:
    assert "ai_endpoints" in {module.key for module in registry.all()}


def test_a_connection_is_used_where_an_endpoint_refers_to_it(db: DatabaseUnderTest) -> None:
    used, other = connection("mistral", "used").uuid, connection("mistral", "other").uuid
    chat, search = endpoint("search", used), endpoint("Chat", used)
    endpoint("elsewhere", other)

    assert integrations.usages(used) == [
        Usage(label="AI endpoint Chat", url=routes.ai_endpoint(search.uuid)),
        Usage(label="AI endpoint search", url=routes.ai_endpoint(chat.uuid)),
    ]


def test_its_use_does_not_keep_a_connection_from_being_removed(db: DatabaseUnderTest) -> None:
    used = connection().uuid
    endpoint("chat", used)

    assert integrations.remove_connection(used)


def test_the_look_for_uses_goes_by_an_index(db: DatabaseUnderTest) -> None:
    db.execute(
        "INSERT INTO ai_endpoints (name, integration_uuid)"
        " SELECT 'e' || at, gen_random_uuid() FROM generate_series(1, 5000) AS at"
    )
    db.execute("ANALYZE ai_endpoints")

    plan = db.rows(
        "EXPLAIN SELECT uuid, name FROM ai_endpoints WHERE integration_uuid = %s"
        " ORDER BY lower(name)",
        uuid4(),
    )

    assert "ix_ai_endpoints_integration_uuid" in str(plan)


def test_a_replacement_moves_its_endpoints(db: DatabaseUnderTest) -> None:
    old, new = connection("mistral", "old").uuid, connection("deepseek", "new").uuid
    chat, other = endpoint("chat", old), endpoint("other", None)

    assert integrations.replace_connection(old, new, actor="ann") == 1

    moved = row(db, chat.uuid)
    assert (moved["integration_uuid"], moved["version"]) == (new, 2)
    assert row(db, other.uuid)["integration_uuid"] is None
    entry = next(each for each in audit(db) if each["action"] == "endpoint_changed")
    assert (entry["actor_label"], entry["name"], entry["fields"]) == (
        "ann",
        "chat",
        ["integration"],
    )
