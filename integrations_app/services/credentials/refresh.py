"""Renewing access tokens: ahead of their end, once after a refusal, by one caller at a time.

Whoever needs a fresh token takes a lock in this process and one in PostgreSQL, reads the row
again, and asks the provider only if nobody else has meanwhile. What came of it is written only
over the very tokens it was asked with.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from integrations_app.domain import action
from integrations_app.domain.actor import AUTOMATIC, Actor, Origin
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from integrations_app.domain.event import EventKind, NoticeKind
from integrations_app.domain.provider import Provider
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import (
    ClientCredentialsNotConfigured,
    DatabaseUnavailable,
    Deleted,
    InvalidInput,
    NoRefreshToken,
    NotConfigured,
    NotFound,
    TokenRefreshFailed,
)
from integrations_app.providers.oauth import requests
from integrations_app.providers.oauth.responses import Refusal, Tokens
from integrations_app.services import observation
from integrations_app.services.changes import facts
from integrations_app.services.credentials import refresh_lock, secret_store, tokens
from integrations_app.services.credentials.decryption import DecryptedConnection, load_decrypted
from integrations_app.services.credentials.setup_values import ACCESS_TOKEN, REFRESH_TOKEN
from integrations_app.storage.tables import ConnectionRow

"""Action of the audit entry of a refresh that somebody asked for."""

_OF_RENEWALS = ("needs_reconnect", "unreachable", "credentials_rejected")
"""Reasons for a failed renewal; what else stands there was found by a check since."""

_STORE_AGAIN_AFTER_S = (0.2, 0.5, 1.0, 2.0, 4.0)
_UNREACHABLE_PAUSE = timedelta(seconds=30)
_REFUSED_PAUSE = timedelta(minutes=30)
_LONGEST_PAUSE = timedelta(hours=12)


def current(connection: DecryptedConnection, *, patient: bool = True) -> DecryptedConnection:
    """The same with a token that is valid as far as anyone knows, renewed if it is due.

    Args:
        connection: A connection that uses tokens.
        patient: Let a failed attempt's cool-down pass first.

    Raises:
        NoRefreshToken: The token has expired, and there is nothing to renew it with.
        TokenRefreshFailed: The token has expired, and the provider gives no other.
        Deleted: The connection was removed meanwhile.
    """
    if not is_due(connection):
        return connection
    if not connection.is_renewable:
        if connection.has_live_token:
            return connection
        raise NoRefreshToken(connection.uuid)
    try:
        return renewed(connection, actor=AUTOMATIC, patient=patient)
    except TokenRefreshFailed:
        if connection.has_live_token:
            return connection
        raise


def is_due(connection: DecryptedConnection) -> bool:
    """Return whether the token is missing, or it is time to renew it."""
    refresh_at = connection.token_refresh_at
    if ACCESS_TOKEN not in connection.secrets:
        return True
    return refresh_at is not None and datetime.now(UTC) >= refresh_at


def on_demand(uuid: object, *, actor: Actor) -> str:
    """Renew a connection's token, due or not and whatever failed before.

    Callers that ask at the same moment share one request to the provider.

    Returns:
        The new access token.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        NoRefreshToken: There is nothing to renew it with.
        TokenRefreshFailed: The provider gives no token.
    """
    parsed = parse_uuid(uuid)
    connection = load_decrypted(parsed)
    if connection is None:
        raise NotFound(parsed)
    if not connection.provider.uses_tokens:
        raise NoRefreshToken(parsed)
    try:
        return renewed(connection, actor=actor, patient=False).secrets[ACCESS_TOKEN]
    except Deleted:
        raise NotFound(parsed) from None
    except NotConfigured:
        raise NoRefreshToken(parsed) from None


def renewed(
    connection: DecryptedConnection, *, actor: Actor, patient: bool = True
) -> DecryptedConnection:
    """The connection with other tokens than these.

    Args:
        connection: The connection with the tokens that will not do.
        actor: Who asks.
        patient: Let a failed attempt's cool-down pass first.

    Raises:
        TokenRefreshFailed: The provider gives no token, or the last attempt failed just now.
        NoRefreshToken: There is nothing (any more) to renew it with.
        Deleted: The connection was removed meanwhile.
        NotConfigured: It was disconnected meanwhile.
    """
    if patient:
        _refuse_while_cooling(connection)
    with refresh_lock.hold(connection.uuid, provider=connection.provider.key):
        latest = load_decrypted(connection.uuid)
        if latest is None:
            raise Deleted(connection.uuid)
        if latest.status == Status.DISCONNECTED:
            raise NotConfigured(connection.uuid)
        if latest.token_revision != connection.token_revision and latest.has_live_token:
            return latest  # somebody else was faster
        if latest.token_retry_at != connection.token_retry_at:
            _refuse_while_cooling(latest)  # somebody else has just tried
        return _exchanged(latest, actor)


def _exchanged(connection: DecryptedConnection, actor: Actor) -> DecryptedConnection:
    asked_at = datetime.now(UTC)
    outcome = _ask(connection)
    reason = outcome.reason if isinstance(outcome, Refusal) else None
    observation.refreshed(connection.provider, reason)
    _settle_surely(connection, outcome, actor=actor, at=asked_at)
    latest = load_decrypted(connection.uuid)
    if latest is None:
        raise Deleted(connection.uuid)
    if isinstance(outcome, Refusal) and latest.token_revision == connection.token_revision:
        raise TokenRefreshFailed(connection.uuid, outcome.reason, outcome.details)
    if ACCESS_TOKEN not in latest.secrets:
        raise NotConfigured(connection.uuid)
    return latest


def _ask(connection: DecryptedConnection) -> Tokens | Refusal:
    provider, oauth = connection.provider, connection.provider.oauth
    if not provider.connects_account:
        return minted(provider, connection.values)
    if oauth is None or not connection.is_renewable:
        raise NoRefreshToken(connection.uuid)
    try:
        token = connection.secrets[REFRESH_TOKEN]
        token_request = requests.refresh(provider, oauth, connection.values, refresh_token=token)
    except InvalidInput:
        raise ClientCredentialsNotConfigured(connection.uuid) from None
    return tokens.ask(provider, connection.values, token_request)


def minted(provider: Provider, values: Mapping[str, str]) -> Tokens | Refusal:
    """A token for the client itself; nothing is stored.

    Args:
        provider: One of `AuthType.CLIENT_CREDENTIALS`.
        values: Setup values and secrets.

    Raises:
        ClientCredentialsNotConfigured: Client id or secret is missing, or cannot be sent.
    """
    if provider.oauth is None:
        raise ClientCredentialsNotConfigured(None)
    try:
        token_request = requests.mint(provider, provider.oauth, values)
    except InvalidInput:
        raise ClientCredentialsNotConfigured(None) from None
    outcome = tokens.ask(provider, values, token_request)
    return _of_client(outcome) if isinstance(outcome, Refusal) else outcome


def _of_client(refusal: Refusal) -> Refusal:
    """Return the refusal; without an account it is the client itself that was refused."""
    refused = refusal.reason is CheckReason.NEEDS_RECONNECT
    return replace(refusal, reason=CheckReason.CREDENTIALS_REJECTED) if refused else refusal


def _settle_surely(
    connection: DecryptedConnection, outcome: Tokens | Refusal, *, actor: Actor, at: datetime
) -> None:
    """Write what came of it; rotated tokens are nowhere else, so a lost database is waited for."""
    for pause_s in (*_STORE_AGAIN_AFTER_S, None):
        try:
            with secret_store.transaction() as session:
                _settle(session, connection, outcome, actor=actor, at=at)
        except DatabaseUnavailable:
            if pause_s is None:
                raise
            time.sleep(pause_s)
        else:
            return


def _settle(
    session: Session,
    connection: DecryptedConnection,
    outcome: Tokens | Refusal,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    row = session.get(ConnectionRow, connection.uuid, with_for_update=True)
    if row is None or row.token_revision != connection.token_revision:
        return  # removed, disconnected or connected anew: what was asked for is out of date
    if isinstance(outcome, Refusal):
        tokens.keep_refresh_token(session, row, outcome)
    if isinstance(outcome, Refusal) and row.credential_revision != connection.credential_revision:
        return  # it was not the present client that was refused
    before = (row.status, row.validation_reason, row.validation_details)
    asked_for = actor.origin is not Origin.SCHEDULE
    if isinstance(outcome, Refusal):
        _fail(row, outcome, at=at)
    else:
        _succeed(session, row, outcome, provider=connection.provider, at=at)
    session.flush()
    if (row.status, row.validation_reason, row.validation_details) == before:
        facts.notify(session, NoticeKind.TOKENS_RENEWED, row.uuid)
    else:
        facts.publish(session, EventKind.VALIDATED, row, at=at)
    if asked_for or row.status != before[0]:
        renewed = isinstance(outcome, Tokens)
        done = action.TOKEN_REFRESHED if renewed else action.OF_EVENTS[EventKind.VALIDATED]
        facts.audit(session, done, actor=actor, at=at, row=row)


def _succeed(
    session: Session, row: ConnectionRow, fresh: Tokens, *, provider: Provider, at: datetime
) -> None:
    recovers = row.token_failures > 0 and row.validation_reason in _OF_RENEWALS
    is_proof = not provider.connects_account and row.status == Status.CONFIGURED
    tokens.store(session, row, fresh, at=at)
    if recovers or is_proof:
        row.status = Status.CONNECTED.value
        row.validation_reason, row.validation_details = None, {}
    if is_proof:
        row.connected_at = at


def _fail(row: ConnectionRow, refusal: Refusal, *, at: datetime) -> None:
    row.token_failures += 1
    row.token_retry_at = at + _pause(row.token_failures, refusal)
    row.status, row.updated_at = Status.ERROR.value, at
    row.validation_reason = refusal.reason.value
    row.validation_details = dict(refusal.details)


def _pause(failures: int, refusal: Refusal) -> timedelta:
    may_work_soon = refusal.reason is CheckReason.UNREACHABLE
    first = _UNREACHABLE_PAUSE if may_work_soon else _REFUSED_PAUSE
    doubled = min(first * 2 ** min(failures - 1, 20), _LONGEST_PAUSE)
    wanted_pause = timedelta(seconds=refusal.details.get("retry_after_s", 0))
    return max(doubled, wanted_pause) * random.uniform(1.0, 1.2)  # noqa: S311 - spreads, hides nothing


def _refuse_while_cooling(connection: DecryptedConnection) -> None:
    if connection.token_retry_at is not None and datetime.now(UTC) < connection.token_retry_at:
        raise TokenRefreshFailed(connection.uuid, connection.reason or CheckReason.UNREACHABLE, {})
