"""Sending people to a provider, to grant access to their account."""

from collections.abc import Sequence

from integrations_app.domain.references import parse_uuid
from integrations_app.errors import (
    ClientCredentialsNotConfigured,
    ClientIdNotConfigured,
    NotFound,
)
from integrations_app.providers.oauth import CLIENT_ID, CLIENT_SECRET, requests
from integrations_app.providers.rules import TOKEN_KEYS
from integrations_app.services.credentials.decryption import DecryptedConnection, load_decrypted


def authorization_url(
    uuid: object,
    redirect_uri: str,
    *,
    scopes: Sequence[str] | None = None,
    state: str | None = None,
    code_verifier: str | None = None,
) -> str:
    """Return where to send the browser of whoever is to grant access.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        ClientIdNotConfigured: The connection's client id is not saved, or it needs none.
        MissingPlaceholder: The provider's address needs a value that is not saved.
    """
    return address(
        without_tokens(uuid), redirect_uri, scopes=scopes, state=state, code_verifier=code_verifier
    )


def address(
    connection: DecryptedConnection,
    redirect_uri: str,
    *,
    scopes: Sequence[str] | None = None,
    state: str | None,
    code_verifier: str | None,
) -> str:
    """The same for a connection as it was read; see `authorization_url`."""
    oauth = connection.provider.oauth
    has_client_id = bool(connection.public_values.texts.get(CLIENT_ID))
    if oauth is None or oauth.authorize_url is None or not has_client_id:
        raise ClientIdNotConfigured(connection.uuid)
    return requests.authorization_url(
        connection.provider,
        oauth,
        connection.public_values.texts,
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=state,
        code_verifier=code_verifier,
    )


def ready(uuid: object) -> DecryptedConnection:
    """A connection with all that it takes to exchange a code, before anyone is sent for one.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        ClientIdNotConfigured: The client id is not saved, or no account can be connected.
        ClientCredentialsNotConfigured: The client secret is not saved.
        Undecryptable: No key at hand opens the client secret.
    """
    connection = without_tokens(uuid)
    oauth = connection.provider.oauth
    has_client_id = bool(connection.public_values.texts.get(CLIENT_ID))
    if not connection.provider.connects_account or not has_client_id:
        raise ClientIdNotConfigured(connection.uuid)
    needs_secret = oauth is not None and oauth.client_auth != "none"
    if needs_secret and not connection.secrets.get(CLIENT_SECRET):
        raise ClientCredentialsNotConfigured(connection.uuid)
    return connection


def without_tokens(uuid: object) -> DecryptedConnection:
    """Return a connection with all of its secrets but the tokens.

    No old token is needed to get a new one.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        Undecryptable: No key at hand opens the client secret.
    """
    parsed = parse_uuid(uuid)
    connection = load_decrypted(parsed, without=TOKEN_KEYS)
    if connection is None:
        raise NotFound(parsed)
    return connection
