"""Tokens of a connection: asked for, stored sealed with how long they last, cleared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from integrations_app.domain.check import CheckReason
from integrations_app.domain.provider import Provider
from integrations_app.providers import hosts
from integrations_app.providers.checks import judgement
from integrations_app.providers.oauth import requests, responses
from integrations_app.providers.oauth.requests import TokenRequest
from integrations_app.providers.oauth.responses import Refusal, Tokens
from integrations_app.providers.rules import TOKEN_KEYS
from integrations_app.security import egress
from integrations_app.services import observation
from integrations_app.services.credentials import secret_store
from integrations_app.services.credentials.setup_values import ACCESS_TOKEN, REFRESH_TOKEN
from integrations_app.storage import queries
from integrations_app.storage.tables import ConnectionRow, SecretRow

AHEAD = timedelta(minutes=15)
"""Tokens are renewed this long before they end, or half their life if that is shorter."""

_SOONEST = timedelta(seconds=1)
"""However short-lived: tokens that are due as they come would be renewed without end."""


def ask(
    provider: Provider,
    values: Mapping[str, str],
    token_request: TokenRequest,
    *,
    also_secret: Sequence[str] = (),
) -> Tokens | Refusal:
    """Send a request to the token endpoint, and read the answer.

    Args:
        provider: Whose endpoint it is.
        values: Setup values and secrets that the request was made of.
        token_request: The request.
        also_secret: What of the request is neither stored nor to be told.

    Raises:
        DestinationNotAllowed: The endpoint is on a host that the provider does not declare.
    """
    try:
        with observation.request_to(provider):
            answer = egress.send(
                "POST",
                token_request.url,
                headers=token_request.headers,
                body=token_request.body,
                allowed=lambda host: hosts.allowed(provider, values, host),
            )
    except egress.EgressFailed as error:
        _reason, details = judgement.of_failure(error)
        return Refusal(reason=CheckReason.UNREACHABLE, details=details)
    return responses.read(answer, secrets=[*secrets_of(provider, values), *also_secret])


def completed(
    provider: Provider, values: Mapping[str, str], outcome: Tokens | Refusal
) -> Tokens | Refusal:
    """The same outcome, or what a refresh token that came without an access token is traded for."""
    if isinstance(outcome, Tokens) or outcome.refresh_token is None or provider.oauth is None:
        return outcome
    came = outcome.refresh_token
    token_request = requests.refresh(provider, provider.oauth, values, refresh_token=came)
    traded = ask(provider, values, token_request, also_secret=[came])
    if isinstance(traded, Tokens) and traded.refresh_token is None:
        return replace(traded, refresh_token=came)
    return traded


def secrets_of(provider: Provider, values: Mapping[str, str]) -> list[str]:
    """Return what of the values nobody may see."""
    return [values[key] for key in (*provider.secret_keys, *TOKEN_KEYS) if key in values]


def store(session: Session, row: ConnectionRow, tokens: Tokens, *, at: datetime) -> None:
    """Keep fresh tokens, as part of a transaction that has locked the row.

    A refresh token and scopes that the answer does not mention stay as they are.

    Args:
        session: The transaction.
        row: The connection.
        tokens: What the provider gave.
        at: When it was asked, from which on the tokens live.
    """
    secret_store.store(session, row.uuid, ACCESS_TOKEN, tokens.access_token)
    keep_refresh_token(session, row, tokens)
    if tokens.scopes is not None:
        row.scopes = list(tokens.scopes)
    row.token_revision += 1
    row.token_expires_at = row.token_refresh_at = None
    if tokens.lifetime_s is not None:
        life = timedelta(seconds=tokens.lifetime_s)
        row.token_expires_at = at + life
        row.token_refresh_at = at + max(life - min(AHEAD, life / 2), _SOONEST)
    forget_failures(row)
    row.updated_at = at


def keep_refresh_token(session: Session, row: ConnectionRow, outcome: Tokens | Refusal) -> None:
    """Store a refresh token that came, be it without an access token: it may have replaced all."""
    if outcome.refresh_token is not None:
        secret_store.store(session, row.uuid, REFRESH_TOKEN, outcome.refresh_token)


def clear(session: Session, row: ConnectionRow) -> tuple[str, ...]:
    """Delete the tokens, as part of a transaction that has locked the row.

    Returns:
        Names of what was there.
    """
    forget_failures(row)
    row.token_revision += 1  # even without any: one that is on its way comes too late
    row.token_expires_at = row.token_refresh_at = None
    row.scopes = []
    return delete(session, session.scalars(queries.secrets_of(row.uuid)), only=TOKEN_KEYS)


def delete(session: Session, rows: Iterable[SecretRow], *, only: Iterable[str]) -> tuple[str, ...]:
    """Delete secrets of these names; gives those that were there."""
    chosen = set(only)
    secrets = [secret for secret in rows if secret.field in chosen]
    for secret in secrets:
        session.delete(secret)
    return tuple(sorted(secret.field for secret in secrets))


def forget_failures(row: ConnectionRow) -> None:
    """The next renewal is tried as if none had failed."""
    row.token_failures, row.token_retry_at, row.token_claimed_until = 0, None, None


def with_scopes(tokens: Tokens, scopes: Sequence[str]) -> Tokens:
    """The same tokens, known to have been granted these scopes."""
    return replace(tokens, scopes=tuple(scopes))
