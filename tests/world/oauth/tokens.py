"""What a provider remembers: who allowed what to which client, and the tokens that prove it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, TokenMixin

from .accounts import Account
from .clients import OAuthClient

CODE_LIFETIME = timedelta(minutes=10)
_numbers = itertools.count()


@dataclass(slots=True, kw_only=True, eq=False)
class Authorization(AuthorizationCodeMixin):
    """One yes to one client, from the code it is handed over by to the last of its tokens.

    Args:
        account: Who said yes; None for a client that acts for itself.
        scope: As asked for.
        offline: Whether refresh tokens belong to it.
        exchanged: The code was used.
        revoked: No code and no token of it is worth anything any more.
        reused: Somebody came back with a refresh token that had been replaced.
    """

    client: OAuthClient
    account: Account | None
    scope: str
    offline: bool = False
    redirect_uri: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    made_at: datetime
    exchanged: bool = False
    revoked: bool = False
    reused: bool = False

    def get_redirect_uri(self) -> str:
        """Where the code was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """What was asked for."""
        return self.scope

    @property
    def is_code_expired(self) -> bool:
        """Whether its code waited too long."""
        return datetime.now(UTC) > self.made_at + CODE_LIFETIME


@dataclass(slots=True, kw_only=True, eq=False)
class IssuedToken(TokenMixin):
    """An access or refresh token.

    Args:
        expires_at: Aware UTC; None for a refresh token.
        replaced: A newer refresh token took its place and rotation ended this one.
    """

    text: str
    authorization: Authorization
    expires_at: datetime | None = None
    replaced: bool = False
    number: int = field(default_factory=_numbers.__next__, repr=False)
    """Which one it is of all that any provider has issued."""

    @property
    def account(self) -> Account:
        """Whose data it opens; only for what a person allowed."""
        assert self.authorization.account is not None
        return self.authorization.account

    def check_client(self, client: object) -> bool:
        """Whether it was issued to this client, as Authlib knows it."""
        return getattr(client, "client", None) == self.authorization.client

    def get_scope(self) -> str:
        """What was asked for."""
        return self.authorization.scope

    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and datetime.now(UTC) >= self.expires_at

    def is_revoked(self) -> bool:
        """Whether it will never be accepted again, for another reason than its age."""
        return self.replaced or self.authorization.revoked


class Ledger:
    """Every authorization and token of one provider."""

    def __init__(self) -> None:
        self._authorizations: list[Authorization] = []
        self._codes: dict[str, Authorization] = {}
        self._access_tokens: dict[str, IssuedToken] = {}
        self._refresh_tokens: dict[str, IssuedToken] = {}

    def add(self, authorization: Authorization, *, code: str | None = None) -> None:
        """Remember what was allowed, and the code by which its client will ask for tokens."""
        self._authorizations.append(authorization)
        if code is not None:
            self._codes[code] = authorization

    def issue(self, token: IssuedToken) -> None:
        """Remember an access token (one that expires) or a refresh token."""
        tokens = self._access_tokens if token.expires_at else self._refresh_tokens
        tokens[token.text] = token

    def authorization(self, code: str) -> Authorization | None:
        """What this code stands for, or None."""
        return self._codes.get(code)

    def access_token(self, text: str) -> IssuedToken | None:
        """The access token that reads so, or None."""
        return self._access_tokens.get(text)

    def access_tokens_of(self, account: str) -> list[IssuedToken]:
        """The access tokens to the account with this e-mail address, oldest first."""
        return [
            token
            for token in self._access_tokens.values()
            if token.authorization.account and token.authorization.account.email == account
        ]

    def refresh_token(self, text: str) -> IssuedToken | None:
        """The refresh token that reads so, or None."""
        return self._refresh_tokens.get(text)

    def token(self, text: str) -> IssuedToken | None:
        """The access or refresh token that reads so, or None."""
        return self.access_token(text) or self.refresh_token(text)

    def authorizations(self, client_id: str) -> list[Authorization]:
        """All that this client was allowed."""
        return [each for each in self._authorizations if each.client.id == client_id]

    def has_consented(self, account: Account, client_id: str) -> bool:
        """Whether this person already said yes to this client, and it still counts."""
        return any(
            authorization.account == account and not authorization.revoked
            for authorization in self.authorizations(client_id)
        )

    def expire_access_tokens(self, client_id: str) -> None:
        """End the time of every access token that this client has now."""
        for token in self._access_tokens.values():
            if token.authorization.client.id == client_id:
                token.expires_at = datetime.now(UTC)
