"""Adding and changing connections; each function is one transaction that tells its facts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from integrations_app.domain.actor import Actor
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.event import EventKind
from integrations_app.domain.provider import AuthType, Provider
from integrations_app.domain.references import parse_name, parse_uuid
from integrations_app.errors import AlreadyExists, Conflict, NotFound
from integrations_app.services import catalogue
from integrations_app.services.changes import facts
from integrations_app.services.connections import lookup, next_check
from integrations_app.services.credentials import (
    grants,
    revocation,
    secret_store,
    setup_values,
    tokens,
)
from integrations_app.services.credentials.setup_values import PublicValues
from integrations_app.storage import queries
from integrations_app.storage.engine import database
from integrations_app.storage.tables import ConnectionRow


def add(
    provider: str, name: str, *, values: Mapping[str, str] | None = None, actor: Actor
) -> Connection:
    """Create a connection, set up if values are given.

    Raises:
        UnknownProvider: The provider is not declared.
        EmptyName: The name is empty.
        InvalidName: The name has characters or a length that names cannot have.
        AlreadyExists: The provider has a connection of this name.
        InvalidFields: Values that cannot be saved.
    """
    begin = database().transaction if values is None else secret_store.transaction
    with begin() as session:
        return add_within(session, provider, name, values=values, actor=actor)


def add_within(
    session: Session,
    provider: str,
    name: str,
    *,
    values: Mapping[str, str] | None = None,
    actor: Actor,
) -> Connection:
    """Create a connection as part of a transaction, a `sealing.transaction` if values are given."""
    declaration = catalogue.get(provider)
    now = datetime.now(UTC)
    row = ConnectionRow(uuid=uuid7(), provider=declaration.key, name=parse_name(name))
    row.created_at = row.updated_at = now
    session.add(row)
    _flush(session, row)
    changed = _save(session, row, declaration, values) if values is not None else ()
    session.flush()
    facts.record(session, EventKind.CONNECTION_ADDED, row, actor=actor, at=now)
    if changed:
        facts.record(session, EventKind.SETUP_SAVED, row, actor=actor, at=now, fields=changed)
    return lookup.stored(session, row.uuid)


def update(
    uuid: object,
    *,
    name: str | None = None,
    values: Mapping[str, str] | None = None,
    expected_version: int | None = None,
    actor: Actor,
) -> Connection:
    """Rename a connection, save its setup values, or both in one step of its version.

    What is not sent stays as it is, and so does a secret that is sent empty. A change to what is
    stored already is no change.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        EmptyName: The new name is empty.
        InvalidName: The new name has characters or a length that names cannot have.
        AlreadyExists: The provider has another connection of the new name.
        InvalidFields: Values that cannot be saved.
        ProviderNotDeclared: Values are given, and this program does not declare the provider.
        Conflict: Someone saved since `expected_version`; nothing is changed.
    """
    parsed = parse_uuid(uuid)
    new_name = parse_name(name) if name is not None else None
    now = datetime.now(UTC)
    begin = database().transaction if values is None else secret_store.transaction
    with begin() as session:
        row = locked(session, parsed)
        if row is None:
            raise NotFound(parsed)
        refuse_stale(session, row, expected_version)
        question = grants.standing(session, parsed) if values is not None else None
        old_name, row.name = row.name, new_name or row.name
        revision = row.credential_revision
        _flush(session, row)
        changed = ()
        if values is not None:
            provider = catalogue.of_connection(parsed, row.provider)
            changed = _save(session, row, provider, values)
        is_withdrawn = row.credential_revision != revision
        withdrawn = grants.withdraw(session, question) if is_withdrawn else None
        if not changed and row.name == old_name:
            return lookup.stored(session, parsed)
        row.version, row.updated_at = row.version + 1, now
        session.flush()
        if row.name != old_name:
            facts.record(
                session,
                EventKind.CONNECTION_RENAMED,
                row,
                actor=actor,
                at=now,
                fields=("name",),
                old_name=old_name,
            )
        if changed:
            facts.record(session, EventKind.SETUP_SAVED, row, actor=actor, at=now, fields=changed)
        connection = lookup.stored(session, parsed)
    revocation.revoke_each(withdrawn)
    return connection


def locked(session: Session, uuid: UUID) -> ConnectionRow | None:
    """The row for this transaction alone; None if it is not there."""
    return session.get(ConnectionRow, uuid, with_for_update=True)


def _flush(session: Session, row: ConnectionRow) -> None:
    """Write the name, and say so if it is taken."""
    provider, name = row.provider, row.name  # after a refusal the row cannot be read any more
    try:
        session.flush()
    except IntegrityError as error:
        if "storage_key" in str(error.orig):
            raise AlreadyExists(provider=provider, name=name) from None
        raise


def refuse_stale(session: Session, row: ConnectionRow | Connection, expected: int | None) -> None:
    """Refuse to change what has been changed since it was seen.

    Args:
        session: Of the transaction.
        row: As it is stored.
        expected: The version that was seen; None for any.

    Raises:
        Conflict: Someone saved meanwhile.
    """
    if expected is None or expected == row.version:
        return
    expected = min(max(expected, 0), row.version)  # what no version can be is as stale
    entries = session.execute(
        queries.fields_changed_since, {"uuid": row.uuid, "version": expected}
    ).scalars()
    changed = sorted({name for fields in entries for name in fields})
    raise Conflict(fields=changed, version=row.version)


def _save(
    session: Session, row: ConnectionRow, provider: Provider, values: Mapping[str, str]
) -> tuple[str, ...]:
    """Store what changed.

    Returns:
        Names of the changed fields, in the order of the declaration.
    """
    submitted = setup_values.read(provider, values)
    before = PublicValues(provider=provider, texts=row.setup_values)
    saved_secrets = {secret.field for secret in session.scalars(queries.secrets_of(row.uuid))}
    submitted.refuse_unfit(before, saved_secrets)
    after = before.changed_by(submitted)
    is_moved = after.leads_elsewhere_than(before)
    if is_moved:
        saved_secrets -= {*tokens.clear(session, row)}  # they were given for the old place
    row.setup_values = dict(after.texts)
    changed = {
        key for key in submitted.public_texts if after.texts.get(key) != before.texts.get(key)
    } | {
        key
        for key, secret in submitted.secrets.items()
        if secret_store.store(session, row.uuid, key, secret)
    }
    if any(setup_values.is_credential(provider, key) for key in changed):
        _forget_old_credentials(session, row, provider, is_moved=is_moved)
        is_complete = after.are_complete_with({*saved_secrets, *submitted.secrets})
        row.status = (Status.CONFIGURED if is_complete else Status.DISCONNECTED).value
    return tuple(field.key for field in provider.fields if field.key in changed)


def _forget_old_credentials(
    session: Session, row: ConnectionRow, provider: Provider, *, is_moved: bool
) -> None:
    row.credential_revision += 1
    forget_check(row)
    if is_moved or not provider.connects_account:  # else it is still the account of the tokens
        forget_account(row)
    tokens.forget_failures(row)
    next_check.after_save(row, at=datetime.now(UTC))
    if provider.auth_type is AuthType.CLIENT_CREDENTIALS:
        tokens.clear(session, row)  # they were given for the old credentials


def forget_check(row: ConnectionRow) -> None:
    """Forget the outcome of a check of other credentials."""
    row.validation_reason, row.validation_details = None, {}


def forget_account(row: ConnectionRow) -> None:
    """Forget the account that other credentials belonged to."""
    row.account_id = row.account_name = None
