"""Letting one connection take the place of another, everywhere and at once."""

import logging
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from integrations_app.domain.actor import Actor
from integrations_app.domain.event import EventKind
from integrations_app.domain.usage import Usage
from integrations_app.errors import (
    CannotReplace,
    IntegrationError,
    ModuleFailed,
    NotFound,
    SameConnection,
)
from integrations_app.modules import Module, failure, registry
from integrations_app.services import connections, facts, revocation
from integrations_app.services.references import parse_uuid
from integrations_app.storage.engine import database
from integrations_app.storage.tables import ConnectionRow

logger = logging.getLogger(__name__)

TOOK_OVER = "uses_taken_over"
"""Audit action at the connection that takes the place; the removal of the other follows it."""


def replace(old: object, new: object, *, actor: Actor) -> int:
    """Have whatever uses a connection use another, then delete it; all of it or nothing.

    Returns:
        How many places use the other one now.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        SameConnection: Both are the same.
        NotFound: One of the two is not there.
        CannotReplace: Some uses must stay with the connection that they have.
        ModuleFailed: A module did not do its part.
    """
    leaving, staying = parse_uuid(old), parse_uuid(new)
    if leaving == staying:
        raise SameConnection
    now = datetime.now(UTC)
    with database().transaction() as session:
        rows = _locked(session, leaving, staying)
        granted = revocation.tokens_of(leaving)  # a renewal that was under way is over now
        moved = _repoint(session, leaving, staying, actor)
        if moved:
            facts.record(session, TOOK_OVER, actor=actor, at=now, row=rows[staying])
        session.delete(rows[leaving])
        session.flush()
        facts.tell(session, EventKind.CONNECTION_REMOVED, rows[leaving], actor=actor, at=now)
    if granted is not None:
        revocation.revoke(granted)
    return moved


def _locked(session: Session, *uuids: UUID) -> dict[UUID, ConnectionRow]:
    """Both rows, always in the same order, so that two replacements cannot wait for each other."""
    rows: dict[UUID, ConnectionRow] = {}
    for uuid in sorted(uuids):
        row = connections.locked(session, uuid)
        if row is None:
            raise NotFound(uuid)
        rows[uuid] = row
    return rows


def _repoint(session: Session, old: UUID, new: UUID, actor: Actor) -> int:
    moved = 0
    stuck: list[Usage] = []
    for module in registry.all():
        try:
            moved += _repoint_module(module, session, old, new, actor)
        except CannotReplace as error:
            stuck += error.usages
    if stuck:
        raise CannotReplace(stuck)
    return moved


def _repoint_module(module: Module, session: Session, old: UUID, new: UUID, actor: Actor) -> int:
    try:
        return module.repoint(old, new, transaction=session, actor=actor)
    except (IntegrationError, SQLAlchemyError):
        raise
    except Exception as error:  # noqa: BLE001 - not our code, nor its text
        logger.error(
            "Module %s could not replace a connection: %s", module.key, failure.for_log(error)
        )
        raise ModuleFailed(module.key) from None
