"""Facts fit through the database's door, and nobody who is slow holds up anyone else."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from integrations_app import integrations
from integrations_app.domain.connection import NAME_MAX_LENGTH, Status
from integrations_app.domain.event import Event, EventKind, Notice, NoticeKind
from integrations_app.events import wire
from integrations_app.events.subscription import Subscription
from tests.api.facts import PATIENCE_S
from tests.postgresql import DatabaseUnderTest

NOTIFY_LIMIT = 8_000
"""Bytes, the last of which PostgreSQL keeps for itself."""

MANY = 20_000
MOST_KEPT = 10_000

# Longer and stranger than any that the database takes: six bytes of JSON for some characters.
names = st.text(max_size=NAME_MAX_LENGTH)
longest = st.sampled_from('aß😀\0"').map(lambda character: character * NAME_MAX_LENGTH)


@given(
    kind=st.sampled_from(EventKind),
    uuid=st.uuids(),
    provider=st.one_of(names, longest),
    name=st.one_of(names, longest),
    old_name=st.one_of(st.none(), names, longest),
    status=st.sampled_from(Status),
    version=st.integers(1, 2**63),
)
def test_every_event_fits_into_a_notification_and_arrives_as_it_was(
    kind: EventKind,
    uuid: UUID,
    provider: str,
    name: str,
    old_name: str | None,
    status: Status,
    version: int,
) -> None:
    event = Event(
        id=uuid,
        kind=kind,
        at=datetime.now(UTC),
        uuid=uuid,
        provider=provider,
        name=name,
        status=status,
        version=version,
        old_name=old_name,
    )

    payload = wire.encode(event)

    assert len(payload.encode()) < NOTIFY_LIMIT
    assert wire.decode(payload) == event


@given(kind=st.sampled_from(NoticeKind), uuid=st.one_of(st.none(), st.uuids()))
def test_every_notice_arrives_as_it_was(kind: NoticeKind, uuid: UUID | None) -> None:
    notice = Notice(kind=kind, uuid=uuid)

    assert wire.decode(wire.encode(notice)) == notice


def test_one_who_never_reads_harms_nobody(db: DatabaseUnderTest, events: Subscription) -> None:
    heard: list[int | None] = []

    def read(diligent: Subscription) -> None:
        while len(heard) < MANY:
            event = diligent.get(timeout_s=PATIENCE_S)
            if event is None:
                return
            heard.append(event.version)

    with integrations.subscribe() as diligent:
        reader = threading.Thread(target=read, args=[diligent])
        reader.start()
        tell(db, MANY)
        reader.join()

    assert heard == list(range(1, MANY + 1))
    kept = left_in(events)
    assert [event.kind for event in kept[:2]] == [EventKind.RESYNC, EventKind.VALIDATED]
    assert [event.kind for event in kept].count(EventKind.RESYNC) == 1
    assert len(kept) <= MOST_KEPT
    assert kept[-1].version == MANY


def tell(db: DatabaseUnderTest, count: int) -> None:
    """So many events, numbered by their version, a hundred at a time as many programs would."""
    for first in range(1, count, 100):
        db.execute(
            "SELECT pg_notify('integration_events', json_build_object("
            "'id', gen_random_uuid(), 'kind', 'validated', 'at', now(), 'version', n)::text)"
            " FROM generate_series(%s::int, %s::int) AS n",
            first,
            first + 99,
        )


def left_in(events: Subscription) -> list[Event]:
    """What waits there to be read."""
    found: list[Event] = []
    while (event := events.get(timeout_s=0.01)) is not None:
        found.append(event)
    return found
