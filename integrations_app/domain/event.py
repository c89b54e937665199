"""A fact about a connection, told to whoever listens."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from integrations_app.domain.connection import Status


class EventKind(StrEnum):
    """Kind of an event; the first seven are the public ones about connections."""

    CONNECTION_ADDED = "connection_added"
    CONNECTION_RENAMED = "connection_renamed"
    CONNECTION_REMOVED = "connection_removed"
    SETUP_SAVED = "setup_saved"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    VALIDATED = "validated"

    RESYNC = "resync"
    """The line was cut: what happened meanwhile is unknown, read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact that a committed transaction told.

    Attributes:
        id: Unique.
        kind: What happened.
        uuid: The connection; None for `resync` only, like the four below.
        provider: Its provider's key.
        name: Its name after the change.
        status: Its status after the change.
        version: Its version after the change.
        at: When it happened.
        old_name: Its name before, for `connection_renamed`.
    """

    id: UUID
    kind: EventKind
    at: datetime
    uuid: UUID | None = None
    provider: str | None = None
    name: str | None = None
    status: Status | None = None
    version: int | None = None
    old_name: str | None = None


class NoticeKind(StrEnum):
    """Kind of a notice for pages; `subscribe()`, made for public events, does not deliver it."""

    CHECK_RECORDED = "check_recorded"
    """A check was recorded that changed nothing but its times."""

    TOKENS_RENEWED = "tokens_renewed"
    """There are fresh tokens; nothing that people see has changed."""

    SESSION_ENDED = "session_ended"
    """Admin sessions ended; whoever streams to one must look."""

    MODULE_CHANGED = "module_changed"
    """Rows of a module changed."""

    INTERRUPTED = "interrupted"
    """This process's line to the database was cut; a `resync` follows once there is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A hint for open pages: read again.

    Attributes:
        kind: What to read again.
        uuid: The connection, for `check_recorded` and `tokens_renewed`.
        module: The module's key, for `module_changed`.
    """

    kind: NoticeKind
    uuid: UUID | None = None
    module: str | None = None
