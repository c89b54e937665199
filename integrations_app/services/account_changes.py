"""Another account than the connection's: its tokens wait, sealed, for an admin's word."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from integrations_app.domain.actor import Actor
from integrations_app.domain.authorization import AccountChange, AccountChoice
from integrations_app.domain.check import Account
from integrations_app.errors import NotFound
from integrations_app.providers.oauth.answers import Tokens
from integrations_app.security import passwords
from integrations_app.security.vault import CannotOpen
from integrations_app.services import oauth, sessions
from integrations_app.services.keyring import opening_ring, sealing_ring
from integrations_app.services.oauth import Granted
from integrations_app.services.references import parse_uuid
from integrations_app.storage.engine import database
from integrations_app.storage.tables import AccountChangeRow, ConnectionRow

LIFETIME = timedelta(minutes=10)
_SEALED = "account_change"
_KEEP = {"read": True, "key_share": True}
"""Keeps a row from being removed until the transaction ends, and no more."""

_changes = AccountChangeRow.__table__  # pyright: ignore[reportAttributeAccessIssue]


def propose(granted: Granted, session_token: str) -> None:
    """Keep what was granted until the same browser's admin says what to do with it.

    A question that was there already is replaced, and what was granted for it revoked.

    Raises:
        NotSignedIn: The browser's session has ended meanwhile.
        NotFound: The connection was removed meanwhile.
    """
    account = granted.account or Account()
    now = datetime.now(UTC)
    proposed = {
        "session_hash": passwords.token_hash(session_token),
        "account_id": account.id or "",
        "account_name": account.name,
        "sealed": sealing_ring().seal(_packed(granted), uuid=granted.uuid, field=_SEALED),
        "credential_revision": granted.credential_revision,
        "expires_at": now + LIFETIME,
    }
    asked = insert(AccountChangeRow).values(connection_uuid=granted.uuid, **proposed)
    asked = asked.on_conflict_do_update(index_elements=["connection_uuid"], set_=proposed)
    with database().transaction() as session:
        sessions.hold(session, session_token)
        if session.get(ConnectionRow, granted.uuid, with_for_update=_KEEP) is None:
            raise NotFound(granted.uuid)
        before = _before(session, granted)
        session.execute(sa.delete(AccountChangeRow).where(_changes.c.expires_at <= now))
        session.execute(asked)
    if before is not None:
        oauth.reject(before)


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
    granted = _taken(parse_uuid(uuid), session_token, account_id)
    kept = oauth.keep(granted, actor=actor, session_token=session_token)
    return AccountChoice(revoked=kept.revoked)


def discard(uuid: object, session_token: str) -> AccountChoice:
    """Keep the present account and revoke the access to the other; quiet if no question stands.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    with database().transaction() as session:
        row = _standing(session, parse_uuid(uuid), session_token)
        if row is None:
            return AccountChoice()
        session.delete(row)
    try:
        granted = _unpacked(row)
    except NotFound:
        return AccountChoice(revoked=False)
    return AccountChoice(revoked=oauth.reject(granted))


def _taken(uuid: UUID, session_token: str, account_id: str) -> Granted:
    with database().transaction() as session:
        row = _standing(session, uuid, session_token)
        if row is None or row.account_id != account_id:
            raise NotFound(uuid)
        session.delete(row)
    return _unpacked(row)


def _before(session: Session, granted: Granted) -> Granted | None:
    """What was granted for the question that is replaced, if it is about a third account."""
    row = session.get(AccountChangeRow, granted.uuid, with_for_update=True)
    if row is None or (granted.account and granted.account.id == row.account_id):
        return None
    try:
        return _unpacked(row)
    except NotFound:
        return None


def _standing(session: Session, uuid: UUID, session_token: str) -> AccountChangeRow | None:
    row = session.get(AccountChangeRow, uuid, with_for_update=True)
    mine = passwords.token_hash(session_token)
    if row is None or row.session_hash != mine or row.expires_at <= datetime.now(UTC):
        return None
    return row


def _packed(granted: Granted) -> str:
    tokens = granted.tokens
    return json.dumps(
        {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "lifetime_s": tokens.lifetime_s,
            "scopes": list(tokens.scopes or ()),
            "at": granted.at.isoformat(),
        }
    )


def _unpacked(row: AccountChangeRow) -> Granted:
    uuid = row.connection_uuid
    try:
        packed = json.loads(opening_ring().open(row.sealed, uuid=uuid, field=_SEALED))
    except CannotOpen:
        raise NotFound(uuid) from None
    return Granted(
        uuid=uuid,
        tokens=Tokens(
            access_token=packed["access_token"],
            refresh_token=packed["refresh_token"],
            lifetime_s=packed["lifetime_s"],
            scopes=tuple(packed["scopes"]),
        ),
        account=Account(id=row.account_id or None, name=row.account_name),
        credential_revision=row.credential_revision,
        at=datetime.fromisoformat(packed["at"]),
    )
