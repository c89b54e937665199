"""The authorization endpoint: who are you, and may this client have what it asks for?"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from authlib.oauth2.rfc6749 import AuthorizationCodeGrant, OAuth2Error

from ..messages import Reply, Request
from . import pages
from .accounts import OFFERED, Account
from .adapter import form_of, query_of
from .server import ProviderServer

ACCOUNT = "account"


def answer_visitor(server: ProviderServer, request: Request) -> Reply:
    """The page that a browser gets next, or its way back to the client.

    All that the pages know stands in their address: the client's own request, and the account
    once it is chosen.
    """
    visit = replace(request, method="GET")  # the answer to our own form is no part of it
    try:
        account = _account(query_of(request))
        grant = server.get_consent_grant(visit, account)
    except OAuth2Error as error:
        return _refusal(server, error)
    if account is None:
        return _choice(server, request)
    return _decide(server, grant, form_of(request).get("answer"))


def _decide(server: ProviderServer, grant: AuthorizationCodeGrant, answer: str | None) -> Reply:
    asked = grant.request
    if answer is None and server.needs_consent(asked):
        scopes = asked.payload.data.get("scope", "").split()
        return pages.ask_consent(
            server.policy.title, asked.user, client_id=asked.payload.client_id, scopes=scopes
        )
    granted_by = None if answer == pages.CANCEL else asked.user
    return server.create_authorization_response(asked, granted_by, grant)


def _account(parameters: dict[str, str]) -> Account | None:
    if chosen := parameters.get(ACCOUNT):
        return Account(email=chosen)
    hint = parameters.get("login_hint", "").lower()
    asks = "select_account" in parameters.get("prompt", "").split()
    return Account(email=hint) if hint in OFFERED and not asks else None


def _choice(server: ProviderServer, request: Request) -> Reply:
    links = {
        Account(email=email): f"{request.path}?{request.query}&{urlencode({ACCOUNT: email})}"
        for email in OFFERED
    }
    return pages.choose_account(server.policy.title, links)


def _refusal(server: ProviderServer, error: OAuth2Error) -> Reply:
    if error.redirect_uri:
        return server.handle_error_response(None, error)
    return pages.refusal(
        server.policy.title, error=error.error, description=error.get_error_description() or ""
    )
