"""One provider's authorization server, on Authlib's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidClientError,
    OAuth2Error,
    OAuth2Request,
    ResourceProtector,
)
from authlib.oauth2.rfc6750 import BearerTokenGenerator, BearerTokenValidator

from ..messages import Reply, Request
from .adapter import AdaptedRequest, RegisteredClient
from .clients import TokenBehaviour, client_with_id
from .grants import AlwaysChallenged, CodeGrant, MintGrant, OpenRevocation, RefreshGrant
from .policies import Policy
from .tokens import Authorization, IssuedToken, Ledger

EXPIRES_IN_S = 3599
SHORT_S = 2
UNAUTHORIZED = 401


class ProviderServer(AuthorizationServer):
    """Codes, tokens and revocation of one provider, by its policy."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy
        self.ledger = Ledger()
        self.register_grant(CodeGrant, [AlwaysChallenged(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(MintGrant)
        self.register_endpoint(OpenRevocation)
        self.register_token_generator("default", _token_generator(policy))
        self._protector = ResourceProtector()
        self._protector.register_token_validator(_Validator(self.ledger))

    def bearer(self, request: Request) -> IssuedToken | None:
        """The valid access token that a request to an API carries, or None."""
        try:
            return self._protector.validate_request(None, AdaptedRequest(request))
        except OAuth2Error:
            return None

    def is_offline(self, request: OAuth2Request) -> bool:
        """Whether the authorization that is being given includes a refresh token."""
        if self.policy.once_per_consent and not self.needs_consent(request):
            return False
        return self.policy.is_offline(request.payload.data)

    def needs_consent(self, request: OAuth2Request) -> bool:
        """Whether the person of this request is to be asked, or asked again."""
        prompts = request.payload.data.get("prompt", "").split()
        return "consent" in prompts or not self.ledger.has_consented(
            request.user, request.payload.client_id
        )

    # What Authlib asks of us

    def query_client(self, client_id: str) -> RegisteredClient | None:
        """The client with this id, if it is registered here."""
        client = client_with_id(client_id)
        if client is None or client.provider != self.policy.provider:
            return None
        return RegisteredClient(client, self.policy)

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Remember the tokens that go out."""
        authorization = self._authorization(request)
        lifetime = timedelta(seconds=_lifetime_s(authorization.client.behaviour))
        access = IssuedToken(
            text=token["access_token"],
            authorization=authorization,
            expires_at=datetime.now(UTC) + lifetime,
        )
        self.ledger.issue(access)
        if text := token.get("refresh_token"):
            self.ledger.issue(IssuedToken(text=text, authorization=authorization))

    def _authorization(self, request: OAuth2Request) -> Authorization:
        if request.authorization_code:
            return request.authorization_code
        if request.refresh_token:
            return request.refresh_token.authorization
        fresh = Authorization(
            client=request.client.client,
            account=None,
            scope=request.scope or "",
            made_at=datetime.now(UTC),
        )
        self.ledger.add(fresh)
        return fresh

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Request) -> OAuth2Request:
        """Our request as Authlib's."""
        return AdaptedRequest(request)

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Reply:
        """An error in the provider's words; an unproven client always gets 401."""
        if isinstance(error, InvalidClientError):
            error.status_code = UNAUTHORIZED
        status, body, headers = error()
        return self.handle_response(status, body and self.policy.error(body), headers)

    def handle_response(
        self, status: int, body: dict[str, object] | str, headers: Iterable[tuple[str, str]]
    ) -> Reply:
        """Authlib's answer as ours."""
        reply = Reply.of_json(body, status=status) if body else Reply(status=status)
        return replace(reply, headers=tuple((name.lower(), value) for name, value in headers))


class _Validator(BearerTokenValidator):
    """Finds the token of an API request; Authlib checks its age and its revocation."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def authenticate_token(self, token_string: str) -> IssuedToken | None:
        return self._ledger.access_token(token_string)


def _token_generator(policy: Policy) -> BearerTokenGenerator:
    return BearerTokenGenerator(
        lambda **_: policy.access_token_prefix + generate_token(48),
        lambda **_: policy.refresh_token_prefix + generate_token(48),
        lambda client, _grant_type: _expires_in(client.client.behaviour),
    )


def _expires_in(behaviour: TokenBehaviour) -> int | str:
    match behaviour:
        case TokenBehaviour.NO_EXPIRY:
            return 0  # Authlib's word for saying nothing
        case TokenBehaviour.TEXT_NUMBERS:
            return str(EXPIRES_IN_S)
        case _:
            return _lifetime_s(behaviour)


def _lifetime_s(behaviour: TokenBehaviour) -> int:
    return SHORT_S if behaviour is TokenBehaviour.SHORT_LIVED else EXPIRES_IN_S
