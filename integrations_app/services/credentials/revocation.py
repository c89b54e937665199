"""Making tokens worthless at their provider, as far as it goes along."""

import logging
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from integrations_app.domain.provider import Provider
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.providers.oauth import CLIENT_ID, requests
from integrations_app.providers.oauth.responses import Tokens
from integrations_app.providers.rules import TOKEN_KEYS
from integrations_app.security import egress
from integrations_app.services.credentials.decryption import DecryptedConnection, load_decrypted
from integrations_app.services.credentials.setup_values import ACCESS_TOKEN, REFRESH_TOKEN
from integrations_app.storage import queries
from integrations_app.storage.engine import database
from integrations_app.storage.within import Reads

logger = logging.getLogger(__name__)

_DEADLINE_S = 5.0


def revocable(
    uuid: UUID, *, without: Collection[str] = (), reads: Reads | None = None
) -> DecryptedConnection | None:
    """Return the connection, if it opens and its provider has a place to revoke tokens.

    Args:
        uuid: The connection's.
        without: Secrets to leave closed.
        reads: A transaction to read in; None for none.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    try:
        connection = load_decrypted(uuid, without=without, reads=reads)
    except DatabaseUnavailable:
        raise
    except IntegrationError:
        return None
    return connection if connection is not None and _is_revocable(connection.provider) else None


def tokens_of(uuid: UUID, *, reads: Reads) -> DecryptedConnection | None:
    """Return what has to be known to revoke a connection's tokens once they are no longer stored.

    Args:
        uuid: The connection's.
        reads: The transaction that has locked it, and not changed it yet.

    Returns:
        None if there is nothing to revoke, nowhere to do it, or no key that opens it; or if
        another connection lives by the same grant, which revoking would end, too.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    connection = revocable(uuid, reads=reads)
    if connection is None or ACCESS_TOKEN not in connection.secrets:
        return None
    shares = reads.fetch(queries.shares_grant, {"uuid": uuid})
    return None if shares else connection


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
    connection = _with_grant(uuid, tokens, account_id, None)
    if connection is None:
        return None
    return revoke(connection) if connection.credential_revision == revision else False


def tokens_of_grant(
    uuid: UUID,
    tokens: Tokens,
    *,
    account_id: str | None,
    revision: int,
    reads: Reads | None = None,
) -> DecryptedConnection | None:
    """Return what has to be known to do the same once the connection has changed or is gone.

    Args:
        uuid: The connection.
        tokens: What was granted.
        account_id: Whose they are.
        revision: As `reject` takes it.
        reads: A transaction to read in; None for none.

    Returns:
        None if there is nothing to revoke, or nowhere to do it; see `reject` for the rest.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    connection = _with_grant(uuid, tokens, account_id, reads)
    return (
        connection
        if connection is not None and connection.credential_revision == revision
        else None
    )


def with_tokens(
    asked_by: DecryptedConnection,
    tokens: Tokens,
    *,
    account_id: str | None,
    reads: Reads | None = None,
) -> DecryptedConnection | None:
    """Return a connection, as it was, with tokens that it asked for.

    Args:
        asked_by: The connection as it was when it asked.
        tokens: What was granted.
        account_id: Whose they are.
        reads: A transaction to read in; None for none.

    Returns:
        None if a connection lives by the same grant, or nobody takes the tokens back.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    if not _is_revocable(asked_by.provider):
        return None
    readable = reads or database()
    if account_id and readable.fetch(queries.lives_by_grant, _grant(asked_by, account_id)):
        return None
    tokens_by_key = {ACCESS_TOKEN: tokens.access_token, REFRESH_TOKEN: tokens.refresh_token}
    new_secrets = {key: token for key, token in tokens_by_key.items() if token is not None}
    return replace(asked_by, secrets={**asked_by.secrets, **new_secrets})


def _with_grant(
    uuid: UUID, tokens: Tokens, account_id: str | None, reads: Reads | None
) -> DecryptedConnection | None:
    connection = revocable(uuid, without=TOKEN_KEYS, reads=reads)
    if connection is None:
        return None
    return with_tokens(connection, tokens, account_id=account_id, reads=reads)


def _grant(connection: DecryptedConnection, account_id: str) -> dict[str, str | None]:
    """Return what identifies a grant: an account's yes to a client of a provider."""
    client_id = connection.public_values.texts.get(CLIENT_ID)
    return {"provider": connection.provider.key, "client_id": client_id, "account_id": account_id}


def revoke(connection: DecryptedConnection) -> bool | None:
    """Ask the provider to forget the tokens; whatever it answers, the caller goes on.

    Returns:
        Whether it has confirmed that; None if there was nothing to ask.
    """
    provider, oauth = connection.provider, connection.provider.oauth
    hint = REFRESH_TOKEN if REFRESH_TOKEN in connection.secrets else ACCESS_TOKEN
    if oauth is None:
        return None
    try:
        token = connection.secrets[hint]
        token_request = requests.revoke(provider, oauth, connection.values, token=token, hint=hint)
        if token_request is None:
            return None
        answer = egress.send(
            "POST",
            token_request.url,
            headers=token_request.headers,
            body=token_request.body,
            allowed=connection.may_be_sent_to,
            deadline_s=_DEADLINE_S,
        )
    except (egress.EgressFailed, IntegrationError) as error:
        logger.warning(
            "%s did not revoke the tokens of connection %s: %s",
            provider.title,
            connection.uuid,
            type(error).__name__,
        )
        return False
    if answer.status >= 400:  # noqa: PLR2004 - HTTP's errors
        logger.warning(
            "%s did not revoke the tokens of connection %s: HTTP %s",
            provider.title,
            connection.uuid,
            answer.status,
        )
        return False
    return True


def revoke_each(*unwanted: DecryptedConnection | None) -> None:
    """Do the same for several, of which there may be none; how it ends is in the log."""
    for connection in unwanted:
        if connection is not None:
            revoke(connection)


def _is_revocable(provider: Provider) -> bool:
    return provider.oauth is not None and provider.oauth.revoke_url is not None
