"""Acme, a service that nobody has: client credentials, and an API for one account."""

from __future__ import annotations

import json
from functools import partial

from ..messages import Answer, Reply, Request, Site
from ..oauth.service import Service, account_fails
from ..oauth.tokens import IssuedToken
from .redirect import redirect

TOKENS, API = "auth.acme.example", "api.acme.example"


def site(service: Service) -> Site:
    """Acme at its hosts for tokens and for its API."""
    return Site(hosts=(TOKENS, API), answer=partial(answer, service))


def answer(service: Service, request: Request) -> Answer:
    """Answer as Acme."""
    if request.host == API:
        return redirect(request) or service.guarded(request, _api, error=_error)
    if (request.method, request.path) == ("POST", "/oauth/token"):
        return service.token(request)
    return _error(404)


def _api(request: Request, token: IssuedToken) -> Reply:
    match request.method, request.path:
        case "GET", "/v1/account":
            return _error(500) if account_fails(token) else _account(token)
        case "GET", "/v1/things":
            return Reply.of_json({"things": [{"id": 1, "name": "Anvil"}]})
        case "POST", "/v1/things":
            return _created(request)
        case _:
            return _error(404)


def _account(token: IssuedToken) -> Reply:
    number = token.authorization.client.id[-8:]
    return Reply.of_json({"id": f"acct_{number}", "name": f"Acme account {number}"})


def _created(request: Request) -> Reply:
    try:
        asked = json.loads(request.body or b"{}")
    except ValueError:
        return _error(400)
    return Reply.of_json({"id": 2, "created": asked}, status=201)


def _error(status: int) -> Reply:
    return Reply.of_json({"error": {"status": status}}, status=status)
