"""The public API: what other programs call; synchronous, usable from any process.

A caller stores a connection's uuid. `ref` is a uuid, its string, or the legacy form
`"provider:name"`, where a bare `"provider"` means `"provider:default"`. `actor` is an `Actor`, a
user's id, or None for the running program. Every function raises `DatabaseUnavailable` when the
database cannot be reached. `adapters` has connections for libraries that take none of our clients.
"""

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from integrations_app import adapters  # noqa: F401 - a part of this API
from integrations_app.domain.actor import Actor
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection
from integrations_app.domain.provider import Provider
from integrations_app.domain.references import parse_uuid
from integrations_app.domain.usage import Usage
from integrations_app.services import catalogue
from integrations_app.services.credentials import retrieval
from integrations_app.services.credentials.retrieval import Credentials

if TYPE_CHECKING:
    import httpx2

    from integrations_app.events.subscription import Subscription
    from integrations_app.services.requests.auth import ConnectionAuth

Ref = UUID | str


def add_connection(
    provider: str,
    name: str,
    *,
    values: Mapping[str, str] | None = None,
    actor: Actor | str | None = None,
) -> Connection:
    """Create a connection; with values, set it up in the same transaction.

    Args:
        provider: Key of the provider.
        name: 1 to 100 letters, digits, `_` or `-`; trimmed.
        values: Setup key to text.
        actor: Who does it.

    Raises:
        UnknownProvider: The provider is not declared.
        EmptyName: The name is empty.
        InvalidName: The name has characters or a length that names cannot have.
        AlreadyExists: The provider has a connection of this name.
        InvalidFields: Values that cannot be saved; `.fields` says which.
    """
    from integrations_app.services.connections import edit

    return edit.add(provider, name, values=values, actor=Actor.of(actor))


def update_connection(
    uuid: Ref,
    *,
    name: str | None = None,
    values: Mapping[str, str] | None = None,
    expected_version: int | None = None,
    actor: Actor | str | None = None,
) -> Connection:
    """Rename and save in one transaction and one step of the version.

    Args:
        uuid: The connection's.
        name: The new name; None keeps it.
        values: Setup key to text; what is not sent, and a secret sent empty, stays.
        expected_version: The version the caller has read; None saves over anything.
        actor: Who does it.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        EmptyName: The name is empty.
        InvalidName: The name has characters or a length that names cannot have.
        AlreadyExists: The provider has another connection of this name.
        InvalidFields: Values that cannot be saved; `.fields` says which.
        Conflict: Someone saved since `expected_version`; `.fields` says what.
    """
    from integrations_app.services.connections import edit

    return edit.update(
        uuid,
        name=name,
        values=values,
        expected_version=expected_version,
        actor=Actor.of(actor),
    )


def save_setup(
    uuid: Ref,
    values: Mapping[str, str],
    *,
    expected_version: int | None = None,
    actor: Actor | str | None = None,
) -> Connection:
    """Save setup values; see `update_connection`."""
    from integrations_app.services.connections import edit

    return edit.update(
        uuid, values=values, expected_version=expected_version, actor=Actor.of(actor)
    )


def rename_connection(
    uuid: Ref,
    new_name: str,
    *,
    expected_version: int | None = None,
    actor: Actor | str | None = None,
) -> Connection:
    """Give a connection another name; its uuid stays. See `update_connection`."""
    from integrations_app.services.connections import edit

    return edit.update(
        uuid,
        name="" if new_name is None else new_name,
        expected_version=expected_version,
        actor=Actor.of(actor),
    )


