"""Changing connections; each function is one transaction that tells its facts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from integrations_app.domain.actor import Actor
from integrations_app.domain.connection import Connection, Disconnection, Status
from integrations_app.domain.event import EventKind
from integrations_app.domain.provider import AuthType, Provider
from integrations_app.domain.references import parse_name, parse_uuid
from integrations_app.domain.usage import Usage, fingerprint
from integrations_app.errors import AlreadyExists, Conflict, InUse, NotFound, UsagesChanged
from integrations_app.providers.rules import TOKEN_KEYS
from integrations_app.services import catalogue
from integrations_app.services.changes import facts
from integrations_app.services.connections import lookup, next_check, usage
from integrations_app.services.connections.usage import Users
from integrations_app.services.credentials import (
    grants,
    revocation,
    secret_store,
    setup_values,
    tokens,
)
from integrations_app.services.credentials.decryption import DecryptedConnection
from integrations_app.storage import queries
from integrations_app.storage.engine import database
from integrations_app.storage.tables import ConnectionRow
from integrations_app.storage.within import Within


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
    declared = catalogue.get(provider)
    now = datetime.now(UTC)
    row = ConnectionRow(uuid=uuid7(), provider=declared.key, name=parse_name(name))
    row.created_at = row.updated_at = now
    session.add(row)
    _flush(session, row)
    changed = _save(session, row, declared, values) if values is not None else ()
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


def disconnect(uuid: object, *, actor: Actor, expected_version: int | None = None) -> Disconnection:
    """Remove tokens and, for anything but OAuth2, the stored secrets; the row stays.

    Then the provider is asked to forget the tokens, too; what it answers changes nothing here. To
    disconnect what is not there changes nothing.

    Args:
        uuid: The connection's.
        actor: Who does it.
        expected_version: The version that the actor has seen; None for any.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        Conflict: Someone saved since `expected_version`; nothing is changed.
    """
    parsed = parse_uuid(uuid)
    now = datetime.now(UTC)
    with database().transaction() as session:
        row = locked(session, parsed)
        if row is None:
            return Disconnection(changed=False)
        refuse_stale(session, row, expected_version)
        question = grants.standing(session, parsed)
        # A renewal that was under way is over now.
        granted = revocation.tokens_of(parsed, reads=Within(session))
        removed = _remove_secrets(session, row)
        if not removed and row.status == Status.DISCONNECTED:
            return Disconnection(changed=False)
        withdrawn = grants.withdraw(session, question)
        forget_check(row)
        forget_account(row)
        row.status, row.updated_at = Status.DISCONNECTED.value, now
        row.credential_revision += 1
        if set(removed) - TOKEN_KEYS:  # tokens are no setup values
            row.version += 1
        session.flush()
        facts.record(session, EventKind.DISCONNECTED, row, actor=actor, at=now, fields=removed)
    revocation.revoke_each(withdrawn)
    revoked = revocation.revoke(granted) if granted is not None else None
    return Disconnection(changed=True, revoked=revoked)


def remove(
    uuid: object,
    *,
    actor: Actor,
    expected_version: int | None = None,
    seen_usages: str | None = None,
) -> bool:
    """Delete a connection for good, its tokens at the provider too; the audit log remembers it.

    Args:
        uuid: The connection's.
        actor: Who does it.
        expected_version: The version that the actor has seen; None for any.
        seen_usages: `usage.fingerprint` of the places that may lose it; None for any.

    Returns:
        Whether it was there.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        InUse: A module needs it and blocks the removal.
        UsagesChanged: It is used in other places than those of `seen_usages`.
        Conflict: Someone saved since `expected_version`; nothing is changed.
    """
    parsed = parse_uuid(uuid)

    def deleted(
        session: Session, row: ConnectionRow | None, users: Users
    ) -> Sequence[DecryptedConnection | None] | None:
        if row is None:
            return None
        refuse_stale(session, row, expected_version)
        blocking = [each for each in users.usages if each.blocking]
        if blocking:
            raise InUse(blocking)
        refuse_unseen(users.usages, seen_usages)
        return delete(session, row, actor=actor)

    unwanted = usage.with_users(parsed, lambda session: locked(session, parsed), deleted)
    revocation.revoke_each(*unwanted or ())
    return unwanted is not None


def delete(
    session: Session, row: ConnectionRow, *, actor: Actor
) -> Sequence[DecryptedConnection | None]:
    """Delete a connection, as part of a transaction that has locked it.

    Returns:
        What to revoke once the transaction is over.
    """
    # A renewal that was under way is over now.
    granted = revocation.tokens_of(row.uuid, reads=Within(session))
    withdrawn = grants.withdraw(session, grants.standing(session, row.uuid))
    session.delete(row)
    session.flush()
    at = datetime.now(UTC)
    facts.record(session, EventKind.CONNECTION_REMOVED, row, actor=actor, at=at)
    return granted, withdrawn


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


def refuse_unseen(usages: Sequence[Usage], seen: str | None) -> None:
    """Refuse to take a connection from places that whoever does it has not seen.

    Args:
        usages: The places that use it now.
        seen: `usage.fingerprint` of those that were seen; None for any.

    Raises:
        UsagesChanged: They are others.
    """
    if seen is not None and fingerprint(usages) != seen:
        raise UsagesChanged(usages)


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
    typed = setup_values.read(provider, values)
    secrets = {each.field: each for each in session.scalars(queries.secrets_of(row.uuid))}
    setup_values.refuse_unfit(
        provider, typed, sent=values, stored=row.setup_values, saved_secrets=secrets
    )
    moved = setup_values.is_moved(provider, typed, stored=row.setup_values)
    if moved:
        for key in tokens.clear(session, row):  # they were given for the old place
            del secrets[key]
    public_values = typed.over(row.setup_values)
    changed = {
        key for key in typed.public_values if public_values.get(key) != row.setup_values.get(key)
    }
    row.setup_values = public_values
    for key, secret in typed.secrets.items():
        if secret_store.store(session, row.uuid, key, secret):
            changed.add(key)
    if any(setup_values.is_credential(provider, key) for key in changed):
        row.credential_revision += 1
        forget_check(row)
        if moved or not provider.connects_account:  # else it is still the account of the tokens
            forget_account(row)
        tokens.forget_failures(row)
        next_check.after_save(row, at=datetime.now(UTC))
        if provider.auth_type is AuthType.CLIENT_CREDENTIALS:
            tokens.clear(session, row)  # they were given for the old credentials
        row.status = _unverified(provider, public_values, {*secrets, *typed.secrets})
    return tuple(each.key for each in provider.fields if each.key in changed)


def _unverified(
    provider: Provider, public_values: Mapping[str, str], secrets: Collection[str]
) -> str:
    usable = setup_values.has_credentials(provider, public_values, secrets)
    return (Status.CONFIGURED if usable else Status.DISCONNECTED).value


def forget_check(row: ConnectionRow) -> None:
    """What was found out about other credentials says nothing about the new ones."""
    row.validation_reason, row.validation_details = None, {}


def forget_account(row: ConnectionRow) -> None:
    """Whose the old credentials were says nothing about the new ones."""
    row.account_id = row.account_name = None


def _remove_secrets(session: Session, row: ConnectionRow) -> tuple[str, ...]:
    provider = catalogue.find(row.provider)
    kept: tuple[str, ...] = ()
    if provider is not None and provider.auth_type is AuthType.OAUTH2:
        kept = provider.secret_keys
    cleared = tokens.clear(session, row)
    rest = session.scalars(queries.secrets_of(row.uuid)).all()
    names = {secret.field for secret in rest} - {*kept, *cleared}
    return tuple(sorted({*cleared, *tokens.delete(session, rest, only=names)}))
