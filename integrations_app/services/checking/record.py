"""Recording how a check ended."""

from datetime import UTC, datetime
from typing import Any

from integrations_app.domain import action
from integrations_app.domain.actor import Actor, Origin
from integrations_app.domain.check import DETAIL_KEYS, CheckReason, CheckResult
from integrations_app.domain.connection import Status
from integrations_app.domain.event import EventKind, NoticeKind
from integrations_app.domain.references import parse_uuid
from integrations_app.services.changes import facts
from integrations_app.services.connections import next_check
from integrations_app.storage.engine import database
from integrations_app.storage.tables import ConnectionRow


def record(uuid: object, result: CheckResult, *, actor: Actor) -> None:
    """Store a check's outcome; quiet for a row, or credentials, that are no longer there.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    parsed = parse_uuid(uuid)
    now = datetime.now(UTC)
    with database().transaction() as session:
        row = session.get(ConnectionRow, parsed, with_for_update=True)
        if row is None or result.credential_revision not in (None, row.credential_revision):
            return
        before = _outcome(row)
        _apply(row, result, now)
        next_check.after_check(row, result, actor=actor, at=now)
        session.flush()
        if _outcome(row) == before:
            facts.notify(session, NoticeKind.CHECK_RECORDED, row.uuid)
        else:
            facts.publish(session, EventKind.VALIDATED, row, at=now)
        if actor.origin is not Origin.SCHEDULE or row.status != before[0]:
            facts.audit(
                session, action.OF_EVENTS[EventKind.VALIDATED], actor=actor, at=now, row=row
            )


def _outcome(row: ConnectionRow) -> tuple[str, str | None, dict[str, Any]]:
    return row.status, row.validation_reason, row.validation_details


def _apply(row: ConnectionRow, result: CheckResult, now: datetime) -> None:
    row.last_validated_at = row.updated_at = now
    row.status = _status_after(row, result).value
    if result.ok:
        row.connected_at = now
        row.validation_reason, row.validation_details = None, {}
        if result.account is not None:
            row.account_id, row.account_name = result.account.id, result.account.name
        return
    row.validation_reason = CheckReason(result.reason).value if result.reason else None
    row.validation_details = {
        key: value for key, value in result.details.items() if key in DETAIL_KEYS
    }


def _status_after(row: ConnectionRow, result: CheckResult) -> Status:
    if result.ok:
        return Status.CONNECTED
    if row.status == Status.DISCONNECTED:
        return Status.DISCONNECTED  # there is nothing whose failure could be an error
    return Status.CONFIGURED if result.reason == CheckReason.NOT_TESTABLE else Status.ERROR
