"""The cookies by which a browser is recognised: signed in, or one that has been before."""

from starlette.requests import cookie_parser
from starlette.responses import Response

from integrations_app import settings
from integrations_app.services.identity import known_browsers
from integrations_app.services.identity.sessions import LIFETIME


def session_token(header: str) -> str:
    """The session's token in a `Cookie` header; empty if there is none."""
    return cookie_parser(header).get(_name(), "")


def keep(response: Response, token: str) -> None:
    """Have the browser keep a session's token, out of reach of scripts."""
    response.set_cookie(
        _name(),
        token,
        max_age=int(LIFETIME.total_seconds()),
        path=_path(),
        secure=_is_https(),
        httponly=True,
        samesite="lax",  # strict would lose it on the way back from an OAuth provider
    )


def forget(response: Response) -> None:
    """Have the browser drop it."""
    response.delete_cookie(_name(), path=_path(), secure=_is_https(), httponly=True, samesite="lax")


def browser_marker(header: str) -> str:
    """Return the marker of an earlier sign-in in a `Cookie` header; empty if there is none."""
    return cookie_parser(header).get(_marker_name(), "")


def keep_marker(response: Response, marker: str, *, path: str) -> None:
    """Have the browser keep it, to be sent to one path of ours only; signing out leaves it."""
    response.set_cookie(
        _marker_name(),
        marker,
        max_age=int(known_browsers.LIFETIME.total_seconds()),
        path=settings.load().address.path + path,
        secure=_is_https(),
        httponly=True,
        samesite="strict",
    )


def _marker_name() -> str:
    # `__Host-` would have the browser send it everywhere.
    return f"{'__Secure-' if _is_https() else ''}integrations_browser{_of_instance()}"


def _name() -> str:
    # Browsers take a cookie of this prefix from the host itself only, never from a sibling domain;
    # but it goes to the whole host, which below a path is not ours.
    whole_host = _path() == "/"
    prefix = ("__Host-" if whole_host else "__Secure-") if _is_https() else ""
    return f"{prefix}integrations_session{_of_instance()}"


def _path() -> str:
    return settings.load().address.path or "/"


def _of_instance() -> str:
    """Return a suffix for the cookies of this server: browsers share them among ports."""
    address = settings.load().address
    port = "" if address.has_usual_port else f"_{address.port}"
    return port + address.path.replace("/", "_")


def _is_https() -> bool:
    return settings.load().address.is_https
