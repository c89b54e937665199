"""Facts as they travel through NOTIFY: JSON under 8 kB, nothing secret in it."""

import dataclasses
import json
from datetime import UTC, datetime
from uuid import UUID

from integrations_app.domain.connection import Status
from integrations_app.domain.event import Event, EventKind, Notice, NoticeKind

CHANNEL = "integration_events"


def encode(fact: Event | Notice) -> str:
    """The fact as the text of a notification."""
    given = {key: value for key, value in dataclasses.asdict(fact).items() if value is not None}
    return json.dumps(given, default=_plain, separators=(",", ":"))


def decode(payload: str) -> Event | Notice | None:
    """The fact of a notification; None for what a newer program may send."""
    try:
        data = json.loads(payload)
        uuid = UUID(data["uuid"]) if "uuid" in data else None
        if data["kind"] in set(NoticeKind):
            return Notice(kind=NoticeKind(data["kind"]), uuid=uuid, module=data.get("module"))
        return Event(
            id=UUID(data["id"]),
            kind=EventKind(data["kind"]),
            at=datetime.fromisoformat(data["at"]).astimezone(UTC),
            uuid=uuid,
            provider=data.get("provider"),
            name=data.get("name"),
            status=Status(data["status"]) if "status" in data else None,
            version=data.get("version"),
            old_name=data.get("old_name"),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
