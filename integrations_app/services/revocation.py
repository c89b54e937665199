"""Making tokens worthless at their provider, as far as it goes along."""

import logging
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from integrations_app.domain.provider import Provider
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.providers import hosts
from integrations_app.providers.oauth import requests
from integrations_app.providers.oauth.answers import Tokens
from integrations_app.providers.rules import TOKEN_KEYS
from integrations_app.security import egress
from integrations_app.services.opening import Opened, opened
from integrations_app.services.references import parse_uuid
from integrations_app.services.setup import ACCESS_TOKEN, REFRESH_TOKEN
from integrations_app.storage import queries
from integrations_app.storage.engine import database

logger = logging.getLogger(__name__)

_DEADLINE_S = 5.0


def tokens_of(uuid: object) -> Opened | None:
    """What has to be known to revoke a connection's tokens once they are no longer stored.

    Returns:
        None if there is nothing to revoke, nowhere to do it, or no key that opens it; or if
        another connection lives by the same grant, which revoking would end, too.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        DatabaseUnavailable: The database cannot be reached.
    """
    parsed = parse_uuid(uuid)
    found = _revocable(parsed)
    if found is None or ACCESS_TOKEN not in found.secrets:
        return None
    shares = database().fetch(queries.shares_grant, {"uuid": parsed})
    return None if shares else found


def reject(uuid: UUID, tokens: Tokens, *, account_id: str | None, revision: int) -> bool | None:
    """Revoke tokens that were granted for a connection and that it does not keep.

    Args:
        uuid: The connection.
        tokens: What was granted.
        account_id: Whose they are.
        revision: Its `credential_revision` when they were asked for; to a place that was typed
            since they are not sent.

    Returns:
        As `revoke`; None as well if a connection lives by the same grant.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    found = _with_grant(uuid, tokens, account_id)
    if found is None:
        return None
    return revoke(found) if found.credential_revision == revision else False


def tokens_of_grant(
    uuid: UUID, tokens: Tokens, *, account_id: str | None, revision: int
) -> Opened | None:
    """What has to be known to do the same once the connection has changed or is gone.

    Returns:
        None if there is nothing to revoke, or nowhere to do it; see `reject` for the rest.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    found = _with_grant(uuid, tokens, account_id)
    return found if found is not None and found.credential_revision == revision else None


def _with_grant(uuid: UUID, tokens: Tokens, account_id: str | None) -> Opened | None:
    """The connection with these tokens; None if one lives by them, or nobody takes them back."""
    found = _revocable(uuid, without=TOKEN_KEYS)
    if found is None:
        return None
    lives = queries.lives_by_grant
    if account_id and database().fetch(lives, {"uuid": uuid, "account_id": account_id}):
        return None
    granted = {ACCESS_TOKEN: tokens.access_token, REFRESH_TOKEN: tokens.refresh_token}
    given = {key: token for key, token in granted.items() if token is not None}
    return replace(found, secrets={**found.secrets, **given})


def revoke(found: Opened) -> bool | None:
    """Ask the provider to forget the tokens; whatever it answers, the caller goes on.

    Returns:
        Whether it has confirmed that; None if there was nothing to ask.
    """
    provider, oauth = found.provider, found.provider.oauth
    hint = REFRESH_TOKEN if REFRESH_TOKEN in found.secrets else ACCESS_TOKEN
    if oauth is None:
        return None
    try:
        token = found.secrets[hint]
        sent = requests.revoke(provider, oauth, found.values, token=token, hint=hint)
        if sent is None:
            return None
        answer = egress.send(
            "POST",
            sent.url,
            headers=sent.headers,
            body=sent.body,
            allowed=lambda host: hosts.allowed(provider, found.opened, host),
            deadline_s=_DEADLINE_S,
        )
    except (egress.EgressFailed, IntegrationError) as error:
        logger.warning(
            "%s did not revoke the tokens of connection %s: %s",
            provider.title,
            found.uuid,
            type(error).__name__,
        )
        return False
    if answer.status >= 400:  # noqa: PLR2004 - HTTP's errors
        logger.warning(
            "%s did not revoke the tokens of connection %s: HTTP %s",
            provider.title,
            found.uuid,
            answer.status,
        )
        return False
    return True


def revoke_each(*unwanted: Opened | None) -> None:
    """Do the same for several, of which there may be none; how it ends is in the log."""
    for found in unwanted:
        if found is not None:
            revoke(found)


def _revocable(uuid: UUID, *, without: Collection[str] = ()) -> Opened | None:
    """The connection, if it can be opened and its provider has a place to revoke tokens."""
    try:
        found = opened(uuid, without=without)
    except DatabaseUnavailable:
        raise
    except IntegrationError:
        return None
    return found if found is not None and _is_revocable(found.provider) else None


def _is_revocable(provider: Provider) -> bool:
    return provider.oauth is not None and provider.oauth.revoke_url is not None
