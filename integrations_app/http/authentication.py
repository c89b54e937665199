"""Authentication of requests and open pages: by our own cookie, or by the app around us.

Another app that embeds the pages has people signed in already; it says who they are by a function
of the headers that their browsers send.
"""

import logging
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from integrations_app import settings
from integrations_app.domain.admin import AdminSession, HostAdmin
from integrations_app.errors import DatabaseUnavailable
from integrations_app.http import cookies, reach
from integrations_app.services.identity import host_sessions, sessions

logger = logging.getLogger(__name__)

Headers = Mapping[str, str]
"""Headers of a request or a websocket's handshake, by lower-case name."""

Identify = Callable[[Headers], HostAdmin | None]
"""Called in a thread; may raise DatabaseUnavailable if it cannot tell for the moment."""

_identify: Identify | None = None


def ask(identify: Identify) -> None:
    """From now on the app around us says who is who, and our own cookie nothing."""
    global _identify  # noqa: PLW0603 - a process is embedded or not
    _identify = identify


def are_told() -> bool:
    """Return whether the app around us says who is who."""
    return _identify is not None


def find(headers: Headers) -> AdminSession | None:
    """The session of the browser that sent these headers; None if nobody is signed in there.

    Raises:
        DatabaseUnavailable: It cannot be told now.
    """
    if _identify is None:
        return sessions.find(cookies.session_token(headers.get("cookie", "")))
    admin = _told(_identify, headers)
    return host_sessions.session_of(admin) if admin else None


def token(headers: Headers) -> str:
    """Return what the browser is recognised by, without a database of ours; empty if by nothing."""
    if _identify is None:
        return cookies.session_token(headers.get("cookie", ""))
    try:
        admin = _told(_identify, headers)
    except DatabaseUnavailable:
        return ""
    return host_sessions.token_of(admin) if admin else ""


def _told(identify: Identify, headers: Headers) -> HostAdmin | None:
    """Return what the app around us says; whatever else goes wrong there, nobody is let in."""
    if not is_own_page(headers):
        return None
    try:
        admin = identify(headers)
    except DatabaseUnavailable:
        raise
    except Exception as error:
        logger.error("The sign-in of the app around us failed.", exc_info=error)
        return None
    if admin is not None and not isinstance(admin, HostAdmin):
        logger.error("The sign-in of the app around us gave a %s.", type(admin).__name__)
        return None
    return admin


def is_own_page(headers: Headers) -> bool:
    """Return whether no page of another site is behind it, which would send our cookies along.

    Programs name no origin, and may pass. Inside another app its own host is right, whatever it is
    called; alone, only the addresses of the settings are.
    """
    origin = headers.get("origin")
    if origin is None or (are_told() and _host_of(origin) == headers.get("host")):
        return True
    if origin in settings.load().accepted_origins:
        return True
    reach.warn_of(origin)
    return False


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as "http://["
        return ""
