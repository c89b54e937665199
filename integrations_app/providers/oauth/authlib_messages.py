"""Messages of OAuth2 as Authlib writes them, with the types that it leaves out."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping
from typing import cast

from authlib.common.urls import add_params_to_qs
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7009 import prepare_revoke_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge


def authorization_address(
    address: str,
    *,
    client_id: str,
    redirect_uri: str,
    scope: str | None,
    state: str | None,
    parameters: Mapping[str, str],
) -> str:
    """Return the address that asks somebody to grant access, by a code."""
    written = prepare_grant_uri(
        address,
        client_id=client_id,
        response_type="code",
        redirect_uri=redirect_uri,
        scope=scope,
        state=state,
        **parameters,
    )
    return cast("str", written)


def challenge_of(code_verifier: str) -> str:
    """Return the S256 challenge of PKCE."""
    return cast("str", create_s256_code_challenge(code_verifier))


def token_request(
    grant_type: str, *, further: Mapping[str, str], redirect_uri: str | None = None, **own: str
) -> str:
    """Return the body of a request for tokens.

    Args:
        grant_type: Of RFC 6749.
        further: Parameters that the provider wants besides.
        redirect_uri: For a code alone.
        own: The grant type's own parameters.
    """
    body = prepare_token_request(grant_type, redirect_uri=redirect_uri, **own)
    return add_params_to_qs(body, list(further.items()))


def revocation(token: str, hint: str) -> str:
    """Return the body of a request to make a token worthless."""
    body, _headers = prepare_revoke_token_request(token, hint, "", {})
    return cast("str", body)


def authenticated(
    address: str, headers: Mapping[str, str], body: str, *, client_id: str, secret: str, method: str
) -> tuple[str, dict[str, str], str]:
    """Return address, headers and body with the client's name and secret in them.

    Args:
        address: Where the request goes.
        headers: Those of the request.
        body: A form.
        client_id: The client's name.
        secret: The client's secret; empty for a client without.
        method: How the client names itself, in the words of RFC 7591.
    """
    client = ClientAuth(client_id, secret, method)
    prepared = client.prepare("POST", address, dict(headers), body)
    return cast("tuple[str, dict[str, str], str]", prepared)