def disconnect(uuid: Ref, *, actor: Actor | str | None = None) -> bool:
    """Remove tokens and, for anything but OAuth2, the stored secrets.

    Returns:
        Whether something changed.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    from integrations_app.services.connections import removal

    return removal.disconnect(uuid, actor=Actor.of(actor)).changed


def remove_connection(uuid: Ref, *, actor: Actor | str | None = None) -> bool:
    """Delete a connection for good.

    Returns:
        Whether it was there.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        InUse: A module needs it and blocks the removal.
    """
    from integrations_app.services.connections import removal

    return removal.remove(uuid, actor=Actor.of(actor))


def replace_connection(old: Ref, new: Ref, *, actor: Actor | str | None = None) -> int:
    """Have whatever uses a connection use another, then delete it; all of it or nothing.

    Args:
        old: The uuid of the connection that goes.
        new: The uuid of the one that takes its place.
        actor: Who does it.

    Returns:
        How many places use the other one now.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        SameConnection: Both are the same.
        NotFound: One of the two is not there.
        CannotReplace: Some uses must stay with the connection that they have; `.usages`.
        ModuleFailed: A module did not do its part.
    """
    from integrations_app.services.connections import replacement

    return replacement.replace(old, new, actor=Actor.of(actor))


def usages(uuid: Ref) -> list[Usage]:
    """Return where a connection is used, as the modules of this program tell.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    from integrations_app.services.connections import usage

    return list(usage.of(parse_uuid(uuid)))


def run_legacy_migrations() -> dict[str, str]:
    """Deprecated: `integrations_app.modules.registry.run_all_legacy_migrations()` does the same."""
    from integrations_app.modules import registry

    message = "Use integrations_app.modules.registry.run_all_legacy_migrations()."
    warnings.warn(message, DeprecationWarning, stacklevel=2)
    return registry.run_all_legacy_migrations()


def get_integration_by_uuid(uuid: Ref) -> Connection:
    """The connection of this uuid.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is none.
    """
    from integrations_app.services.connections import lookup

    return lookup.by_uuid(uuid)


def get_integration(ref: Ref) -> Connection:
    """The connection that a reference means.

    Raises:
        NotConfigured: There is none.
        InvalidReference: Neither a UUID nor a non-empty text.
    """
    from integrations_app.services.connections import lookup

    return lookup.by_ref(ref)


def get_credentials(ref: Ref) -> Credentials:
    """Setup values and decrypted secrets; for OAuth2 the `access_token`, never the client secret.

    Raises:
        Deleted: No connection has this uuid any more.
        NotConfigured: No connection has this name, or it has no credentials.
        ProviderNotDeclared: This program does not declare the connection's provider.
        Undecryptable: No key at hand opens its secrets.
        NoRefreshToken: Its token has expired, and there is nothing to renew it with.
        TokenRefreshFailed: Its token has expired, and the provider gives no other.
        InvalidReference: Neither a UUID nor a non-empty text.
    """
    return retrieval.get(ref)


def is_connected(ref: Ref) -> bool:
    """Return whether `get_credentials` would give something; a lost database is still an error.

    A connection whose provider this program does not declare has none to give; the log says so
    once, and `get_credentials` raises `ProviderNotDeclared`.
    """
    return retrieval.available(ref)


def find_uuid_by_provider_name(provider_name: str | tuple[str, str]) -> UUID:
    """The uuid of `"provider:name"` or `("provider", "name")`.

    Raises:
        NotFound: There is no such connection.
        InvalidReference: Neither of the two forms.
    """
    from integrations_app.services.connections import lookup

    return lookup.uuid_of_provider_name(provider_name)


def resolve_to_uuid(ref: Ref) -> UUID:
    """The uuid that a reference means, once its row was seen to exist.

    Raises:
        NotFound: There is no such row.
        InvalidReference: Neither a UUID nor a non-empty text.
    """
    from integrations_app.services.connections import lookup

    return lookup.uuid_of_ref(ref)


def list_connections(provider: str | None = None) -> list[Connection]:
    """All connections, or a provider's, by provider and then name, case-insensitive."""
    from integrations_app.services.connections import lookup

    return lookup.listed(provider)


def list_providers() -> list[Provider]:
    """All declared providers, by title."""
    return list(catalogue.all_providers())


def get_provider(key: str) -> Provider:
    """The provider of this key.

    Raises:
        UnknownProvider: None is declared under it.
    """
    return catalogue.get(key)


