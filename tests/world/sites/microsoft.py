"""Microsoft 365: sign-in and tokens by tenant, and Microsoft Graph. It has no revocation.

Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow and
https://learn.microsoft.com/en-us/graph/errors (the error's shape).
"""

from __future__ import annotations

import re
from functools import partial

from ..messages import Answer, Reply, Request, Site
from ..oauth.service import Service, account_fails
from ..oauth.tokens import IssuedToken
from .redirect import redirect

SIGN_IN, GRAPH = "login.microsoftonline.com", "graph.microsoft.com"
TENANT = re.compile(
    r"common|organizations|consumers|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}",
    re.IGNORECASE,
)
CODES = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Authorization_RequestDenied",
    404: "ResourceNotFound",
    429: "TooManyRequests",
    500: "generalException",
    503: "serviceNotAvailable",
}
MESSAGES = {401: "Access token validation failure.", 404: "Resource could not be discovered."}


def site(service: Service) -> Site:
    """Microsoft at its hosts for people and tokens, and for Graph."""
    return Site(hosts=(SIGN_IN, GRAPH), answer=partial(answer, service))


def answer(service: Service, request: Request) -> Answer:
    """Answer as Microsoft."""
    if request.host == GRAPH:
        return redirect(request) or service.guarded(request, _graph, error=_error)
    tenant, _, rest = request.path.removeprefix("/").partition("/")
    if not TENANT.fullmatch(tenant):
        return _unknown_tenant(tenant)
    match request.method, rest:
        case "GET" | "POST", "oauth2/v2.0/authorize":
            return service.authorize(request)
        case "POST", "oauth2/v2.0/token":
            return service.token(request)
        case _:
            return _error(404)


def _graph(request: Request, token: IssuedToken) -> Reply:
    match request.method, request.path:
        case "GET", "/v1.0/me":
            return _error(500) if account_fails(token) else _user(token)
        case "GET", "/v1.0/me/messages":
            return Reply.of_json({"value": [{"id": "message-1", "subject": "Hello"}]})
        case _:
            return _error(404)


def _user(token: IssuedToken) -> Reply:
    account = token.account
    content = {"id": account.microsoft_id, "displayName": account.name}
    return Reply.of_json(content | {"userPrincipalName": account.email})


def _unknown_tenant(tenant: str) -> Reply:
    described = f"AADSTS90002: Tenant '{tenant}' not found."
    return Reply.of_json({"error": "invalid_tenant", "error_description": described}, status=400)


def _error(status: int) -> Reply:
    code = CODES.get(status, "unknownError")
    return Reply.of_json(
        {"error": {"code": code, "message": MESSAGES.get(status, code)}}, status=status
    )
