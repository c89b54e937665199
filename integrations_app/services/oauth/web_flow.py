"""The web flow: an admin's browser goes to the provider and comes back, once, in time.

Between the two only a row knows of it: the hash of the state, the browser's session, the
connection, and the PKCE verifier, sealed. A state that is used, late, unknown or another
session's ends the way without asking the provider for anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from authlib.common.security import generate_token
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from integrations_app import routes, settings
from integrations_app.domain.actor import Actor
from integrations_app.domain.authorization import Outcome, Return
from integrations_app.domain.check import CheckReason
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import (
    ClientCredentialsNotConfigured,
    NotFound,
    NotSignedIn,
    StateMismatch,
    TokenExchangeFailed,
    Undecryptable,
)
from integrations_app.security import egress, passwords
from integrations_app.security.process_keys import opening_ring
from integrations_app.security.vault import CannotOpen
from integrations_app.services.connections import lookup
from integrations_app.services.credentials import grants
from integrations_app.services.credentials.key_ring import sealing_ring
from integrations_app.services.oauth import account_changes, consent, exchange
from integrations_app.storage.engine import database
from integrations_app.storage.tables import AuthorizationRow

LIFETIME = timedelta(minutes=10)
_REMEMBERED = timedelta(days=1)
"""So long a used or late state still tells which connection it was about."""

_VERIFIER = "code_verifier"
_VERIFIER_LENGTH = 64
_CANCELLED = "access_denied"

_authorizations = AuthorizationRow.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class _Began:
    uuid: UUID
    revision: int
    verifier: str | None = field(repr=False)


class _Lost(StateMismatch):
    """A state that leads nowhere; `uuid` is the connection it was probably about."""

    def __init__(self, uuid: UUID | None) -> None:
        super().__init__()
        self.uuid = uuid


def redirect_uri() -> str:
    """Return where every provider sends browsers back to; the same for all connections."""
    return settings.load().url + routes.OAUTH_CALLBACK


def begin(uuid: object, session_token: str) -> str:
    """Begin to connect an account; leaves neither event nor audit entry.

    Args:
        uuid: The connection's.
        session_token: Of the browser that is about to leave.

    Returns:
        Where to send it.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        NotSignedIn: The session has ended.
        ClientIdNotConfigured: The client id is not saved.
        ClientCredentialsNotConfigured: The client secret is not saved.
    """
    parsed = parse_uuid(uuid)
    connection = consent.ready(parsed)
    state = passwords.new_token()
    verifier = generate_token(_VERIFIER_LENGTH)
    url = consent.address(connection, redirect_uri(), state=state, code_verifier=verifier)
    now = datetime.now(UTC)
    row = AuthorizationRow(
        state_hash=passwords.token_hash(state),
        connection_uuid=parsed,
        session_hash=passwords.token_hash(session_token),
        sealed_verifier=sealing_ring().seal(verifier, uuid=parsed, field=_VERIFIER),
        credential_revision=connection.credential_revision,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    try:
        with database().transaction() as session:
            _sweep(session, now)
            session.add(row)
    except IntegrityError as error:  # the session or the connection went away this moment
        raise (NotSignedIn() if "session" in str(error.orig) else NotFound(parsed)) from None
    return url


def complete(params: Mapping[str, str], session_token: str, *, actor: Actor) -> Return:
    """End the way back from a provider, and connect the account if all is well.

    Args:
        params: What the browser brought: `state`, and `code` or `error`.
        session_token: Of the browser.
        actor: Whose browser it is.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    try:
        began = _consumed(params.get("state", ""), session_token)
    except _Lost as lost:
        return Return(outcome=Outcome.STATE_MISMATCH, uuid=lost.uuid)
    code = params.get("code", "")
    if not code or "error" in params:
        cancelled = params.get("error") == _CANCELLED
        outcome = Outcome.CANCELLED if cancelled else Outcome.REFUSED
        return Return(outcome=outcome, uuid=began.uuid)
    return Return(outcome=_connected(began, code, session_token, actor), uuid=began.uuid)


def _connected(began: _Began, code: str, session_token: str, actor: Actor) -> Outcome:
    try:
        grant = exchange.request_grant(
            began.uuid,
            code,
            redirect_uri(),
            code_verifier=began.verifier,
            expected_revision=began.revision,
        )
        return _settled(grant, session_token, actor)
    except (ClientCredentialsNotConfigured, Undecryptable):
        return Outcome.CLIENT_REFUSED
    except TokenExchangeFailed as error:
        return _of_failure(error)
    except NotFound:
        return Outcome.CHANGED_MEANWHILE


def _settled(grant: grants.TokenGrant, session_token: str, actor: Actor) -> Outcome:
    try:
        if _is_of_another(grant):
            account_changes.propose(grant, session_token)
            return Outcome.OTHER_ACCOUNT
        exchange.store_grant(grant, actor=actor, session_token=session_token)
    except NotSignedIn:  # signed out, or removed, while the provider was asked
        return Outcome.STATE_MISMATCH
    return Outcome.CONNECTED


def _is_of_another(grant: grants.TokenGrant) -> bool:
    """Return whether it is known to be another account than the one that is connected."""
    try:
        account_id = lookup.by_uuid(grant.uuid).account_id
    except NotFound:  # as whoever stores it will find
        return False
    return bool(account_id) and grant.account_id not in (None, account_id)


def _of_failure(error: TokenExchangeFailed) -> Outcome:
    code = error.details.get("provider_code")
    if code in (egress.TlsFailed.code, egress.CertificateRejected.code):
        return Outcome.UNTRUSTED
    if error.reason is CheckReason.UNREACHABLE:
        return Outcome.UNREACHABLE
    if code == exchange.CHANGED_MEANWHILE:
        return Outcome.CHANGED_MEANWHILE
    if code in ("invalid_client", "unauthorized_client"):
        return Outcome.CLIENT_REFUSED
    return Outcome.EXCHANGE_REFUSED


def _consumed(state: str, session_token: str) -> _Began:
    """Return what was begun with this state, which is worth nothing from now on.

    Raises:
        _Lost: Missing, unknown, used, late, or begun in another session.
    """
    now = datetime.now(UTC)
    mine = passwords.token_hash(session_token)
    with database().transaction() as session:
        row = session.get(AuthorizationRow, passwords.token_hash(state), with_for_update=True)
        if row is None:
            raise _Lost(_latest_of(session, mine))
        if row.session_hash != mine or row.used_at is not None or row.expires_at <= now:
            raise _Lost(row.connection_uuid)
        row.used_at = now
    return _Began(
        uuid=row.connection_uuid, revision=row.credential_revision, verifier=_verifier(row)
    )


def _verifier(row: AuthorizationRow) -> str | None:
    if row.sealed_verifier is None:
        return None
    try:
        return opening_ring().open(row.sealed_verifier, uuid=row.connection_uuid, field=_VERIFIER)
    except CannotOpen:
        raise _Lost(row.connection_uuid) from None


def _latest_of(session: Session, session_hash: bytes) -> UUID | None:
    """The connection that this browser last left for a provider with."""
    latest = (
        sa.select(_authorizations.c.connection_uuid)
        .where(_authorizations.c.session_hash == session_hash)
        .order_by(_authorizations.c.created_at.desc())
        .limit(1)
    )
    return session.execute(latest).scalar()


def _sweep(session: Session, now: datetime) -> None:
    session.execute(
        sa.delete(AuthorizationRow).where(_authorizations.c.created_at < now - _REMEMBERED)
    )
