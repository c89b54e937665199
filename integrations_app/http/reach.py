"""A check, for pages that get no WebSocket, of the address that they were opened at.

A refused websocket tells the browser no reason, and the server's log nothing of it; so a page asks
here, by plain HTTP, and the log says once a minute which address was refused.
"""

import logging
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from integrations_app import settings

logger = logging.getLogger(__name__)

REACH = "/api/integrations/reach"

WEBSOCKETS_ARE_SHUT = "integrations.websockets_are_shut"
"""Key of a scope while none are let in, since there is no state to serve them with."""

_EVENTS = "/_event"
_QUIET_S = 60.0
_MOST_ORIGINS = 50
_LONGEST_SHOWN = 200

Accepts = Callable[[str], bool]


def accepts(origin: str) -> bool:
    """Check whether pages of this origin may talk to us."""
    return origin in settings.load().accepted_origins


def route(accepts: Accepts = accepts) -> Route:
    """The endpoint that pages ask.

    Args:
        accepts: Says whose websockets are let in.
    """

    async def reach(request: Request) -> Response:
        if request.scope.get(WEBSOCKETS_ARE_SHUT):
            return Response(status_code=503, headers={"Cache-Control": "no-store"})
        told = {
            "accepted": accepts(request.headers.get("origin", "")),
            "origin": settings.load().origin,
        }
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    return Route(REACH, reach, methods=["POST"])


def foreign_origins_logged(app: ASGIApp) -> ASGIApp:
    """Wrap the app, which refuses websockets of foreign pages without a word."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"].startswith(_EVENTS):
            origin = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
            if origin and not accepts(origin):
                warn_of(origin)
        await app(scope, receive, send)

    return wrapped


class _Warned:
    """Times at which origins were warned of; so many and no more, since anybody can name any."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def is_due(self, origin: str) -> bool:
        now = time.monotonic()
        self._at = {each: at for each, at in self._at.items() if now - at < _QUIET_S}
        if origin in self._at or len(self._at) >= _MOST_ORIGINS:
            return False
        self._at[origin] = now
        return True


_warned = _Warned()


def warn_of(origin: str) -> None:
    """Log that pages of this origin get no websocket, once a minute."""
    shown = origin[:_LONGEST_SHOWN]
    if _warned.is_due(shown):
        logger.warning(
            "A page at %r was refused: the server expects to be opened at %s. If the first is "
            "right, set INTEGRATIONS_PUBLIC_URL to it.",
            shown,
            settings.load().origin,
        )
