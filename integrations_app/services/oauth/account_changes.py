"""Another account than the connection's: its tokens wait, sealed, for an admin's word."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from integrations_app.domain.actor import Actor
from integrations_app.domain.authorization import AccountChange, AccountChoice
from integrations_app.domain.check import Account
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import NotFound, NotSignedIn
from integrations_app.security import passwords
from integrations_app.services.credentials import grants
from integrations_app.services.credentials.grants import TokenGrant
from integrations_app.services.identity import sessions
from integrations_app.services.oauth import exchange
from integrations_app.storage.engine import database
from integrations_app.storage.tables import AccountChangeRow, ConnectionRow
from integrations_app.storage.within import Within

LIFETIME = timedelta(minutes=10)
_KEEP = {"read": True, "key_share": True}
"""Keeps a row from being removed until the transaction ends, and no more."""

_changes = AccountChangeRow.__table__


def propose(grant: TokenGrant, session_token: str) -> None:
    """Keep what was granted until the same browser's admin says what to do with it.

    A question that was there already is replaced, and what was granted for it revoked.

    If it cannot be stored, the provider is asked to forget it.

    Raises:
        NotSignedIn: The browser's session has ended meanwhile.
        NotFound: The connection was removed meanwhile.
    """
    try:
        before = _stored(grant, session_token)
    except (NotSignedIn, NotFound):
        grants.reject(grant)
        raise
    if before is not None:
        grants.reject(before)


def _stored(grant: TokenGrant, session_token: str) -> TokenGrant | None:
    """Store the question; returns what was granted for the one that it replaces, if any."""
    account = grant.account or Account()
    now = datetime.now(UTC)
    proposed = {
        "session_hash": passwords.token_hash(session_token),
        "account_id": account.id or "",
        "account_name": account.name,
        "sealed": grants.sealed(grant),
        "credential_revision": grant.credential_revision,
        "expires_at": now + LIFETIME,
    }
    question = insert(AccountChangeRow).values(connection_uuid=grant.uuid, **proposed)
    question = question.on_conflict_do_update(index_elements=["connection_uuid"], set_=proposed)
    with database().transaction() as session:
        sessions.hold(session, session_token)
        if session.get(ConnectionRow, grant.uuid, with_for_update=_KEEP) is None:
            raise NotFound(grant.uuid)
        before = _before(session, grant)
        session.execute(question)
    return before


def pending(uuid: object, session_token: str) -> AccountChange | None:
    """The question that stands for this browser; None if there is none.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    with database().transaction() as session:
        row = _standing(session, parse_uuid(uuid), session_token)
        if row is None:
            return None
        account = row.account_name or row.account_id
        return AccountChange(account_id=row.account_id, account=account, expires_at=row.expires_at)


def accept(uuid: object, session_token: str, *, account_id: str, actor: Actor) -> AccountChoice:
    """Let the other account take the place of the present one, to which access is revoked.

    Args:
        uuid: The connection's.
        session_token: Of the browser that was asked.
        account_id: The account that it was asked about; another one has to be asked about anew.
        actor: Who says so.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection, or this question does not stand any more.
        NotSignedIn: The browser's session has ended.
        TokenExchangeFailed: The connection's credentials were changed meanwhile.
    """
    parsed = parse_uuid(uuid)
    with database().transaction() as session:
        row = _taken(session, parsed, session_token, account_id)
        if row is None:
            raise NotFound(parsed)
        grant = grants.asked_by_now(grants.unsealed(row), reads=Within(session))
    stored_grant = exchange.store_grant(grant, actor=actor, session_token=session_token)
    return AccountChoice(revoked=stored_grant.revoked)


def discard(uuid: object, session_token: str, *, account_id: str) -> AccountChoice:
    """Keep the present account and revoke the access to the other; quiet if no question stands.

    Args:
        uuid: The connection's.
        session_token: Of the browser that was asked.
        account_id: The account that it was asked about.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: The question that stands is about another account.
    """
    with database().transaction() as session:
        row = _taken(session, parse_uuid(uuid), session_token, account_id)
    if row is None:
        return AccountChoice()
    return AccountChoice(revoked=_rejected(row))


def sweep() -> None:
    """Forget the questions that nobody can answer any more, and revoke what was granted for them.

    Their time has run out, or the session of whoever was asked has ended.

    Each is another transaction, which is over before the provider is asked.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    while (row := _unanswerable()) is not None:
        _rejected(row)


def _unanswerable() -> AccountChangeRow | None:
    """One question that no other process has taken, deleted; None if there is none."""
    is_over = sa.or_(_changes.c.expires_at <= datetime.now(UTC), _changes.c.session_hash.is_(None))
    over = sa.select(AccountChangeRow).where(is_over).limit(1)
    with database().transaction() as session:
        row = session.scalars(over.with_for_update(skip_locked=True)).one_or_none()
        if row is not None:
            session.delete(row)
    return row


def _taken(
    session: Session, uuid: UUID, session_token: str, account_id: str
) -> AccountChangeRow | None:
    """The question that stands for this browser, deleted; None if there is none.

    Raises:
        NotFound: It is about another account.
    """
    row = _standing(session, uuid, session_token)
    if row is None:
        return None
    if row.account_id != account_id:
        raise NotFound(uuid)
    session.delete(row)
    return row


def _rejected(row: AccountChangeRow) -> bool | None:
    """See `grants.reject`; what no key opens cannot be revoked."""
    try:
        return grants.reject(grants.unsealed(row))
    except NotFound:
        return False


def _before(session: Session, grant: TokenGrant) -> TokenGrant | None:
    """Return what was granted for the question that is replaced, if it is about a third account."""
    row = session.get(AccountChangeRow, grant.uuid, with_for_update=True)
    if row is None or (grant.account and grant.account.id == row.account_id):
        return None
    try:
        return grants.unsealed(row)
    except NotFound:
        return None


def _standing(session: Session, uuid: UUID, session_token: str) -> AccountChangeRow | None:
    row = session.get(AccountChangeRow, uuid, with_for_update=True)
    mine = passwords.token_hash(session_token)
    if row is None or row.session_hash != mine or row.expires_at <= datetime.now(UTC):
        return None
    return row
