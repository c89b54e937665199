"""Signing in and out; a browser keeps a random token, the database its hash."""

import logging
import threading
from collections.abc import Mapping, Set
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import Session

from integrations_app.domain import action
from integrations_app.domain.admin import Admin, AdminSession
from integrations_app.domain.event import NoticeKind
from integrations_app.errors import NotSignedIn, SignInRefused
from integrations_app.security import passwords
from integrations_app.services.changes import facts
from integrations_app.services.identity import known_browsers
from integrations_app.storage.engine import database
from integrations_app.storage.tables import AdminRow, SessionRow

logger = logging.getLogger(__name__)

LIFETIME = timedelta(hours=12)

_verifying = threading.BoundedSemaphore(4)
"""A password takes 64 MiB to verify; a crowd of attempts waits instead of filling memory."""

_KEEP = {"read": True, "key_share": True}
"""Keeps a row from being removed until the transaction ends, and no more."""

_admins = AdminRow.__table__
_sessions = SessionRow.__table__

_by_tokens = (
    sa.select(_sessions.c.token_hash, _admins.c.uuid, _admins.c.email, _sessions.c.expires_at)
    .join_from(_sessions, _admins, _admins.c.uuid == _sessions.c.admin_uuid)
    .where(
        _sessions.c.token_hash == sa.any_(sa.bindparam("token_hashes", type_=ARRAY(BYTEA))),
        _sessions.c.expires_at > sa.func.now(),
    )
)
_by_email = sa.select(_admins.c.uuid, _admins.c.email, _admins.c.password_hash).where(
    sa.func.lower(_admins.c.email) == sa.func.lower(sa.bindparam("email", type_=sa.Text))
)


def sign_in(
    email: str,
    password: str,
    client: str,
    *,
    browser_marker: str = "",
    request_id: str | None = None,
) -> tuple[Admin, str]:
    """Open a session for whoever knows the password.

    Refusals are counted in this process, by e-mail and by client, and forgotten once that e-mail
    or client signs in; see `throttling`.

    Args:
        email: Whatever was typed.
        password: Whatever was typed.
        client: Address that the request came from.
        browser_marker: What the browser keeps of an earlier sign-in, see `known_browsers`.
        request_id: Ties the audit entry to the request.

    Returns:
        The admin, and the token for their browser; only its hash is stored.

    Raises:
        SignInRefused: There is no such admin, or the password is another.
        TooManyAttempts: The password was not even looked at.
        DatabaseUnavailable: The database cannot be reached.
    """
    from integrations_app.services.identity import throttling  # noqa: PLC0415 - libraries lack `limits`

    email = email.strip()
    browser = known_browsers.browser_id(browser_marker, email)
    with throttling.attempt(email, client, browser=browser):
        admin = _verified(email, password, client)
        return admin, open_for(admin, request_id=request_id)


def open_for(admin: Admin, *, request_id: str | None = None) -> str:
    """Open a session of someone who has shown who they are; expired ones are swept out.

    Returns:
        The token for their browser; only its hash is stored.

    Raises:
        SignInRefused: The admin was removed meanwhile.
        DatabaseUnavailable: The database cannot be reached.
    """
    token = passwords.new_token()
    now = datetime.now(UTC)
    row = SessionRow(
        token_hash=passwords.token_hash(token),
        admin_uuid=admin.uuid,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    with database().transaction() as session:
        if session.get(AdminRow, admin.uuid, with_for_update=_KEEP) is None:
            raise SignInRefused
        sweep(session)
        session.add(row)
        facts.audit(session, action.SIGNED_IN, actor=admin.acting(request_id=request_id), at=now)
    return token


def find(token: str) -> AdminSession | None:
    """Return whose session this token belongs to; None if it ended, expired or never was.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    return find_all({token})[token]


def find_all(tokens: Set[str]) -> Mapping[str, AdminSession | None]:
    """The same for many at once.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    hashes = {token: passwords.token_hash(token) for token in tokens if token}
    if not hashes:
        return dict.fromkeys(tokens)
    rows = database().fetch(_by_tokens, {"token_hashes": list(hashes.values())})
    rows_by_hash = {bytes(row.token_hash): row for row in rows}
    return {token: _session(token, rows_by_hash.get(hashes.get(token, b""))) for token in tokens}


def hold(session: Session, token: str) -> None:
    """Keep a browser's session from ending before this transaction does.

    Raises:
        NotSignedIn: It has ended already.
    """
    row = session.get(SessionRow, passwords.token_hash(token), with_for_update=_KEEP)
    if row is None or row.expires_at <= datetime.now(UTC):
        raise NotSignedIn


def admin_of(token: str) -> Admin | None:
    """Return who is signed in with this token; None if nobody (any more).

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    session = find(token)
    return session.admin if session and isinstance(session.admin, Admin) else None


def required(token: str) -> Admin:
    """Return who is signed in with this token.

    Raises:
        NotSignedIn: Nobody (any more).
        DatabaseUnavailable: The database cannot be reached.
    """
    admin = admin_of(token)
    if admin is None:
        raise NotSignedIn
    return admin


def sign_out(token: str, *, request_id: str | None = None) -> None:
    """End a session, and with it the pages that are open in it; quiet if there is none.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    admin = admin_of(token)
    if admin is None:
        return
    ended = sa.delete(SessionRow).where(_sessions.c.token_hash == passwords.token_hash(token))
    with database().transaction() as session:
        if session.execute(ended.returning(_sessions.c.admin_uuid)).first() is None:
            return
        actor = admin.acting(request_id=request_id)
        facts.audit(session, action.SIGNED_OUT, actor=actor, at=datetime.now(UTC))
        facts.notify(session, NoticeKind.SESSION_ENDED)


def sweep(session: Session) -> None:
    """Forget the sessions that have run out, as part of a transaction."""
    session.execute(sa.delete(SessionRow).where(_sessions.c.expires_at <= datetime.now(UTC)))


def end_all_of(session: Session, admin_uuid: UUID) -> None:
    """End every session of an admin, as part of a transaction."""
    session.execute(sa.delete(SessionRow).where(_sessions.c.admin_uuid == admin_uuid))
    facts.notify(session, NoticeKind.SESSION_ENDED)


def _session(token: str, row: Row[Any] | None) -> AdminSession | None:
    if row is None:
        return None
    admin = Admin(uuid=row.uuid, email=row.email)
    return AdminSession(admin=admin, token=token, expires_at=row.expires_at)


def _verified(email: str, password: str, client: str) -> Admin:
    row = _known(email)
    stored = row.password_hash if row else None
    with _verifying:
        fits = passwords.verify(password[: passwords.MAX_LENGTH + 1], stored)
    if row is None or not fits:
        # What was typed as an e-mail may be a password, so it is not told.
        logger.warning("A sign-in from %s was refused.", client)
        raise SignInRefused
    return Admin(uuid=row.uuid, email=row.email)


def _known(email: str) -> Row[Any] | None:
    rows = database().fetch(_by_email, {"email": email}) if email.isprintable() else ()
    return rows[0] if rows else None
