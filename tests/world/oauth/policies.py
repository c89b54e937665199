"""How the providers' authorization servers differ.

Source: https://developers.google.com/identity/protocols/oauth2/web-server,
https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow and
https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .clients import OAuthClient, TokenBehaviour

CODE_FLOW = ("authorization_code", "refresh_token")
GOOGLE_SCOPES = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}
MICROSOFT_CODES = {
    "invalid_client": 7000215,
    "invalid_grant": 70008,
    "invalid_request": 900144,
    "redirect_uri_mismatch": 50011,
    "unauthorized_client": 700016,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One provider's ways.

    Args:
        title: What its pages call it.
        grant_types: What clients may ask tokens for.
        is_offline: Whether an authorization request with these parameters asks for a refresh
            token.
        once_per_consent: A refresh token is given only where the person was asked for consent.
        renews: Whether answers to refreshes normally carry a new refresh token.
        granted: The scope as answers name it, of the scope that was asked for.
        error: The body of an error, of Authlib's.
        code_prefix: What authorization codes begin with; likewise the tokens.
    """

    provider: str
    title: str
    grant_types: tuple[str, ...]
    is_offline: Callable[[Mapping[str, str]], bool] = lambda parameters: False
    once_per_consent: bool = False
    renews: bool = False
    granted: Callable[[str], str] = lambda scope: scope
    error: Callable[[dict[str, object]], dict[str, object]] = lambda body: body
    code_prefix: str = ""
    access_token_prefix: str = ""
    refresh_token_prefix: str = ""

    def renews_refresh_token_of(self, client: OAuthClient) -> bool:
        """Whether this client's refreshes bring it a new refresh token."""
        match client.behaviour:
            case TokenBehaviour.ROTATING:
                return True
            case TokenBehaviour.KEEPING:
                return False
            case _:
                return self.renews


def _google_scope(scope: str) -> str:
    return " ".join(GOOGLE_SCOPES.get(name, name) for name in scope.split())


def _microsoft_scope(scope: str) -> str:
    return " ".join(name for name in scope.split() if name != "offline_access")


def _microsoft_error(body: dict[str, object]) -> dict[str, object]:
    number = MICROSOFT_CODES.get(str(body.get("error")), 90000)
    described = f"AADSTS{number}: {body.get('error_description') or 'The request was refused.'}"
    return body | {"error_description": described, "error_codes": [number]}


GOOGLE = Policy(
    provider="google",
    title="Google",
    grant_types=CODE_FLOW,
    is_offline=lambda parameters: parameters.get("access_type") == "offline",
    once_per_consent=True,
    granted=_google_scope,
    code_prefix="4/0A",
    access_token_prefix="ya29.a0",
    refresh_token_prefix="1//0",
)
MICROSOFT = Policy(
    provider="microsoft",
    title="Microsoft",
    grant_types=CODE_FLOW,
    is_offline=lambda parameters: "offline_access" in parameters.get("scope", "").split(),
    renews=True,
    granted=_microsoft_scope,
    error=_microsoft_error,
    code_prefix="1.A",
    access_token_prefix="EwB",
    refresh_token_prefix="1.AX",
)
ACME = Policy(
    provider="acme",
    title="Acme",
    grant_types=("client_credentials",),
    access_token_prefix="acme_at_",
)
