"""What is told to whoever listens, in this process and in others."""

from __future__ import annotations

import json
from datetime import UTC, timedelta

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.event import EventKind
from integrations_app.events.subscription import Subscription
from tests import processes
from tests.api.conftest import ANN, BOB, KEY, OTHER_KEY
from tests.api.facts import PATIENCE_S, told
from tests.postgresql import DatabaseUnderTest

ADD_IN_ANOTHER_PROCESS = """
from integrations_app import integrations
print(integrations.add_connection("mistral", "elsewhere", values={"api_key": "abc"}).uuid)
"""


def test_every_change_tells_its_kind(db: DatabaseUnderTest, events: Subscription) -> None:
    added = integrations.add_connection("mistral", "a", values={"api_key": KEY}, actor=ANN)
    integrations.rename_connection(added.uuid, "b", actor=BOB)
    integrations.record_validation(added.uuid, CheckResult(ok=True), actor=ANN)
    integrations.disconnect(added.uuid, actor=BOB)
    integrations.remove_connection(added.uuid, actor=ANN)

    assert [
        (event.kind.value, event.name, event.status, event.version) for event in told(events)
    ] == [
        ("connection_added", "a", Status.CONFIGURED, 1),
        ("setup_saved", "a", Status.CONFIGURED, 1),
        ("connection_renamed", "b", Status.CONFIGURED, 2),
        ("validated", "b", Status.CONNECTED, 2),
        ("disconnected", "b", Status.DISCONNECTED, 3),
        ("connection_removed", "b", Status.DISCONNECTED, 3),
    ]


def test_an_event_says_what_when_and_of_which_connection(
    connection: Connection, events: Subscription
) -> None:
    saved = integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=BOB)

    [event] = told(events)
    assert (event.uuid, event.provider, event.name) == (connection.uuid, "mistral", "main")
    assert (event.version, event.status) == (saved.version, saved.status)
    assert event.at == saved.updated_at
    assert event.at.utcoffset() == timedelta(0)
    assert event.old_name is None


def test_events_have_unique_ids(connection: Connection, events: Subscription) -> None:
    integrations.update_connection(connection.uuid, name="b", values={"api_key": OTHER_KEY})
    integrations.rename_connection(connection.uuid, "c")

    ids = [event.id for event in told(events)]
    assert len(set(ids)) == 3


def test_no_event_has_a_secret(connection: Connection, events: Subscription) -> None:
    integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY})

    assert OTHER_KEY not in repr(told(events))


def test_what_was_refused_is_not_told(connection: Connection, events: Subscription) -> None:
    with pytest.raises(errors.InvalidFields):
        integrations.update_connection(connection.uuid, name="b", values={"unknown": "x"})
    with pytest.raises(errors.AlreadyExists):
        integrations.add_connection("mistral", "main", actor=BOB)

    assert told(events) == []


def test_another_processs_change_is_told_here(db: DatabaseUnderTest, events: Subscription) -> None:
    uuid = processes.run(ADD_IN_ANOTHER_PROCESS)

    found = told(events)
    assert [(event.kind, str(event.uuid)) for event in found] == [
        (EventKind.CONNECTION_ADDED, uuid),
        (EventKind.SETUP_SAVED, uuid),
    ]


def test_every_subscription_hears_everything(connection: Connection, events: Subscription) -> None:
    with integrations.subscribe() as another:
        integrations.rename_connection(connection.uuid, "b", actor=BOB)

        assert [event.id for event in told(another)] == [event.id for event in told(events)][:1]


def test_a_closed_subscription_hears_nothing(connection: Connection, events: Subscription) -> None:
    with integrations.subscribe() as closed:
        pass

    integrations.rename_connection(connection.uuid, "b", actor=BOB)

    assert told(events)
    assert closed.get(timeout_s=0.01) is None


def test_without_an_event_get_gives_none(events: Subscription) -> None:
    assert events.get(timeout_s=0.01) is None


def test_a_subscription_can_be_iterated(connection: Connection, events: Subscription) -> None:
    integrations.rename_connection(connection.uuid, "b", actor=BOB)

    assert next(iter(events)).name == "b"


def test_after_a_cut_line_comes_one_resync_and_then_what_happens_next(
    db: DatabaseUnderTest, connection: Connection, events: Subscription
) -> None:
    db.cut_connections(application="integrations listener")

    resync = events.get(timeout_s=PATIENCE_S)
    integrations.rename_connection(connection.uuid, "b", actor=BOB)
    after = told(events)

    assert resync is not None
    assert (resync.kind, resync.uuid, resync.at.tzinfo) == (EventKind.RESYNC, None, UTC)
    assert [event.kind for event in after] == [EventKind.CONNECTION_RENAMED]


def test_each_cut_has_a_resync_of_its_own(db: DatabaseUnderTest, events: Subscription) -> None:
    found = []
    for _ in range(2):
        db.cut_connections(application="integrations listener")
        found.append(events.get(timeout_s=PATIENCE_S))

    assert [event.kind for event in found if event] == 2 * [EventKind.RESYNC]
    assert found[0].id != found[1].id


@pytest.mark.parametrize(
    "payload", ["", "no json", "[]", "{}", "7", '{"kind": "new"}', '{"kind": "validated"}']
)
def test_what_a_newer_program_tells_is_passed_over(
    db: DatabaseUnderTest, events: Subscription, payload: str
) -> None:
    db.execute("SELECT pg_notify('integration_events', %s)", payload)

    assert told(events) == []


def test_a_reader_that_falls_far_behind_gets_one_resync_and_the_newest(
    db: DatabaseUnderTest, events: Subscription
) -> None:
    fact = {
        "id": "0190163d-8694-739b-aea5-966c26f8ad91",
        "kind": "validated",
        "at": "2026-01-01T00:00:00+00:00",
    }
    db.execute(
        "SELECT pg_notify('integration_events', jsonb_set(%s::jsonb, '{version}', n::text::jsonb)"
        "::text) FROM generate_series(1, 10050) AS n",
        json.dumps(fact),
    )

    with integrations.subscribe() as fence:
        told(fence)

    found = told(events)
    assert found[0].kind is EventKind.RESYNC
    assert found[0].version is None
    assert found[-1].name is not None
    assert len(found) < 200


def test_the_longest_names_fit_into_an_event(db: DatabaseUnderTest, events: Subscription) -> None:
    added = integrations.add_connection("mistral", "a" * 100)

    integrations.rename_connection(added.uuid, "b" * 100)

    assert told(events)[1].old_name == "a" * 100
