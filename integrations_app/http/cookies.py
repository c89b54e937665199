"""The cookie by which a signed-in browser is recognised."""

from starlette.requests import cookie_parser
from starlette.responses import Response

from integrations_app import settings
from integrations_app.services.sessions import LIFETIME


def session_token(header: str) -> str:
    """The session's token in a `Cookie` header; empty if there is none."""
    return cookie_parser(header).get(_name(), "")


def keep(response: Response, token: str) -> None:
    """Have the browser keep a session's token, out of reach of scripts."""
    response.set_cookie(
        _name(),
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=_is_https(),
        httponly=True,
        samesite="lax",  # strict would lose it on the way back from an OAuth provider
    )


def forget(response: Response) -> None:
    """Have the browser drop it."""
    response.delete_cookie(_name(), path="/", secure=_is_https(), httponly=True, samesite="lax")


def _name() -> str:
    # Browsers take a cookie of this prefix from the host itself only, never from a sibling domain.
    return "__Host-integrations_session" if _is_https() else "integrations_session"


def _is_https() -> bool:
    return settings.load().origin.startswith("https:")
