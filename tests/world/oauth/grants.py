"""The ways to get and to end tokens: Authlib's, told how this world remembers."""

from __future__ import annotations

from datetime import UTC, datetime

from authlib.oauth2.rfc6749 import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    InvalidRequestError,
    OAuth2Error,
    OAuth2Request,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge

from .accounts import Account
from .adapter import CLIENT_AUTH_METHODS, RegisteredClient
from .clients import TokenBehaviour
from .tokens import Authorization, IssuedToken


class AlwaysChallenged(CodeChallenge):
    """PKCE with S256 for every client, where Authlib asks only public ones for it."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, result: None) -> None:
        """Refuse an authorization request without an S256 challenge."""
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256")
        super().validate_code_challenge(grant, result)


class CodeGrant(AuthorizationCodeGrant):
    """Authorization codes: once only; a second use ends what the first one gave."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(CLIENT_AUTH_METHODS)

    @staticmethod
    def validate_authorization_redirect_uri(
        request: OAuth2Request, client: RegisteredClient
    ) -> str:
        """Refuse, without redirecting, any address but the registered one."""
        redirect_uri = request.payload.redirect_uri or ""
        if not client.check_redirect_uri(redirect_uri):
            described = "The redirect URI in the request is not registered for this client"
            raise OAuth2Error(error="redirect_uri_mismatch", description=described)
        return redirect_uri

    def generate_authorization_code(self) -> str:
        """A code as the provider's look."""
        return self.server.policy.code_prefix + super().generate_authorization_code()

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Remember what the code stands for."""
        parameters = request.payload.data
        authorization = Authorization(
            client=request.client.client,
            account=request.user,
            scope=parameters.get("scope", ""),
            offline=self.server.is_offline(request),
            redirect_uri=request.payload.redirect_uri,
            code_challenge=parameters["code_challenge"],
            code_challenge_method=parameters["code_challenge_method"],
            made_at=datetime.now(UTC),
        )
        self.server.ledger.add(authorization, code=code)

    def query_authorization_code(self, code: str, client: RegisteredClient) -> Authorization | None:
        """What an unused, fresh code of this client stands for."""
        found = self.server.ledger.authorization(code)
        if found is None or found.client != client.client:
            return None
        if found.exchanged:
            found.revoked = True
        return None if found.revoked or found.is_code_expired else found

    def delete_authorization_code(self, authorization_code: Authorization) -> None:
        """Use the code up."""
        authorization_code.exchanged = True

    def authenticate_user(self, authorization_code: Authorization) -> Account | None:
        """Who said yes."""
        return authorization_code.account

    def generate_token(self, **asked: object) -> dict[str, object]:
        """Issue tokens, a refresh token only where one belongs to it."""
        offline = self.request.authorization_code.offline
        forgets = self.client.client.behaviour is TokenBehaviour.NO_REFRESH_TOKEN
        return super().generate_token(**asked | {"include_refresh_token": offline and not forgets})


class RefreshGrant(RefreshTokenGrant):
    """Refresh tokens: renewed as the provider and the client's behaviour will have it."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(CLIENT_AUTH_METHODS)

    def authenticate_refresh_token(self, refresh_token: str) -> IssuedToken | None:
        """The refresh token if it still counts; coming back with a replaced one ends them all."""
        found = self.server.ledger.refresh_token(refresh_token)
        if found is None or not found.check_client(self.client):
            return None
        if found.replaced:
            found.authorization.reused = found.authorization.revoked = True
        return None if found.is_revoked() else found

    def authenticate_user(self, refresh_token: IssuedToken) -> Account:
        """Who said yes."""
        return refresh_token.account

    def generate_token(self, **asked: object) -> dict[str, object]:
        """Issue an access token, with a new refresh token where that is the way."""
        renews = self.server.policy.renews_refresh_token_of(self.client.client)
        return super().generate_token(**asked | {"include_refresh_token": renews})

    def revoke_old_credential(self, refresh_token: IssuedToken) -> None:
        """End the refresh token that was used, where they rotate."""
        behaviour = refresh_token.authorization.client.behaviour
        refresh_token.replaced = behaviour is TokenBehaviour.ROTATING


class MintGrant(ClientCredentialsGrant):
    """Client credentials; an audience that was asked for is named in the answer."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(CLIENT_AUTH_METHODS)

    def generate_token(self, **asked: object) -> dict[str, object]:
        """Issue an access token."""
        token = super().generate_token(**asked)
        audience = self.request.form.get("audience")
        return token | {"audience": audience} if audience else token


class OpenRevocation(RevocationEndpoint):
    """Revocation as Google has it: whoever holds a token may end all that it belongs to.

    Source: https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
    """

    def authenticate_endpoint_client(self, request: OAuth2Request) -> None:
        """Ask nobody who they are."""

    def authenticate_token(self, request: OAuth2Request, client: None) -> IssuedToken:
        """The token to be revoked."""
        self.check_params(request, client)
        found = self.query_token(request.form["token"], request.form.get("token_type_hint"))
        if found is None or found.is_revoked():
            raise OAuth2Error(error="invalid_token", description="Token expired or revoked")
        return found

    def query_token(self, token_string: str, _token_type_hint: str | None) -> IssuedToken | None:
        """An access or refresh token that reads so."""
        return self.server.ledger.token(token_string)

    def revoke_token(self, token: IssuedToken, _request: OAuth2Request) -> None:
        """End the token and all others of the same authorization."""
        token.authorization.revoked = True
