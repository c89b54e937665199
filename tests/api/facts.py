"""What the product told: the events up to now, the audit log."""

from __future__ import annotations

import itertools
from typing import Any

from integrations_app import integrations
from integrations_app.domain.event import Event
from integrations_app.events.subscription import Subscription
from tests.postgresql import DatabaseUnderTest

PATIENCE_S = 10.0

_numbers = itertools.count()


def told(events: Subscription) -> list[Event]:
    """All events so far; a connection that is added now marks their end."""
    end = integrations.add_connection("deepseek", f"end-of-events-{next(_numbers)}")
    found: list[Event] = []
    while True:
        event = events.get(timeout_s=PATIENCE_S)
        assert event is not None, "the event that marks the end did not arrive"
        if event.uuid == end.uuid:
            return found
        found.append(event)


def kinds(events: Subscription) -> list[str]:
    """The kinds of all events so far."""
    return [event.kind.value for event in told(events)]


def audit(db: DatabaseUnderTest) -> list[dict[str, Any]]:
    """The audit log, oldest entry first."""
    return db.rows("SELECT * FROM integration_audit ORDER BY id")


def actions(db: DatabaseUnderTest) -> list[str]:
    """What the audit log says was done, oldest first."""
    return [entry["action"] for entry in audit(db)]
