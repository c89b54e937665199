"""Admins: created on the command line, or once through the link of first start."""

import re
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from integrations_app.domain import action
from integrations_app.domain.actor import Actor
from integrations_app.domain.admin import Admin
from integrations_app.errors import EmailTaken, InvalidEmail, SetupTokenInvalid, WeakPassword
from integrations_app.security import passwords
from integrations_app.services.changes import facts
from integrations_app.services.identity import sessions
from integrations_app.storage.engine import database
from integrations_app.storage.tables import AdminRow, SetupTokenRow

_LOCK_ID = 0x61646D6E  # "admn": the first admin is made once, however many ask at once
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")

_admins = AdminRow.__table__
_tokens = SetupTokenRow.__table__


def create(email: str, password: str, actor: Actor) -> Admin:
    """Let someone sign in.

    Raises:
        InvalidEmail: Not an e-mail address.
        WeakPassword: The password is too short or too long.
        EmailTaken: There is an admin with this address, in whatever case.
        DatabaseUnavailable: The database cannot be reached.
    """
    admin = _checked(email, password)
    with database().transaction() as session:
        _lock(session)
        _add(session, admin, password, actor)
    return admin


def create_first(token: str, email: str, password: str, *, request_id: str | None = None) -> Admin:
    """Let the holder of the one-time link in; the link ends with it.

    Args:
        token: What the link carried.
        email: What they will sign in with.
        password: What they will sign in with.
        request_id: Ties the audit entry to the request.

    Raises:
        SetupTokenInvalid: The link was used or replaced, or there is an admin already.
        InvalidEmail: Not an e-mail address.
        WeakPassword: The password is too short or too long.
        DatabaseUnavailable: The database cannot be reached.
    """
    used = sa.delete(SetupTokenRow).where(_tokens.c.token_hash == passwords.token_hash(token))
    with database().transaction() as session:
        _lock(session)
        token_row = session.execute(used.returning(_tokens.c.token_hash)).first()
        if token_row is None or _any(session):
            raise SetupTokenInvalid
        admin = _checked(email, password)
        _add(session, admin, password, admin.acting(request_id=request_id))
    return admin


def accepts(token: str) -> bool:
    """Check whether the one-time link with this token still lets the first admin in.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    is_known = sa.exists().where(_tokens.c.token_hash == passwords.token_hash(token))
    with database().transaction() as session:
        return bool(session.scalar(sa.select(is_known))) and not _any(session)


def remove(uuid: UUID, actor: Actor) -> bool:
    """Lock an admin out, open pages included.

    Returns:
        Whether there was such an admin.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    with database().transaction() as session:
        row = session.get(AdminRow, uuid, with_for_update=True)
        if row is None:
            return False
        sessions.end_all_of(session, uuid)
        session.delete(row)
        now = datetime.now(UTC)
        facts.audit(session, action.ADMIN_REMOVED, actor=actor, at=now, name=row.email)
    return True


def setup_token() -> str | None:
    """A fresh one-time token for the first admin; every older one ends.

    Returns:
        The token, of which only the hash is stored; None once there is an admin.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    with database().transaction() as session:
        _lock(session)
        if _any(session):
            return None
        token = passwords.new_token()
        session.execute(sa.delete(SetupTokenRow))
        session.add(SetupTokenRow(token_hash=passwords.token_hash(token)))
    return token


def _checked(email: str, password: str) -> Admin:
    email = email.strip()
    if not _EMAIL.fullmatch(email) or not email.isprintable():
        raise InvalidEmail
    if not passwords.MIN_LENGTH <= len(password) <= passwords.MAX_LENGTH:
        raise WeakPassword(min_length=passwords.MIN_LENGTH, max_length=passwords.MAX_LENGTH)
    return Admin(uuid=uuid7(), email=email)


def _lock(session: Session) -> None:
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})


def _any(session: Session) -> bool:
    return bool(session.scalar(sa.select(sa.exists(sa.select(_admins.c.uuid)))))


def _add(session: Session, admin: Admin, password: str, actor: Actor) -> None:
    now = datetime.now(UTC)
    digest = passwords.hashed(password)
    session.add(AdminRow(uuid=admin.uuid, email=admin.email, password_hash=digest, created_at=now))
    try:
        session.flush()
    except IntegrityError as error:
        if "uq_integration_admins_email" in str(error.orig):
            raise EmailTaken(admin.email) from None
        raise
    session.execute(sa.delete(SetupTokenRow))  # the link was for the first one
    facts.audit(session, action.ADMIN_ADDED, actor=actor, at=now, name=admin.email)
