"""A provider of the tests' own: it takes every code, and refuses all else after a while."""

from __future__ import annotations

from itertools import count

from integrations_app.domain.provider import Provider
from tests.api.oauth.accounts import sent_form
from tests.api.oauth.conftest import CLIENT
from tests.api.providers import declared
from tests.world.messages import Answer, Later, Reply, Request, Site

HOST = "sso.reluctant.example"
REFUSED_AFTER_S = 0.7


def provider(auth_type: str) -> Provider:
    """Its declaration for clients of this kind; without PKCE, and with nothing to check with."""
    authorize = {"authorize_url": f"https://{HOST}/authorize"} if auth_type == "oauth2" else {}
    return declared(
        "reluctant",
        auth_type=auth_type,
        fields=CLIENT,
        placement={"headers": {"Authorization": "Bearer {access_token}"}},
        allowed_hosts=[HOST],
        check=None,
        oauth={"token_url": f"https://{HOST}/token", "pkce": False, **authorize},
    )


def site() -> Site:
    """Where it answers."""
    numbers = count()

    def answer(request: Request) -> Answer:
        if sent_form(request)["grant_type"] != "authorization_code":
            refusal = Reply.of_json({"error": "invalid_grant"}, status=400)
            return Later(reply=refusal, after_s=REFUSED_AFTER_S)
        number = next(numbers)
        tokens = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}"}
        return Reply.of_json({**tokens, "token_type": "Bearer", "expires_in": 3600})

    return Site(hosts=(HOST,), answer=answer)
