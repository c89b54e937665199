"""Disconnecting and removing connections; each is one transaction that tells its facts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from integrations_app.domain.actor import Actor
from integrations_app.domain.connection import Disconnection, Status
from integrations_app.domain.event import EventKind
from integrations_app.domain.provider import AuthType
from integrations_app.domain.references import parse_uuid
from integrations_app.domain.usage import Usage, fingerprint
from integrations_app.errors import InUse, UsagesChanged
from integrations_app.providers.rules import TOKEN_KEYS
from integrations_app.services import catalogue
from integrations_app.services.changes import facts
from integrations_app.services.connections import edit, usage
from integrations_app.services.connections.usage import Users
from integrations_app.services.credentials import grants, revocation, tokens
from integrations_app.services.credentials.decryption import DecryptedConnection
from integrations_app.storage import queries
from integrations_app.storage.engine import database
from integrations_app.storage.tables import ConnectionRow
from integrations_app.storage.within import Within


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
        row = edit.locked(session, parsed)
        if row is None:
            return Disconnection(changed=False)
        edit.refuse_stale(session, row, expected_version)
        question = grants.standing(session, parsed)
        # A renewal that was under way is over now.
        revocable = revocation.tokens_of(parsed, reads=Within(session))
        removed = _remove_secrets(session, row)
        if not removed and row.status == Status.DISCONNECTED:
            return Disconnection(changed=False)
        withdrawn = grants.withdraw(session, question)
        edit.forget_check(row)
        edit.forget_account(row)
        row.status, row.updated_at = Status.DISCONNECTED.value, now
        row.credential_revision += 1
        if set(removed) - TOKEN_KEYS:  # tokens are no setup values
            row.version += 1
        session.flush()
        facts.record(session, EventKind.DISCONNECTED, row, actor=actor, at=now, fields=removed)
    revocation.revoke_each(withdrawn)
    revoked = revocation.revoke(revocable) if revocable is not None else None
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
        edit.refuse_stale(session, row, expected_version)
        blocking = [used for used in users.usages if used.blocking]
        if blocking:
            raise InUse(blocking)
        refuse_unseen(users.usages, seen_usages)
        return delete(session, row, actor=actor)

    unwanted = usage.with_users(parsed, lambda session: edit.locked(session, parsed), deleted)
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
    revocable = revocation.tokens_of(row.uuid, reads=Within(session))
    withdrawn = grants.withdraw(session, grants.standing(session, row.uuid))
    session.delete(row)
    session.flush()
    at = datetime.now(UTC)
    facts.record(session, EventKind.CONNECTION_REMOVED, row, actor=actor, at=at)
    return revocable, withdrawn


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


def _remove_secrets(session: Session, row: ConnectionRow) -> tuple[str, ...]:
    provider = catalogue.find(row.provider)
    kept_keys: tuple[str, ...] = ()
    if provider is not None and provider.auth_type is AuthType.OAUTH2:
        kept_keys = provider.secret_keys
    cleared = tokens.clear(session, row)
    rest = session.scalars(queries.secrets_of(row.uuid)).all()
    names = {secret.field for secret in rest} - {*kept_keys, *cleared}
    return tuple(sorted({*cleared, *tokens.delete(session, rest, only=names)}))