def validate_connection(uuid: Ref, *, actor: Actor | str | None = None) -> CheckResult:
    """Ask the provider whether the stored credentials work; nothing is stored.

    Args:
        uuid: The connection's.
        actor: Who asks; not recorded, as nothing changes.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
    """
    from integrations_app.services.checking import run

    return run.stored(uuid)


def record_validation(uuid: Ref, result: CheckResult, *, actor: Actor | str | None = None) -> None:
    """Store a check's outcome; quiet for a row that is no longer there.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    from integrations_app.services.checking import record

    record.record(uuid, result, actor=Actor.of(actor))


def validate_credentials(
    provider: str, values: Mapping[str, str], *, uuid: Ref | None = None
) -> CheckResult:
    """The dry run: ask the provider about values that are not saved; nothing is kept of it.

    Args:
        provider: Key of the provider.
        values: Setup key to text; required ones may be empty.
        uuid: A connection whose stored secrets stand in for empty ones.

    Raises:
        UnknownProvider: The provider is not declared.
        InvalidFields: Values that could never be sent.
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection of this provider.
        SecretRequired: The address that secrets go to was changed; type them anew.
    """
    from integrations_app.services.checking import run

    return run.dry_run(provider, values, uuid=uuid)


def authorization_url(
    uuid: Ref,
    redirect_uri: str,
    *,
    scopes: Sequence[str] | None = None,
    state: str | None = None,
    code_verifier: str | None = None,
) -> str:
    """Return where to send the browser of whoever is to grant access to an account.

    Args:
        uuid: The connection's.
        redirect_uri: Where the provider sends the browser back to, with `code` and `state`.
        scopes: What to ask for; None for what the provider declares.
        state: Comes back unchanged; make it random, and compare it.
        code_verifier: 43 to 128 letters, digits, `-`, `.`, `_` or `~`; its S256 challenge is sent,
            and `exchange_code` needs it again.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        ClientIdNotConfigured: Its client id is not saved, or its provider connects no accounts.
    """
    from integrations_app.services.oauth import consent

    return consent.authorization_url(
        uuid, redirect_uri, scopes=scopes, state=state, code_verifier=code_verifier
    )


def exchange_code(
    uuid: Ref,
    code: str,
    redirect_uri: str,
    *,
    code_verifier: str | None = None,
    actor: Actor | str | None = None,
) -> Connection:
    """Turn the code that came back into stored tokens; the connection is `connected` then.

    Args:
        uuid: The connection's.
        code: As it came back.
        redirect_uri: The same as in `authorization_url`.
        code_verifier: The same as there.
        actor: Who does it.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        ClientCredentialsNotConfigured: Its client id or secret is not saved.
        TokenExchangeFailed: The provider gives no tokens for this code; nothing is stored.
    """
    from integrations_app.services.oauth import exchange

    return exchange.exchange_code(
        uuid, code, redirect_uri, code_verifier=code_verifier, actor=Actor.of(actor)
    )


def refresh_access_token(uuid: Ref, *, actor: Actor | str | None = None) -> str:
    """Renew the access token now, due or not; callers at the same moment share one request.

    Returns:
        The new access token.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        NoRefreshToken: There is nothing to renew it with.
        TokenRefreshFailed: The provider gives no token; `.reason` says whether to try later.
    """
    from integrations_app.services.credentials import refresh

    return refresh.on_demand(uuid, actor=Actor.of(actor))


def authenticated_request(uuid: Ref, method: str, url: str, **options: Any) -> "httpx2.Response":
    """Send one request that carries a connection's credential, as its provider wants it.

    Network connections are kept for the next request, cookies are not. For many requests to one
    provider, for streams and for async code take `client` or `async_client`.

    Args:
        uuid: The connection's.
        method: HTTP method.
        url: Whole address, https, at a host that the provider declares.
        options: What `httpx2.Client.request` takes, but `auth`: `params`, `headers`, `json`,
            `timeout` …

    Returns:
        The response, its body read, whatever its status is but 401.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        DestinationNotAllowed: The credential must not go to that address, or not to where it
            redirects.
        Unauthorized: The provider refuses the credential, renewed where it can be.
        TokenRefreshFailed: Its token has expired or is refused, and the provider gives no other.
        NoRefreshToken: Its token has expired, and there is nothing to renew it with.
        Deleted: No connection has this uuid any more.
        NotConfigured: It has no credentials.
        ProviderNotDeclared: This program does not declare the connection's provider.
        Undecryptable: No key at hand opens its secrets.
    """
    from integrations_app.services.requests import clients

    return clients.request(uuid, method, url, options)


def client(uuid: Ref, **options: Any) -> "httpx2.Client":
    """A client whose every request carries a connection's credential, as its provider wants it.

    Tokens are renewed ahead of their end, and once on a 401. Where a provider that is busy says
    how long to wait, requests that change nothing are sent again, as long as the read timeout
    allows. What is stored is looked at on use, so a client may live as long as its program; make
    one and keep it.

    Args:
        uuid: The connection's.
        options: What `httpx2.Client` takes, but `auth`: `base_url`, `timeout`,
            `follow_redirects` …

    Raises:
        InvalidUuid: Neither a UUID nor its string. All else is raised by the requests; see
            `authenticated_request`.
    """
    from integrations_app.services.requests import clients

    return clients.client(uuid, options)


def async_client(uuid: Ref, **options: Any) -> "httpx2.AsyncClient":
    """The same as `client` for async code.

    Args:
        uuid: The connection's.
        options: What `httpx2.AsyncClient` takes, but `auth`.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    from integrations_app.services.requests import clients

    return clients.async_client(uuid, options)


