"""Errors of providers, and of destinations that credentials must not go to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from integrations_app.errors.base import IntegrationError, shown

if TYPE_CHECKING:
    from integrations_app.domain.check import CheckReason


class DestinationNotAllowed(IntegrationError):
    """A credential was about to go somewhere its provider does not declare."""

    code = "destination_not_allowed"

    def __init__(self, host: str, why: str = "") -> None:
        told = f": {why}" if why else ""
        super().__init__(f"Credentials may not be sent to {shown(host)}{told}.")
        self.host = host

    @classmethod
    def not_https(cls, host: str, *, scheme: str) -> Self:
        """The host may be right; the way there can be read by others."""
        return cls(host, f"over {shown(scheme)}; the address must begin with https://")


class PlacementNotSupported(IntegrationError):
    """The credential does not travel where whoever asked could put it."""

    code = "placement_not_supported"

    def __init__(self, provider: str, *, instead: str = "") -> None:
        super().__init__(
            f"{provider} takes its credential elsewhere than in the Authorization header, where a "
            "redirect would carry it to other hosts; use client() or async_client() instead."
            if not instead
            else f"{provider} does not take its credential like this; {instead}"
        )
        self.provider = provider


class PackageMissing(IntegrationError, ImportError):
    """A library that was asked for is not installed."""

    code = "package_missing"

    def __init__(self, package: str) -> None:
        super().__init__(f"The package {package} is not installed: pip install {package}")
        self.package = package


class Unauthorized(IntegrationError):
    """The provider answered 401, and went on to do so with a fresh token where there is one.

    A request whose body cannot be sent twice is not tried again.
    """

    code = "unauthorized"

    def __init__(self, uuid: UUID) -> None:
        super().__init__(f"The provider refused the credential of connection {uuid}.")
        self.uuid = uuid


class AuthorizationFailed(IntegrationError):
    """The provider gave no token."""


class ClientIdNotConfigured(AuthorizationFailed):
    """An account can be connected only once the client id is saved."""

    code = "client_id_not_configured"

    def __init__(self, uuid: UUID) -> None:
        super().__init__(f"Connection {uuid} has no client id to ask for an authorisation with.")
        self.uuid = uuid


class ClientCredentialsNotConfigured(AuthorizationFailed):
    """Tokens can be had only once client id and secret are saved.

    Attributes:
        uuid: The connection; None for values that are not saved.
    """

    code = "client_credentials_not_configured"

    def __init__(self, uuid: UUID | None) -> None:
        super().__init__(f"Connection {uuid} lacks the client id or secret to get tokens with.")
        self.uuid = uuid


class StateMismatch(AuthorizationFailed):
    """Return from a provider that belongs to nobody who was sent there, or comes too late."""

    code = "state_mismatch"

    def __init__(self) -> None:
        super().__init__("The state is missing, unknown, used, expired or somebody else's.")


class _NoTokens(AuthorizationFailed):
    def __init__(self, uuid: UUID, reason: "CheckReason", details: Mapping[str, Any]) -> None:
        told = details.get("provider_code") or details.get("http_status")
        super().__init__(
            f"Connection {uuid} got no token: {reason.value}{f' ({told})' if told else ''}."
        )
        self.uuid = uuid
        self.reason = reason
        self.details = dict(details)


class TokenExchangeFailed(_NoTokens):
    """The code could not be exchanged for tokens; nothing was stored.

    Attributes:
        uuid: The connection.
        reason: `needs_reconnect` if the provider refused, `unreachable` if it may work later.
        details: Facts of the answer, see `CheckResult.details`.
    """

    code = "token_exchange_failed"


class TokenRefreshFailed(_NoTokens):
    """There is no valid token, and none could be had; see `TokenExchangeFailed`."""

    code = "token_refresh_failed"


class NoRefreshToken(AuthorizationFailed):
    """The provider gave nothing to renew the access token with."""

    code = "no_refresh_token"

    def __init__(self, uuid: UUID) -> None:
        super().__init__(f"Connection {uuid} has no refresh token; connect its account again.")
        self.uuid = uuid
