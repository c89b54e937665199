"""Exchanging the code that people come back with, and storing what they granted."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from integrations_app.domain.actor import Actor
from integrations_app.domain.check import Account, CheckReason
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.event import EventKind
from integrations_app.domain.provider import OAuth
from integrations_app.errors import (
    ClientCredentialsNotConfigured,
    DatabaseUnavailable,
    IntegrationError,
    InvalidInput,
    NotFound,
    TokenExchangeFailed,
)
from integrations_app.providers.oauth import requests
from integrations_app.providers.oauth.responses import Refusal, Tokens
from integrations_app.services.changes import facts
from integrations_app.services.checking import asking
from integrations_app.services.connections import edit, lookup, next_check
from integrations_app.services.credentials import (
    grants,
    revocation,
    secret_store,
    setup_values,
    tokens,
)
from integrations_app.services.credentials.decryption import DecryptedConnection
from integrations_app.services.credentials.grants import TokenGrant
from integrations_app.services.identity import sessions
from integrations_app.services.oauth import consent
from integrations_app.storage.tables import ConnectionRow
from integrations_app.storage.within import Within

CHANGED_MEANWHILE = "changed_meanwhile"
"""`provider_code` of tokens that were asked for with credentials that are stored no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGrant:
    """A grant that is stored.

    Attributes:
        connection: As it is now.
        revoked: Whether the provider has confirmed that the access to the account that was
            connected before has ended; None if it was not asked.
    """

    connection: Connection
    revoked: bool | None


def exchange_code(
    uuid: object,
    code: str,
    redirect_uri: str,
    *,
    code_verifier: str | None = None,
    actor: Actor,
) -> Connection:
    """Turn a code into tokens, look up whose they are, and store them.

    See `request_grant` and `store_grant`.
    """
    grant = request_grant(uuid, code, redirect_uri, code_verifier=code_verifier)
    return store_grant(grant, actor=actor).connection


def request_grant(
    uuid: object,
    code: str,
    redirect_uri: str,
    *,
    code_verifier: str | None = None,
    expected_revision: int | None = None,
) -> TokenGrant:
    """Turn a code into tokens and look up whose they are; nothing is stored.

    Args:
        uuid: The connection's.
        code: As it came back.
        redirect_uri: Where it came back to.
        code_verifier: What the challenge was made of.
        expected_revision: The state of the credentials that the code was asked for with; a code
            is sent nowhere that was typed since.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        ClientCredentialsNotConfigured: Client id or secret is not saved.
        TokenExchangeFailed: The provider gives no tokens for this code.
        Undecryptable: No key at hand opens the client secret.
    """
    connection = consent.without_tokens(uuid)
    oauth = connection.provider.oauth
    if oauth is None or oauth.authorize_url is None:
        raise ClientCredentialsNotConfigured(connection.uuid)
    if not (code and code.isascii() and code.isprintable()):  # RFC 6749, appendix A.11
        raise TokenExchangeFailed(connection.uuid, CheckReason.NEEDS_RECONNECT, {})
    if expected_revision not in (None, connection.credential_revision):
        raise _changed_meanwhile(connection.uuid)
    asked_at = datetime.now(UTC)
    outcome = _exchanged(connection, oauth, code, redirect_uri, code_verifier)
    if isinstance(outcome, Refusal):
        raise TokenExchangeFailed(connection.uuid, outcome.reason, outcome.details)
    if outcome.scopes is None:  # says that it is what was asked for
        outcome = tokens.with_scopes(outcome, oauth.default_scopes)
    return TokenGrant(
        uuid=connection.uuid,
        tokens=outcome,
        account=_account(connection, outcome),
        credential_revision=connection.credential_revision,
        at=asked_at,
        asked_by=connection,
    )


def store_grant(
    grant: TokenGrant, *, actor: Actor, session_token: str | None = None
) -> StoredGrant:
    """Store what was granted; the connection is connected from then on.

    Then the provider is asked to end the access to an account that it replaces. If it cannot be
    stored, the provider is asked to forget it.

    Args:
        grant: What a code was exchanged for.
        actor: Who does it.
        session_token: Of the browser that came back; None for a program.

    Raises:
        NotSignedIn: The browser's session has ended meanwhile.
        NotFound: The connection was removed meanwhile.
        TokenExchangeFailed: Its credentials were changed meanwhile, or where they are sent.
    """
    try:
        return _stored(grant, actor, session_token)
    except DatabaseUnavailable:  # nobody can tell whether the tokens are stored now
        raise
    except IntegrationError:
        grants.reject(grant)
        raise


def _stored(grant: TokenGrant, actor: Actor, session_token: str | None) -> StoredGrant:
    with secret_store.transaction() as session:
        if session_token is not None:
            sessions.hold(session, session_token)
        row = edit.locked(session, grant.uuid)
        if row is None:
            raise NotFound(grant.uuid)
        if row.credential_revision != grant.credential_revision:
            raise _changed_meanwhile(grant.uuid)
        replaced = _replaced(session, row, grant.account)
        question = grants.standing(session, row.uuid)
        withdrawn = grants.withdraw(session, question, but_of=grant.account_id)
        tokens.clear(session, row)
        session.flush()
        tokens.store(session, row, grant.tokens, at=grant.at)
        _connected(row, grant.account)
        session.flush()
        facts.record(session, EventKind.CONNECTED, row, actor=actor, at=row.updated_at)
        connection = lookup.stored(session, row.uuid)
    if grant.account_id is not None:  # else it may be the same grant
        revocation.revoke_each(withdrawn)
    revoked = revocation.revoke(replaced) if replaced is not None else None
    return StoredGrant(connection=connection, revoked=revoked)


def _replaced(
    session: Session, row: ConnectionRow, account: Account | None
) -> DecryptedConnection | None:
    """The connection with the tokens of another account than this; None if it is not known so."""
    if account is None or None in (row.account_id, account.id) or row.account_id == account.id:
        return None
    return revocation.tokens_of(row.uuid, reads=Within(session))


def _changed_meanwhile(uuid: UUID) -> TokenExchangeFailed:
    details = {"provider_code": CHANGED_MEANWHILE}
    return TokenExchangeFailed(uuid, CheckReason.NEEDS_RECONNECT, details)


def _connected(row: ConnectionRow, account: Account | None) -> None:
    now = datetime.now(UTC)
    row.status = Status.CONNECTED.value
    row.connected_at = row.updated_at = now
    next_check.after_success(row, at=now)
    row.credential_revision += 1
    edit.forget_check(row)
    edit.forget_account(row)
    if account is not None:
        row.account_id, row.account_name = account.id, account.name
        row.last_validated_at = now


def _exchanged(
    connection: DecryptedConnection,
    oauth: OAuth,
    code: str,
    redirect_uri: str,
    code_verifier: str | None,
) -> Tokens | Refusal:
    try:
        token_request = requests.exchange(
            connection.provider,
            oauth,
            connection.values,
            code=code,
            redirect_uri=redirect_uri,
            code_verifier=code_verifier,
        )
    except InvalidInput:
        raise ClientCredentialsNotConfigured(connection.uuid) from None
    brought = [code, *([code_verifier] if code_verifier else [])]
    outcome = tokens.ask(connection.provider, connection.values, token_request, also_secret=brought)
    return tokens.completed(connection.provider, connection.values, outcome)


def _account(connection: DecryptedConnection, grant: Tokens) -> Account | None:
    """Return whose tokens these are; a failing look-up does not undo the connection."""
    values = {**connection.values, setup_values.ACCESS_TOKEN: grant.access_token}
    try:
        return asking.ask(connection.provider, values).account
    except InvalidInput:
        return None
