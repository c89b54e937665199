"""Actions of the audit log, declared: each has a stable key and a kind of subject."""

from dataclasses import dataclass
from enum import StrEnum

from integrations_app.domain.event import EventKind


class SubjectKind(StrEnum):
    """Kinds of things that the app's own actions are done to; modules name theirs themselves."""

    CONNECTION = "connection"
    ADMIN = "admin"
    SESSION = "session"
    MODULE = "module"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that can be done, as the audit log knows it.

    Attributes:
        key: Stable; what stands in the audit log, such as `project_added`.
        subject: Kind of what it is done to, such as `project`.
    """

    key: str
    subject: str


def _of_connections(key: str) -> Action:
    return Action(key=key, subject=SubjectKind.CONNECTION)


OF_EVENTS = {
    kind: _of_connections(kind.value) for kind in EventKind if kind is not EventKind.RESYNC
}
"""Event that programs may subscribe to, to the action that it tells of."""

TOKEN_REFRESHED = _of_connections("token_refreshed")
TOOK_OVER = _of_connections("uses_taken_over")
SIGNED_IN = Action(key="signed_in", subject=SubjectKind.SESSION)
SIGNED_OUT = Action(key="signed_out", subject=SubjectKind.SESSION)
ADMIN_ADDED = Action(key="admin_added", subject=SubjectKind.ADMIN)
ADMIN_REMOVED = Action(key="admin_removed", subject=SubjectKind.ADMIN)
LEGACY_DATA_MIGRATED = Action(key="legacy_data_migrated", subject=SubjectKind.MODULE)
LEGACY_DATA_FAILED = Action(key="legacy_data_failed", subject=SubjectKind.MODULE)

CORE = (
    *OF_EVENTS.values(),
    TOKEN_REFRESHED,
    TOOK_OVER,
    SIGNED_IN,
    SIGNED_OUT,
    ADMIN_ADDED,
    ADMIN_REMOVED,
    LEGACY_DATA_MIGRATED,
    LEGACY_DATA_FAILED,
)
"""All of the app's own actions."""
