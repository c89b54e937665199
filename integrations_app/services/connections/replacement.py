"""Letting one connection take the place of another, everywhere and at once."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace as altered
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from integrations_app.domain import action
from integrations_app.domain.actor import Actor
from integrations_app.domain.choice import ChoiceQuery, Choices
from integrations_app.domain.connection import Status
from integrations_app.domain.references import parse_uuid
from integrations_app.domain.usage import Usage
from integrations_app.errors import (
    CannotReplace,
    IntegrationError,
    ModuleFailed,
    NotFound,
    SameConnection,
)
from integrations_app.modules import Module, failure, registry
from integrations_app.services import catalogue
from integrations_app.services.changes import facts
from integrations_app.services.connections import choices, edit, lookup, removal, usage
from integrations_app.services.connections.usage import Users
from integrations_app.services.credentials import revocation
from integrations_app.services.credentials.decryption import DecryptedConnection
from integrations_app.storage.tables import ConnectionRow

logger = logging.getLogger(__name__)


def candidates(old: UUID, *, search: str = "", chosen: tuple[UUID, ...] = ()) -> Choices:
    """Return the connections that could take the place of one wherever it is used.

    Those that are connected come first, and in each group those of the same provider.

    Args:
        old: The connection's.
        search: Beginning of a name, an account or a service; empty for all.
        chosen: What is chosen already, and shown whatever is searched for.

    Raises:
        NotFound: There is no such connection.
    """
    provider = lookup.by_uuid(old).provider
    query = ChoiceQuery(search=search, capabilities=_needed(old))
    same = choices.find(altered(query, provider=provider))
    others = choices.find(altered(query, selected=chosen))
    rows = {row.uuid: row for row in (*same.rows, *others.rows) if row.uuid != old}
    ordered = sorted(
        rows.values(),
        key=lambda row: (row.status is not Status.CONNECTED, row.provider != provider),
    )
    return Choices(rows=tuple(ordered), more=same.more or others.more)


def replace(
    old: object,
    new: object,
    *,
    actor: Actor,
    expected_version: int | None = None,
    seen_usages: str | None = None,
) -> int:
    """Have whatever uses a connection use another, then delete it; all of it or nothing.

    Args:
        old: The connection that goes.
        new: The one that takes its place.
        actor: Who does it.
        expected_version: The version of the old one that the actor has seen; None for any.
        seen_usages: `usage.fingerprint` of the places that may change; None for any.

    Returns:
        How many places use the other one now.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        SameConnection: Both are the same.
        NotFound: One of the two is not there.
        CannotReplace: Some uses must stay with the connection that they have, or need a provider
            that is capable of something else.
        Conflict: Someone saved the old one since `expected_version`.
        UsagesChanged: It is used in other places than those of `seen_usages`.
        ModuleFailed: A module did not do its part.
    """
    leaving, staying = parse_uuid(old), parse_uuid(new)
    if leaving == staying:
        raise SameConnection

    def replaced(
        session: Session, rows: Mapping[UUID, ConnectionRow], users: Users
    ) -> tuple[int, Sequence[DecryptedConnection | None]]:
        edit.refuse_stale(session, rows[leaving], expected_version)
        removal.refuse_unseen(users.usages, seen_usages)
        _refuse_incapable(users, rows[staying].provider)
        moved = _repoint(session, users, staying, actor)
        if moved:
            at = datetime.now(UTC)
            facts.audit(session, action.TOOK_OVER, actor=actor, at=at, row=rows[staying])
        return moved, removal.delete(session, rows[leaving], actor=actor)

    moved, unwanted = usage.with_users(
        leaving, lambda session: _locked(session, leaving, staying), replaced
    )
    revocation.revoke_each(*unwanted)
    return moved


def _locked(session: Session, *uuids: UUID) -> dict[UUID, ConnectionRow]:
    """Both rows, always in the same order, so that two replacements cannot wait for each other."""
    rows: dict[UUID, ConnectionRow] = {}
    for uuid in sorted(uuids):
        row = edit.locked(session, uuid)
        if row is None:
            raise NotFound(uuid)
        rows[uuid] = row
    return rows


def _needed(uuid: UUID) -> frozenset[str]:
    """Return what a provider must be capable of, to be used wherever this connection is."""
    users = (
        module for module in registry.all() if module.capability and usage.of_module(module, uuid)
    )
    return frozenset(module.capability for module in users)


def _refuse_incapable(users: Users, provider: str) -> None:
    declaration = catalogue.find(provider)
    capabilities = declaration.capabilities if declaration else ()
    stuck = [
        used
        for module in registry.all()
        if module.capability and module.capability not in capabilities
        for used in users.by_module.get(module.key, ())
    ]
    if stuck:
        raise CannotReplace(stuck)


def _repoint(session: Session, users: Users, new: UUID, actor: Actor) -> int:
    moved = 0
    stuck: list[Usage] = []
    for module in registry.all():
        if not _can_repoint(module):
            if module.key in users.silent:
                raise ModuleFailed(module.key)
            stuck += users.by_module.get(module.key, ())
            continue
        try:
            moved += _repoint_module(module, session, users.uuid, new, actor)
        except CannotReplace as error:
            stuck += error.usages
    if stuck:
        raise CannotReplace(stuck)
    return moved


def _can_repoint(module: Module) -> bool:
    """Tell whether a module brings its own way; the other one would ask for uses under a lock."""
    return type(module).repoint is not Module.repoint


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