def auth(uuid: Ref) -> "ConnectionAuth":
    """A connection's credential for a client of your own, of `httpx2` or `httpx`, sync or async.

    It serves providers that take their credential in the Authorization header, which clients do
    not carry over a redirect to another host. A request that an event hook of the client leads to
    another host is refused as it leaves. What it cannot see, `client` and `async_client` do: a
    hook that changes a request which a redirect led to, and transports that are neither httpx's
    nor httpx2's. Take those, too, for the other providers, and to have busy ones asked again.

    Args:
        uuid: The connection's.

    Raises:
        InvalidUuid: Neither a UUID nor its string. Requests raise `PlacementNotSupported` for a
            provider that takes its credential elsewhere, and what `authenticated_request` raises.
    """
    # It brings httpx along, which takes longer to import than httpx2 and which few still need.
    from integrations_app.services.requests.auth import ConnectionAuth

    return ConnectionAuth(parse_uuid(uuid))


def headers(uuid: Ref, *, url: str | None = None) -> dict[str, str]:
    """The headers that carry a connection's credential now, for libraries that take nothing else.

    Ask for them again for each request, or as often as the library lets you: what is stored is
    looked at then, and a token that is due is renewed. Where they are sent is up to you; name it,
    and a foreign address is refused. For requests, aiohttp and the libraries of Google and Azure
    `adapters` do more.

    Args:
        uuid: The connection's.
        url: The address that they are to be sent to.

    Returns:
        Header names to values; its `repr` shows names only.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        DestinationNotAllowed: The credential must not go to `url`.
        PlacementNotSupported: The provider takes it in the address, too.
        TokenRefreshFailed: Its token has expired, and the provider gives no other.
        NoRefreshToken: Its token has expired, and there is nothing to renew it with.
        Deleted: No connection has this uuid any more.
        NotConfigured: It has no credentials.
        ProviderNotDeclared: This program does not declare the connection's provider.
        Undecryptable: No key at hand opens its secrets.
    """
    from integrations_app.services.requests import headers as of_requests

    return of_requests.of(parse_uuid(uuid), url=url)


def subscribe() -> "Subscription":
    """The events that are committed from now on, from any process.

    Use it as `with integrations.subscribe() as events:`; iterate it, or call
    `events.get(timeout_s=…)`. In a child of a fork it begins with a `resync`, and listens again
    there; what the parent has not read yet is the parent's.

    Raises:
        DatabaseUnavailable: The database cannot be listened to.
    """
    from integrations_app.services.changes import event_stream

    return event_stream.subscribe()
