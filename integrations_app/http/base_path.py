"""Serving below a path of the host, whether or not the proxy in front strips it.

Everything within knows its addresses without that path; browsers see them with it.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations_app import settings


def below_base_path(app: ASGIApp) -> ASGIApp:
    """Wrap the whole app; without a path in INTEGRATIONS_PUBLIC_URL nothing is changed."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        base = settings.load().address.path
        if not base or scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return

        async def with_base(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), base, Headers(scope=scope))
            await send(message)

        await app(_stripped(scope, base), receive, with_base)

    return wrapped


def _stripped(scope: Scope, base: str) -> Scope:
    path: str = scope["path"]
    if path != base and not path.startswith(f"{base}/"):
        return scope
    inner = path.removeprefix(base) or "/"
    raw: bytes = scope.get("raw_path") or path.encode()
    return {**scope, "path": inner, "raw_path": raw.removeprefix(base.encode()) or b"/"}


def _complete(headers: MutableHeaders, base: str, asked: Headers) -> None:
    """Lead a redirect to an address of ours below the path."""
    if "location" not in headers:
        return
    url = urlsplit(headers["location"])
    is_ours = not url.netloc or url.netloc == asked.get("host")
    if is_ours and url.path.startswith("/") and not f"{url.path}/".startswith(f"{base}/"):
        headers["location"] = url._replace(path=base + url.path).geturl()
