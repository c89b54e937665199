"""An old key is given up for good only when an admin says so."""

from __future__ import annotations

from uuid import uuid4

import pytest

from integrations_app.features.ai_endpoints import lookup, old_keys
from integrations_app.features.ai_endpoints.errors import EndpointMissing
from tests.api.facts import actions, audit
from tests.features.ai_endpoints.conftest import ANN, BOB, endpoint, old, row
from tests.postgresql import DatabaseUnderTest

KEY = "sk-old-secret"


def test_a_key_that_is_given_up_is_gone(db: DatabaseUnderTest) -> None:
    made, other = old(db, "chat", "openai", KEY), old(db, "other", "openai", KEY)

    assert old_keys.forget(made, actor=BOB)
    assert not old_keys.forget(made, actor=ANN)

    assert (row(db, made)["api_key"], row(db, made)["version"]) == (None, 2)
    assert row(db, other)["api_key"] == KEY
    [entry] = audit(db)
    assert (entry["action"], entry["actor_label"], entry["name"]) == (
        "endpoint_key_deleted",
        "bob@example.com",
        "chat",
    )
    assert KEY not in str(entry)


def test_where_there_is_none_nothing_is_told(db: DatabaseUnderTest) -> None:
    made = endpoint("chat")

    assert not old_keys.forget(made.uuid, actor=ANN)
    with pytest.raises(EndpointMissing):
        old_keys.forget(uuid4(), actor=ANN)

    assert lookup.by_uuid(made.uuid) == made
    assert actions(db) == ["endpoint_added"]
