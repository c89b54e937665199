"""The access log: a line for each request, and the time it took.

The outermost edge of HTTP, inside of which every request has its id.
"""

import logging
import time

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations_app.services import observation

logger = logging.getLogger(__name__)

FIELDS = ("method", "route", "status", "duration_ms")
"""What a request's line says beside its text; never the address, whose query may hold a code."""

PAGES = "pages"
"""The route of everything that no endpoint answers: built pages, their files, what is not there."""

OTHER = "other"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ENDPOINTS = "/api/"
_FAILED = 500


def journal(app: ASGIApp) -> ASGIApp:
    """Wrap the app; what it fails to answer is logged here, and answered in general terms."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began_at = time.monotonic()
        status: int | None = None
        is_whole = False

        async def watched(message: Message) -> None:
            nonlocal status, is_whole
            if message["type"] == "http.response.start":
                status = message["status"]
            is_whole = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await app(scope, receive, watched)
        except Exception:
            logger.exception("A request could not be answered.")
            if status is None:
                await PlainTextResponse("Something went wrong.", _FAILED)(scope, receive, watched)
            elif not is_whole:
                raise  # the server cuts the connection, so that half is not taken for all
        finally:
            _note(scope, status or _FAILED, duration_s=time.monotonic() - began_at)

    return wrapped


def _note(scope: Scope, status: int, *, duration_s: float) -> None:
    route = getattr(scope.get("route"), "path", "") or PAGES
    method = scope["method"] if scope["method"] in _METHODS else OTHER
    observation.answered(route=route, method=method, status=status, duration_s=duration_s)
    if route == PAGES:
        return
    told = (method, route, status, round(duration_s * 1000, 1))
    level = logging.INFO if route.startswith(_ENDPOINTS) else logging.DEBUG
    logger.log(level, "%s %s %s", *told[:3], extra=dict(zip(FIELDS, told, strict=True)))
