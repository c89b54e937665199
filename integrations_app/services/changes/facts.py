"""Telling what a transaction changed, inside it: an audit entry and a notification each."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from integrations_app.domain.action import OF_EVENTS, Action
from integrations_app.domain.actor import Actor
from integrations_app.domain.connection import Status
from integrations_app.domain.event import Event, EventKind, Notice, NoticeKind
from integrations_app.events import wire
from integrations_app.storage.tables import AuditRow, ConnectionRow

_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


def record(
    session: Session,
    kind: EventKind,
    row: ConnectionRow,
    *,
    actor: Actor,
    at: datetime,
    fields: Sequence[str] = (),
    old_name: str | None = None,
) -> None:
    """Record and announce a change of a connection; delivered at commit or never.

    Args:
        session: The transaction that changes it.
        kind: What happens.
        row: The connection as it is after the change.
        actor: Who does it.
        at: When.
        fields: Names of what changed, never values.
        old_name: The name before a rename.
    """
    audit(session, OF_EVENTS[kind], actor=actor, at=at, row=row, fields=fields)
    publish(session, kind, row, at=at, old_name=old_name)


def publish(
    session: Session,
    kind: EventKind,
    row: ConnectionRow,
    *,
    at: datetime,
    old_name: str | None = None,
) -> None:
    """Announce a change that the audit log need not remember; see `tell`."""
    event = Event(
        id=uuid7(),
        kind=kind,
        at=at,
        uuid=row.uuid,
        provider=row.provider,
        name=row.name,
        status=Status(row.status),
        version=row.version,
        old_name=old_name,
    )
    _notify(session, event)


def audit(
    session: Session,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    row: ConnectionRow | None = None,
    name: str | None = None,
    fields: Sequence[str] = (),
) -> None:
    """Leave an audit entry.

    Args:
        session: The transaction that it belongs to.
        action: What was done, as it is declared.
        actor: Who did it.
        at: When.
        row: The connection it was done to.
        name: Who or what it was done to, if that is no connection.
        fields: Names of what changed, never values.
    """
    session.add(
        AuditRow(
            at=at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_label=actor.label,
            action=action.key,
            connection_uuid=row.uuid if row else None,
            provider=row.provider if row else None,
            name=row.name if row else name,
            version=row.version if row else None,
            fields=list(fields),
            origin=actor.origin.value,
            request_id=actor.request_id,
        )
    )


def record_module_change(
    session: Session,
    module: str,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    name: str,
    fields: Sequence[str] = (),
) -> None:
    """Record and announce a change of a module's row; delivered at commit or never.

    Args:
        session: The transaction that changes it.
        module: The module's key.
        action: What was done, one of the module's `actions`.
        actor: Who did it.
        at: When.
        name: What the row is called after the change.
        fields: Names of what changed, never values.
    """
    audit(session, action, actor=actor, at=at, name=name, fields=fields)
    _notify(session, Notice(kind=NoticeKind.MODULE_CHANGED, module=module))


def notify(session: Session, kind: NoticeKind, uuid: UUID | None = None) -> None:
    """Make open pages read again, without an event."""
    _notify(session, Notice(kind=kind, uuid=uuid))


def _notify(session: Session, fact: Event | Notice) -> None:
    session.execute(_NOTIFY, {"channel": wire.CHANNEL, "payload": wire.encode(fact)})
    uuid = fact.uuid
    if uuid is not None and _changed:

        def committed(_session: object) -> None:
            for payload in _changed:
                payload(uuid)

        event.listen(session, "after_commit", committed, once=True)


_changed: list[Callable[[UUID], None]] = []


def on_change(told: Callable[[UUID], None]) -> None:
    """Have a function called after every commit of this process that changes a connection.

    It runs before the caller of the transaction goes on, and must neither wait nor raise.
    """
    _changed.append(told)
