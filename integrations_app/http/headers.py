"""Headers that every answer carries, pages and their files included."""

import os

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from integrations_app import routes, settings
from integrations_app.settings import PublicUrl

# Reflex writes the page's first state into an inline script, components style themselves inline,
# and what a handler asks of the browser (a toast, a script) arrives as text to evaluate.
_CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self' ws: wss:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_YEAR_S = 31_536_000
_NAMED_BY_CONTENT = ("/assets/", "/fonts/")
"""Files whose names carry a hash or a version: another content has another name."""


def security_headers(app: ASGIApp) -> ASGIApp:
    """Wrap the whole app; each request gets an id, in its log lines too, and browsers' scheme."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        scope["request_id"] = os.urandom(8).hex()
        address = settings.load().address
        if address.is_https:  # a proxy in front speaks TLS; without this, redirects would leave it
            scope["scheme"] = "wss" if scope["type"] == "websocket" else "https"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), scope, message["status"], address)
            await send(message)

        if scope["type"] == "websocket":  # its events have ids of their own
            await app(scope, receive, with_headers)
            return
        with bound_contextvars(request_id=scope["request_id"]):
            await app(scope, receive, with_headers)

    return wrapped


def _add(headers: MutableHeaders, scope: Scope, status: int, address: PublicUrl) -> None:
    path: str = scope["path"]
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Content-Security-Policy", _CSP)
    headers["Referrer-Policy"] = "no-referrer" if _holds_key(path) else "same-origin"
    headers["X-Request-Id"] = scope["request_id"]
    if _may_insist_on_https(address):
        headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}"
    caching = _caching(path, status, headers.get("content-type", ""))
    if caching:
        headers.setdefault("Cache-Control", caching)


def _may_insist_on_https(address: PublicUrl) -> bool:
    """Return whether the host is ours alone: the demand holds for all of its ports, for a year."""
    is_whole_host = address.has_usual_port and not address.path
    return address.is_https and is_whole_host and not address.is_local


def _holds_key(path: str) -> bool:
    """Return whether an address is a secret itself: a set-up token, a provider's code."""
    return path.rstrip("/") in (routes.SETUP, routes.OAUTH_CALLBACK)


def _caching(path: str, status: int, content_type: str) -> str | None:
    if path.startswith(_NAMED_BY_CONTENT) and status in (200, 206, 304):
        return f"public, max-age={_YEAR_S}, immutable"
    if content_type.startswith("text/html"):
        return "no-cache"
    return None
