"""An OAuth2 connection for Azure's and Microsoft's libraries, by azure-core."""

import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions

from integrations_app.services.requests import flow
from integrations_app.services.requests.credential_cache import Access
from integrations_app.services.requests.headers import refuse_elsewhere

_UNKNOWN_LIFE_S = 600
"""How long to hand out a token whose end nobody knows, before it is looked at again."""


class ConnectionCredential:
    """A token credential whose tokens are the connection's, whoever renews them.

    Args:
        uuid: Whose tokens are handed out.
    """

    def __init__(self, uuid: UUID) -> None:
        self._uuid = uuid

    def get_token(self, *scopes: str, claims: str | None = None, **_options: Any) -> AccessToken:
        """Hand out the token that is valid now.

        Args:
            scopes: What the library wants it for.
            claims: What a provider demanded that refused the token; another one is had then.

        Raises:
            DestinationNotAllowed: A scope is for another host than the provider's.
            IntegrationError: There is no token to be had; see `access.load`.
        """
        return _brief(self._current(scopes, claims))

    def get_token_info(
        self, *scopes: str, options: TokenRequestOptions | None = None
    ) -> AccessTokenInfo:
        """The same, with the time from which on to ask again."""
        return _detailed(self._current(scopes, (options or {}).get("claims")))

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> "ConnectionCredential":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _current(self, scopes: tuple[str, ...], claims: str | None) -> Access:
        found = flow.complete(flow.current(self._uuid))
        _refuse_others(found, scopes)
        if claims is None:
            return found
        return flow.complete(flow.after_refusal(found, _Purpose.of(scopes), repeatable=True))


class AsyncConnectionCredential:
    """The same for async clients.

    Args:
        uuid: Whose tokens are handed out.
    """

    def __init__(self, uuid: UUID) -> None:
        self._uuid = uuid

    async def get_token(
        self, *scopes: str, claims: str | None = None, **_options: Any
    ) -> AccessToken:
        """Hand out the token that is valid now; see `ConnectionCredential`."""
        return _brief(await self._current(scopes, claims))

    async def get_token_info(
        self, *scopes: str, options: TokenRequestOptions | None = None
    ) -> AccessTokenInfo:
        """The same, with the time from which on to ask again."""
        return _detailed(await self._current(scopes, (options or {}).get("claims")))

    async def close(self) -> None:
        """Nothing is held."""

    async def __aenter__(self) -> "AsyncConnectionCredential":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def _current(self, scopes: tuple[str, ...], claims: str | None) -> Access:
        found = await flow.complete_async(flow.current(self._uuid))
        _refuse_others(found, scopes)
        if claims is None:
            return found
        steps = flow.after_refusal(found, _Purpose.of(scopes), repeatable=True)
        return await flow.complete_async(steps)


class _Purpose(NamedTuple):
    """Purpose that a token was refused for: to the limits of renewals an address like any other."""

    host: str
    path: str = ""

    @classmethod
    def of(cls, scopes: tuple[str, ...]) -> "_Purpose":
        return cls(host=" ".join(scopes))


class _Token(AccessToken):
    """A token that does not show itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"AccessToken(expires_on={self.expires_on})"


class _TokenInfo(AccessTokenInfo):
    def __repr__(self) -> str:
        return f"AccessTokenInfo(expires_on={self.expires_on}, refresh_on={self.refresh_on})"


def _brief(found: Access) -> AccessToken:
    return _Token(found.token, _expires_on(found))


def _detailed(found: Access) -> AccessTokenInfo:
    renews_on = None if found.renews_at is None else int(found.renews_at.timestamp())
    return _TokenInfo(found.token, _expires_on(found), refresh_on=renews_on)


def _expires_on(found: Access) -> int:
    if found.expires_at is None:
        return int(time.time()) + _UNKNOWN_LIFE_S
    return int(found.expires_at.timestamp())


def _refuse_others(found: Access, scopes: tuple[str, ...]) -> None:
    """Refuse scopes of hosts that the token is not for; those without a host say nothing."""
    for scope in scopes:
        if scope not in found.scopes and urlsplit(scope).netloc:
            refuse_elsewhere(found, scope)
