"""Connections for libraries that take none of our clients: requests, aiohttp, Google's, AWS's ….

Each needs the library's own package, which this one does not install. Every adapter looks at what
is stored as it is used, so it may live as long as its program.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID

from integrations_app.domain.references import parse_uuid
from integrations_app.errors import PackageMissing

if TYPE_CHECKING:
    from boto3 import Session

    from integrations_app.adapters.aiohttp import ConnectionMiddleware
    from integrations_app.adapters.azure import AsyncConnectionCredential, ConnectionCredential
    from integrations_app.adapters.google import ConnectionCredentials
    from integrations_app.adapters.requests import ConnectionAuth

Ref = UUID | str


def requests_auth(uuid: Ref) -> "ConnectionAuth":
    """A connection's credential as `auth=` of requests and of whatever is built on it.

    It serves providers that take their credential in the Authorization header, which requests
    does not carry over a redirect to another host. Tokens are renewed ahead of their end, and
    once on a 401, for requests whose body can be sent again.

    Args:
        uuid: The connection's.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        PackageMissing: The package `requests` is not installed. Requests raise
            `DestinationNotAllowed` for other hosts, `PlacementNotSupported`, and what
            `authenticated_request` raises.
    """
    return _made("requests", "ConnectionAuth", uuid, package="requests")


def aiohttp_middleware(uuid: Ref) -> "ConnectionMiddleware":
    """A connection's credential as the last of a session's or a request's `middlewares`.

    It serves providers that take their credential in headers, and adds them on every hop: a
    redirect to a host that the provider does not declare is refused. Tokens are renewed ahead of
    their end, and once on a 401, for requests whose body can be sent again.

    Args:
        uuid: The connection's.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        PackageMissing: The package `aiohttp` is not installed. Requests raise what those of
            `requests_auth` raise.
    """
    return _made("aiohttp", "ConnectionMiddleware", uuid, package="aiohttp")


def google_credentials(uuid: Ref) -> "ConnectionCredentials":
    """An OAuth2 connection as `credentials=` of Google's libraries.

    Where a library says which address a request goes to, as google-auth's sessions and channels
    do, only the provider's hosts get the token. One that reads `.token` itself decides alone.

    Args:
        uuid: The connection's.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        PackageMissing: The package `google-auth` is not installed. Requests raise
            `DestinationNotAllowed` for other hosts, `PlacementNotSupported` for providers
            without tokens, and what `authenticated_request` raises.
    """
    return _made("google", "ConnectionCredentials", uuid, package="google-auth")


def azure_credential(uuid: Ref) -> "ConnectionCredential":
    """An OAuth2 connection as `credential=` of Azure's and Microsoft's libraries.

    These say what they want a token for, not where they send it: `https://host/…` is refused for
    hosts that the provider does not declare, unless its declaration asks for this very scope.

    Args:
        uuid: The connection's.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        PackageMissing: The package `azure-core` is not installed. Requests raise what those of
            `google_credentials` raise.
    """
    return _made("azure", "ConnectionCredential", uuid, package="azure-core")


def azure_async_credential(uuid: Ref) -> "AsyncConnectionCredential":
    """The same as `azure_credential` for async clients."""
    return _made("azure", "AsyncConnectionCredential", uuid, package="azure-core")


def boto3_session(uuid: Ref, *, region_name: str | None = None) -> "Session":
    """A connection with AWS keys as the session of boto3 and of whatever is built on it.

    Its provider declares the fields `access_key_id` and `secret_access_key`, and `session_token`
    and `region` if need be. Each request is signed with what is stored by then, and goes to no
    host that the provider does not declare (`*.amazonaws.com` for AWS).

    Args:
        uuid: The connection's.
        region_name: AWS's name of a region; None for the connection's own.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        PackageMissing: The package `boto3` is not installed.
        PlacementNotSupported: The provider declares no such fields.
        IntegrationError: There are no credentials to be had, as from `get_credentials`. Requests
            raise the same, and `DestinationNotAllowed` for other hosts.
    """
    return _made("boto3", "session", uuid, package="boto3", region_name=region_name)


def _made(module: str, name: str, uuid: Ref, *, package: str, **options: Any) -> Any:
    parsed = parse_uuid(uuid)
    try:
        found = import_module(f"{__name__}.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module:
            raise  # it is there, and lacks something itself
        raise PackageMissing(package) from None
    return getattr(found, name)(parsed, **options)
