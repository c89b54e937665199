"""Old keys and texts become connections and references, once, and nothing is lost on the way."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from integrations_app import errors, integrations
from integrations_app.features.ai_endpoints import legacy
from integrations_app.features.ai_endpoints.errors import KeysNotStored
from integrations_app.modules import registry
from tests import processes
from tests.api.facts import actions, audit
from tests.features.ai_endpoints.conftest import connection, endpoint, old, row
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once
from tests.world import key

KEY = key("mistral", serial="of old")
MIGRATE = "from integrations_app.features.ai_endpoints import legacy; legacy.migrate()"


@pytest.fixture(autouse=True)
def _log_has_no_key(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text


@pytest.mark.parametrize("provider", ["mistral", "mistral:team", "mistral:"])
def test_a_key_becomes_a_connection_named_after_the_endpoint(
    db: DatabaseUnderTest, provider: str
) -> None:
    made = old(db, "Team chat (EU)", provider, f" {KEY}\n")

    legacy.migrate()

    [stored] = integrations.list_connections()
    assert (stored.provider, stored.name, stored.status) == (
        "mistral",
        "Team-chat-EU",
        "configured",
    )
    assert integrations.get_credentials(stored.uuid)["api_key"] == KEY
    after = row(db, made)
    assert (after["integration_uuid"], after["api_key"], after["version"]) == (stored.uuid, None, 2)


def test_each_step_is_audited_without_the_key(db: DatabaseUnderTest) -> None:
    old(db, "chat", "mistral", KEY)

    legacy.migrate()

    assert actions(db) == ["connection_added", "setup_saved", "endpoint_key_stored"]
    assert {entry["actor_label"] for entry in audit(db)} == {"migration of old keys"}
    assert KEY not in str(audit(db))


def test_a_second_run_changes_nothing(db: DatabaseUnderTest) -> None:
    old(db, "chat", "mistral", KEY)
    old(db, "search", "mistral:chat")
    old(db, "lost", "openai:x", "sk-unknown")
    legacy.migrate()
    before = db.rows("SELECT * FROM ai_endpoints"), actions(db)

    legacy.migrate()

    assert (db.rows("SELECT * FROM ai_endpoints"), actions(db)) == before


def test_processes_that_run_at_once_store_each_key_once(db: DatabaseUnderTest) -> None:
    for number in range(12):
        old(db, f"chat {number}", "mistral", key("mistral", serial=number % 6))

    started = [processes.start(MIGRATE) for _ in range(3)]
    for process in started:
        processes.finished(process)

    assert len(integrations.list_connections()) == 6
    assert db.rows("SELECT FROM ai_endpoints WHERE api_key IS NOT NULL") == []
    assert db.rows("SELECT FROM ai_endpoints WHERE integration_uuid IS NULL") == []


def test_threads_that_run_at_once_store_each_key_once(db: DatabaseUnderTest) -> None:
    old(db, "chat", "mistral", KEY)

    at_once(*4 * [legacy.migrate])

    assert len(integrations.list_connections()) == 1


def test_whoever_is_killed_on_the_way_loses_nothing_and_doubles_nothing(
    db: DatabaseUnderTest,
) -> None:
    made = old(db, "chat", "mistral", KEY)
    with db.held(f"SELECT FROM ai_endpoints WHERE uuid = '{made}' FOR UPDATE"):
        started = processes.start(MIGRATE)
        db.wait_for_waiters()
        started.kill()
        started.wait()
    assert row(db, made)["api_key"] == KEY

    legacy.migrate()

    assert [each.name for each in integrations.list_connections()] == ["chat"]
    assert row(db, made)["api_key"] is None


def test_a_connection_that_has_the_very_key_is_used(db: DatabaseUnderTest) -> None:
    connection("mistral", "other")
    same = integrations.add_connection("mistral", "same", values={"api_key": KEY})
    integrations.add_connection("mistral", "same-too", values={"api_key": KEY})
    made = old(db, "chat", "mistral:other", KEY)

    legacy.migrate()

    assert row(db, made)["integration_uuid"] == same.uuid
    assert len(integrations.list_connections()) == 3


def test_the_same_key_at_another_provider_is_another_key(db: DatabaseUnderTest) -> None:
    integrations.add_connection("deepseek", "same", values={"api_key": KEY})
    old(db, "chat", "mistral", KEY)

    legacy.migrate()

    assert {each.provider for each in integrations.list_connections()} == {"deepseek", "mistral"}


def test_endpoints_with_the_same_key_share_a_connection(db: DatabaseUnderTest) -> None:
    first, second = old(db, "a", "mistral", KEY), old(db, "b", "mistral:x", KEY)

    legacy.migrate()

    [shared] = integrations.list_connections()
    assert row(db, first)["integration_uuid"] == row(db, second)["integration_uuid"] == shared.uuid


@pytest.mark.parametrize(
    ("endpoint_name", "taken", "expected"),
    [
        ("chat", ["chat", "chat-2"], "chat-3"),
        ("Ünïted & Co.", [], "United-Co"),
        ("聊天", [], "endpoint"),
        ("--", ["endpoint"], "endpoint-2"),
        ("n" * 100, [], "n" * 94),
    ],
)
def test_a_name_that_connections_cannot_have_is_made_fit(
    db: DatabaseUnderTest, endpoint_name: str, taken: list[str], expected: str
) -> None:
    for name in taken:
        connection("mistral", name)
    old(db, endpoint_name, "mistral", KEY)

    legacy.migrate()

    assert expected in {each.name for each in integrations.list_connections()}


def test_an_endpoint_that_has_a_connection_keeps_it_and_its_key_is_put_into_safety(
    db: DatabaseUnderTest,
) -> None:
    used = connection("mistral", "main")
    made = old(db, "chat", "mistral:main", KEY)
    db.execute("UPDATE ai_endpoints SET integration_uuid = %s", used.uuid)

    legacy.migrate()

    assert row(db, made)["integration_uuid"] == used.uuid
    assert row(db, made)["api_key"] is None
    stored = integrations.find_uuid_by_provider_name("mistral:chat")
    assert integrations.get_credentials(stored)["api_key"] == KEY


@pytest.mark.parametrize("provider", [None, "openai", "Mistral", "google", "integration:mistral:x"])
def test_a_key_whose_provider_is_unknown_stays_to_be_recovered(
    db: DatabaseUnderTest, provider: str | None
) -> None:
    made = old(db, "chat", provider, KEY)
    before = row(db, made)

    legacy.migrate()

    assert row(db, made) == before
    assert integrations.list_connections() == []


def test_a_key_that_cannot_be_stored_is_reported_and_stops_no_other(db: DatabaseUnderTest) -> None:
    bad = old(db, "bad one", "mistral", "not a\tkey at all")
    good = old(db, "good", "mistral", KEY)

    with pytest.raises(KeysNotStored, match="'bad one'") as raised:
        legacy.migrate()

    assert "not a" not in str(raised.value)
    assert row(db, bad)["api_key"] == "not a\tkey at all"
    assert row(db, good)["api_key"] is None
    assert "good" not in str(raised.value)
    assert [each.name for each in integrations.list_connections()] == ["good"]


def test_the_registry_tells_which_endpoints_are_left(db: DatabaseUnderTest) -> None:
    old(db, "bad one", "mistral", "not a\tkey at all")

    told = registry.run_all_legacy_migrations()["ai_endpoints"]

    assert "'bad one'" in told
    assert "not a" not in told


def test_with_nothing_left_to_do_the_registry_says_ok(db: DatabaseUnderTest) -> None:
    assert registry.run_all_legacy_migrations()["ai_endpoints"] == "ok"


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_key_is_none(db: DatabaseUnderTest, blank: str) -> None:
    used = connection("mistral", "main")
    made = old(db, "chat", "mistral:main", blank)

    legacy.migrate()

    assert row(db, made)["integration_uuid"] == used.uuid


def test_texts_written_since_mean_what_the_revision_takes_them_for(db: DatabaseUnderTest) -> None:
    main = connection("mistral", "main")
    late = connection("mistral", "late")
    db.execute(
        "UPDATE integration_connections SET last_validated_at = now() WHERE uuid = %s", late.uuid
    )
    exact, bare = old(db, "exact", "mistral:main"), old(db, "bare", "mistral")
    unknown = old(db, "unknown", "mistral:gone")

    legacy.migrate()

    found = [row(db, uuid)["integration_uuid"] for uuid in (exact, bare, unknown)]
    assert found == [main.uuid, late.uuid, None]
    assert actions(db)[-2:] == 2 * ["endpoint_changed"]


def test_what_an_admin_has_unpicked_stays_so(db: DatabaseUnderTest) -> None:
    connection("mistral", "main")
    made = endpoint("chat")

    legacy.migrate()

    assert row(db, made.uuid)["integration_uuid"] is None


def test_a_reference_to_a_removed_connection_stays_as_it_is(db: DatabaseUnderTest) -> None:
    gone = connection("mistral", "main").uuid
    made = old(db, "chat", "mistral")
    legacy.migrate()
    integrations.remove_connection(gone)
    connection("mistral", "newer")

    legacy.migrate()

    assert row(db, made)["integration_uuid"] == gone


def test_a_lost_database_is_told_as_such(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(errors.DatabaseUnavailable):
        legacy.migrate()
