"""Google: sign-in, tokens, and two of its APIs.

Source: https://developers.google.com/identity/protocols/oauth2/web-server (addresses) and
https://cloud.google.com/apis/design/errors (the error's shape).
"""

from __future__ import annotations

import json
from functools import partial

from ..messages import Answer, Reply, Request, Site
from ..oauth.service import Service, account_fails
from ..oauth.tokens import IssuedToken
from .redirect import redirect

SIGN_IN, TOKENS, API = "accounts.google.com", "oauth2.googleapis.com", "www.googleapis.com"
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
MESSAGES = {
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token.",
    404: "Requested entity was not found.",
    429: "Quota exceeded.",
}


def site(service: Service) -> Site:
    """Google at its hosts for people, for tokens and for APIs."""
    return Site(hosts=(SIGN_IN, TOKENS, API), answer=partial(answer, service))


def answer(service: Service, request: Request) -> Answer:
    """Answer as Google."""
    match request.host, request.method, request.path:
        case (host, "GET" | "POST", "/o/oauth2/v2/auth") if host == SIGN_IN:
            return service.authorize(request)
        case (host, "POST", "/token") if host == TOKENS:
            return service.token(request)
        case (host, "POST", "/revoke") if host == TOKENS:
            return service.revoke(request)
        case (host, _, _) if host == API:
            return redirect(request) or service.guarded(request, _api, error=_error)
        case _:
            return _error(404)


def _api(request: Request, token: IssuedToken) -> Reply:
    match request.method, request.path:
        case "GET", "/oauth2/v2/userinfo":
            return _error(500) if account_fails(token) else _user(token)
        case "GET", "/drive/v3/files":
            return Reply.of_json({"kind": "drive#fileList", "files": [_file("Budget.xlsx")]})
        case "POST", "/drive/v3/files":
            return _created(request)
        case _:
            return _error(404)


def _user(token: IssuedToken) -> Reply:
    account = token.account
    content = {"id": account.google_id, "email": account.email}
    return Reply.of_json(content | {"verified_email": True, "name": account.name})


def _created(request: Request) -> Reply:
    try:
        asked = json.loads(request.body or b"{}")
    except ValueError:
        return _error(400)
    name = asked.get("name", "Untitled") if isinstance(asked, dict) else "Untitled"
    return Reply.of_json(_file(name))


def _file(name: str) -> dict[str, str]:
    return {"kind": "drive#file", "id": f"file-{name}", "name": name}


def _error(status: int) -> Reply:
    named = STATUSES.get(status, "UNKNOWN")
    error = {"code": status, "message": MESSAGES.get(status, named), "status": named}
    return Reply.of_json({"error": error}, status=status)
