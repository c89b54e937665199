"""Changing AI endpoints; each function is one transaction that tells its facts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from integrations_app.domain.actor import Actor
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import Conflict, FieldProblem, InvalidFields, Undecryptable
from integrations_app.features.ai_endpoints import actions, lookup, queries
from integrations_app.features.ai_endpoints.drafts import INTEGRATION, checked, differing, filled
from integrations_app.features.ai_endpoints.endpoint import CAPABILITY, KEY, Draft, Endpoint
from integrations_app.features.ai_endpoints.errors import EndpointMissing, NameTaken
from integrations_app.features.ai_endpoints.table import UNIQUE_NAME, AiEndpointRow
from integrations_app.services import catalogue
from integrations_app.services.changes import facts
from integrations_app.services.credentials.decryption import load_decrypted
from integrations_app.services.rows import writing
from integrations_app.storage.engine import database
from integrations_app.storage.queries import connections
from integrations_app.storage.within import Reads, Within


def add(draft: Draft, *, actor: Actor) -> Endpoint:
    """Create an endpoint.

    Raises:
        InvalidFields: A text that cannot be saved, or a connection that cannot be used.
        NameTaken: Another one is called like this.
    """
    draft = checked(draft)
    now = datetime.now(UTC)
    row = AiEndpointRow(uuid=uuid7(), name=draft.name, model=draft.model)
    row.created_at = row.updated_at = now
    with database().transaction() as session:
        _refuse_unfit(session, draft.integration)
        row.integration_uuid = draft.integration
        session.add(row)
        writing.flush(session, unique=(UNIQUE_NAME,), taken=NameTaken(draft.name))
        facts.record_module_change(
            session, KEY, actions.ADDED, actor=actor, at=now, name=row.name, fields=filled(draft)
        )
        return lookup.stored(session, row.uuid)


def update(uuid: object, draft: Draft, *, seen: Endpoint | None = None, actor: Actor) -> Endpoint:
    """Change an endpoint; what is stored already is no change.

    Args:
        uuid: The endpoint's.
        draft: What it shall be.
        seen: The endpoint as the caller read it; None saves over anything.
        actor: Who does it.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        EndpointMissing: There is none.
        InvalidFields: A text that cannot be saved, or a connection that cannot be used.
        NameTaken: Another one is called like this.
        Conflict: Someone changed it since; nothing is changed now.
    """
    parsed, draft = parse_uuid(uuid), checked(draft)
    now = datetime.now(UTC)
    with database().transaction() as session:
        # Connections are locked before endpoints, here as where one replaces another.
        is_fit = _lock_if_fit(session, draft.integration)
        row = _locked(session, parsed)
        _refuse_stale(row, seen)
        changed = differing(_draft_of(row), draft)
        if INTEGRATION in changed and not is_fit:
            raise InvalidFields({INTEGRATION: FieldProblem.NOT_AN_OPTION})
        if changed:
            _put(session, row, draft, changed)
            row.version, row.updated_at = row.version + 1, now
            writing.flush(session, unique=(UNIQUE_NAME,), taken=NameTaken(draft.name))
            facts.record_module_change(
                session,
                KEY,
                actions.CHANGED,
                actor=actor,
                at=now,
                name=draft.name,
                fields=changed,
            )
        return lookup.stored(session, parsed)


def remove(uuid: object, *, actor: Actor, expected_version: int | None = None) -> bool:
    """Delete an endpoint, an old key of its own included; its connection stays.

    Args:
        uuid: Its uuid.
        actor: Who does it.
        expected_version: The version that the actor has seen; None for any.

    Returns:
        Whether it was there.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        Conflict: Someone changed it since `expected_version`; nothing is done.
    """

    def record(session: Session, row: AiEndpointRow) -> None:
        now = datetime.now(UTC)
        facts.record_module_change(
            session, KEY, actions.REMOVED, actor=actor, at=now, name=row.name
        )

    return writing.delete(AiEndpointRow, uuid, expected_version=expected_version, record=record)


def repoint(session: Session, old: UUID, new: UUID, *, actor: Actor) -> int:
    """Have every endpoint of one connection use another, as part of a transaction.

    Returns:
        How many there were.
    """
    names = session.execute(queries.repoint(), {"old": old, "new": new}).scalars().all()
    tell_of_integration(session, names, actor=actor)
    return len(names)


def tell_of_integration(session: Session, names: Sequence[str], *, actor: Actor) -> None:
    """Tell that these endpoints use another connection now."""
    now = datetime.now(UTC)
    for name in names:
        facts.record_module_change(
            session,
            KEY,
            actions.CHANGED,
            actor=actor,
            at=now,
            name=name,
            fields=(INTEGRATION,),
        )


def _refuse_unfit(session: Session, connection: UUID | None) -> None:
    if not _lock_if_fit(session, connection):
        raise InvalidFields({INTEGRATION: FieldProblem.NOT_AN_OPTION})


def _lock_if_fit(session: Session, connection: UUID | None) -> bool:
    """Return whether an endpoint may use this connection, locked until the transaction ends."""
    if connection is None:
        return True
    asked = sa.select(connections.c.provider).where(connections.c.uuid == connection)
    provider = session.scalar(asked.with_for_update(read=True, key_share=True))
    declared = catalogue.find(provider) if provider else None
    return declared is not None and CAPABILITY in declared.capabilities


def _locked(session: Session, uuid: UUID) -> AiEndpointRow:
    row = session.get(AiEndpointRow, uuid, with_for_update=True)
    if row is None:
        raise EndpointMissing(uuid)
    return row


def _refuse_stale(row: AiEndpointRow, seen: Endpoint | None) -> None:
    if seen is not None and seen.version != row.version:
        raise Conflict(fields=differing(seen.draft, _draft_of(row)), version=row.version)


def _put(session: Session, row: AiEndpointRow, draft: Draft, changed: tuple[str, ...]) -> None:
    row.name, row.model = draft.name, draft.model
    if INTEGRATION not in changed:
        return
    row.integration_uuid = draft.integration
    row.provider = None if not row.api_key else row.provider  # what it once meant is decided
    key = (row.api_key or "").strip()
    if key and draft.integration and _holds(Within(session), draft.integration, key):
        row.api_key = row.provider = None


def _holds(reads: Reads, connection: UUID, key: str) -> bool:
    """Return whether the connection stores this very key, so that nothing is lost without it."""
    try:
        found = load_decrypted(connection, reads=reads)
    except Undecryptable:
        return False
    return found is not None and key in found.secrets.values()


def _draft_of(row: AiEndpointRow) -> Draft:
    return Draft(name=row.name, model=row.model, integration=row.integration_uuid)
