"""The messages of OAuth2, written by Authlib from the declaration and the setup values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from integrations_app.domain.provider import OAuth, Provider
from integrations_app.errors import FieldProblem, InvalidFields, MissingPlaceholder
from integrations_app.providers.addresses import in_ascii
from integrations_app.providers.oauth import CLIENT_ID, CLIENT_SECRET, authlib_messages
from integrations_app.providers.templates import fill_text, fill_url

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """Request to POST; neither headers nor body are shown, both may hold secrets."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def authorization_url(
    provider: Provider,
    oauth: OAuth,
    values: Mapping[str, str],
    *,
    redirect_uri: str,
    scopes: Sequence[str] | None,
    state: str | None,
    code_verifier: str | None,
) -> str:
    """Return where the admin's browser is sent.

    Args:
        provider: Whose settings these are.
        oauth: The provider's settings.
        values: Setup values; `client_id` among them.
        redirect_uri: Where the browser comes back to.
        scopes: What to ask for; None for the declared ones.
        state: Recognises who comes back.
        code_verifier: Its S256 challenge is sent along, where the provider allows PKCE.

    Raises:
        MissingPlaceholder: The address needs a value that is not there.
        InvalidFields: A value would become more than one part of the address.
    """
    if oauth.authorize_url is None:
        raise MissingPlaceholder(provider=provider.key, placeholder="authorize_url")
    params = {
        name: fill_text(text, values, provider) for name, text in oauth.authorize_params.items()
    }
    if code_verifier and oauth.pkce:
        params["code_challenge"] = authlib_messages.challenge_of(code_verifier)
        params["code_challenge_method"] = "S256"
    wanted_scopes = oauth.default_scopes if scopes is None else scopes
    return authlib_messages.authorization_address(
        in_ascii(fill_url(oauth.authorize_url, values, provider)),
        client_id=values[CLIENT_ID],
        redirect_uri=redirect_uri,
        scope=oauth.scope_separator.join(wanted_scopes) or None,
        state=state,
        parameters=params,
    )


def exchange(
    provider: Provider,
    oauth: OAuth,
    values: Mapping[str, str],
    *,
    code: str,
    redirect_uri: str,
    code_verifier: str | None,
) -> TokenRequest:
    """The request that turns a code into tokens."""
    verifier = {"code_verifier": code_verifier} if code_verifier and oauth.pkce else {}
    own = {"redirect_uri": redirect_uri, "code": code, **verifier}
    return _token_request(provider, oauth, values, "authorization_code", own)


def refresh(
    provider: Provider, oauth: OAuth, values: Mapping[str, str], *, refresh_token: str
) -> TokenRequest:
    """The request that turns a refresh token into fresh tokens."""
    own = {"refresh_token": refresh_token}
    return _token_request(provider, oauth, values, "refresh_token", own)


def mint(provider: Provider, oauth: OAuth, values: Mapping[str, str]) -> TokenRequest:
    """The request that turns the client's own credentials into a token."""
    scope = oauth.scope_separator.join(oauth.default_scopes)
    own = {"scope": scope} if scope else {}
    return _token_request(provider, oauth, values, "client_credentials", own)


def revoke(
    provider: Provider, oauth: OAuth, values: Mapping[str, str], *, token: str, hint: str
) -> TokenRequest | None:
    """The request that makes a token worthless; None if the provider has no place for it.

    Args:
        provider: Whose token it is.
        oauth: The provider's settings.
        values: Setup values and secrets.
        token: An access or a refresh token.
        hint: Which of the two: `access_token` or `refresh_token`.
    """
    if oauth.revoke_url is None:
        return None
    url = fill_url(oauth.revoke_url, values, provider)
    body = authlib_messages.revocation(token, hint)
    return _authenticated(provider, oauth, values, url, body)


def _token_request(
    provider: Provider,
    oauth: OAuth,
    values: Mapping[str, str],
    grant_type: str,
    own: Mapping[str, str],
) -> TokenRequest:
    further = {name: fill_text(text, values, provider) for name, text in oauth.token_params.items()}
    body = authlib_messages.token_request(grant_type, further=further, **own)
    url = fill_url(oauth.token_url, values, provider)
    return _authenticated(provider, oauth, values, url, body)


def _authenticated(
    provider: Provider, oauth: OAuth, values: Mapping[str, str], url: str, body: str
) -> TokenRequest:
    """The request with the client's own name and secret where the provider wants them.

    Raises:
        MissingPlaceholder: One of the two is not there.
        InvalidFields: One of the two has characters that cannot stand there.
    """
    needed = (CLIENT_ID,) if oauth.client_auth == "none" else (CLIENT_ID, CLIENT_SECRET)
    for key in needed:
        if not values.get(key):
            raise MissingPlaceholder(provider=provider.key, placeholder=key)
    beyond = [key for key in (CLIENT_ID, CLIENT_SECRET) if not values.get(key, "").isascii()]
    if beyond:  # what the encoder raises instead would hold the secret
        raise InvalidFields(dict.fromkeys(beyond, FieldProblem.PATTERN))
    client_id, secret = values[CLIENT_ID], values.get(CLIENT_SECRET, "")
    if oauth.client_auth == "client_secret_basic":  # RFC 6749, 2.3.1; Authlib leaves it out
        client_id, secret = quote_plus(client_id), quote_plus(secret)
    url, headers, body = authlib_messages.authenticated(
        in_ascii(url), _FORM, body, client_id=client_id, secret=secret, method=oauth.client_auth
    )
    return TokenRequest(url=url, headers=headers, body=body.encode())
