"""Pages that get no WebSocket, by Engine.IO's HTTP long polling: for one process only.

A page whose WebSocket is blocked on the way asks over HTTP instead. To the app each such page is a
WebSocket nevertheless, with the headers of its first request, so that whatever holds for those
holds for these; Engine.IO's own long polling stays off. What is checked here is what a WebSocket
has by nature: that all requests of a page come from the browser that sent the first, and from a
page of ours.
"""

import asyncio
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from integrations_app.http import authentication, bodies
from integrations_app.http.bodies import BodyRefused
from integrations_app.http.polled_websocket import CLOSE, PolledWebSocket
from integrations_app.http.post_endpoints import Refused, refuse_foreign

EVENTS = "/_event/"

MAX_PACKETS = 256
"""In one request."""

_SEPARATOR = "\x1e"
_OPEN = "0"
_SENT_BY_PAGES = (CLOSE, "3", "4")
"""Packets of Engine.IO: close, pong, message."""

_PARAMETERS = frozenset({"EIO", "transport", "t", "token", "sid"})
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_OF_ONE_REQUEST = frozenset({b"connection", b"upgrade", b"content-length", b"transfer-encoding"})
_NO_STORE = {"Cache-Control": "no-store"}
_NOT_UNDERSTOOD, _NOT_ALLOWED = 400, 405


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of what one page may cost.

    Attributes:
        body_bytes: How long a request may be.
        abandoned_after_s: How long the next request is waited for; a page asks again as soon as it
            has read the answer.
    """

    body_bytes: int = bodies.MAX_BYTES
    abandoned_after_s: float = 30.0


LimitsOf = Callable[[Scope], Limits]
"""Called with the scope of a WebSocket, once the app has accepted it."""


def _usual(_scope: Scope) -> Limits:
    return Limits()


class LongPolling:
    """Stands in for the WebSockets of an app; wrap the whole app in it, last of all.

    Args:
        limits: Says what a page may cost.
        serves: Whether to let pages in; several processes would each know of some requests only.
    """

    def __init__(self, *, limits: LimitsOf = _usual, serves: bool = True) -> None:
        self._limits = limits
        self._serves = serves
        self._app: ASGIApp | None = None
        self._open: dict[str, PolledWebSocket] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Remember the whole app, with all that guards its WebSockets."""
        self._app = app
        return app

    def route(self, path: str = EVENTS) -> Route:
        """Return the endpoint that pages ask."""
        return Route(path, self._answer, methods=list(_METHODS))

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._serve(request)
        except Refused as refused:
            return PlainTextResponse(refused.code, refused.status, _NO_STORE)
        except ClientDisconnect:
            return Response(status_code=_NOT_UNDERSTOOD)

    async def _serve(self, request: Request) -> Response:
        if request.method not in ("GET", "POST"):
            raise Refused(_NOT_ALLOWED, "wrong_method")
        if not self._serves:
            raise Refused(_NOT_UNDERSTOOD, "websockets_only")
        refuse_foreign(request)
        query = _query(request)
        owner = await _owner(request)
        sid = query.get("sid")
        if sid is None:
            return await self._opened(request, query, owner)
        websocket = self._open.get(sid)
        # Nobody learns whether a session of somebody else is there.
        if websocket is None or not hmac.compare_digest(websocket.owner.encode(), owner.encode()):
            raise Refused(_NOT_UNDERSTOOD, "unknown_session")
        if request.method == "POST":
            return await self._delivered(request, websocket)
        return await self._polled(request, websocket)

    async def _opened(self, request: Request, query: Mapping[str, str], owner: str) -> Response:
        if request.method != "GET" or self._app is None:
            raise Refused(_NOT_UNDERSTOOD, "unknown_session")
        sid = secrets.token_urlsafe(24)
        websocket = PolledWebSocket(
            scope=_scope(request.scope, query.get("token")),
            owner=owner,
            abandoned_after_s=lambda scope: self._limits(scope).abandoned_after_s,
        )
        self._open[sid] = websocket
        self._tasks.add(task := asyncio.create_task(self._run(self._app, sid, websocket)))
        task.add_done_callback(self._tasks.discard)
        first, *rest = await self._packets(request, websocket)
        if not first.startswith(_OPEN):
            websocket.close()
            raise Refused(_NOT_UNDERSTOOD, "refused")
        limit = self._limits(websocket.scope).body_bytes
        return _answer_with([_own_opening(first, sid=sid, limit=limit), *rest])

    async def _run(self, app: ASGIApp, sid: str, websocket: PolledWebSocket) -> None:
        try:
            await websocket.run(app)
        finally:
            self._open.pop(sid, None)

    async def _polled(self, request: Request, websocket: PolledWebSocket) -> Response:
        return _answer_with(await self._packets(request, websocket))

    async def _packets(self, request: Request, websocket: PolledWebSocket) -> list[str]:
        await _body(request, limit=0)

        async def has_left() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass

        return await websocket.poll(has_left)

    async def _delivered(self, request: Request, websocket: PolledWebSocket) -> Response:
        with websocket.delivering() as is_first:
            if not is_first:  # pages send one request after the other
                raise Refused(_NOT_UNDERSTOOD, "still_busy")
            body = await _body(request, limit=self._limits(websocket.scope).body_bytes)
            packets = body.split(_SEPARATOR)
            if len(packets) > MAX_PACKETS or not all(map(_is_sent_by_pages, packets)):
                websocket.close()
                raise Refused(_NOT_UNDERSTOOD, "unreadable")
            if not await websocket.deliver(packets):
                raise Refused(_NOT_UNDERSTOOD, "not_taken")
        return PlainTextResponse("ok", headers=_NO_STORE)


def _is_sent_by_pages(packet: str) -> bool:
    return packet.startswith(_SENT_BY_PAGES)


def _query(request: Request) -> dict[str, str]:
    """Return the query of a request that Engine.IO's client of this version could send.

    Raises:
        Refused: It could not; JSONP, other versions and other transports among them.
    """
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    query = dict(pairs)
    is_known = len(query) == len(pairs) and query.keys() <= _PARAMETERS
    if not is_known or query.get("EIO") != "4" or query.get("transport") != "polling":
        raise Refused(_NOT_UNDERSTOOD, "unknown_transport")
    return query


async def _owner(request: Request) -> str:
    if authentication.are_told():
        return await run_in_threadpool(authentication.token, request.headers)
    return authentication.token(request.headers)


async def _body(request: Request, *, limit: int) -> str:
    receive = bodies.bounded(request.receive, max_bytes=limit)
    try:
        return (await Request(request.scope, receive).body()).decode()
    except BodyRefused as refused:
        raise Refused(refused.status_code, "too_long_or_slow") from None
    except ValueError:
        raise Refused(_NOT_UNDERSTOOD, "unreadable") from None


def _scope(asked: Scope, token: str | None) -> Scope:
    """Return the scope of the WebSocket that a browser would have opened in place of a request."""
    query = {"EIO": "4", "transport": "websocket"} | ({} if token is None else {"token": token})
    upgrade = [(b"upgrade", b"websocket"), (b"connection", b"Upgrade")]
    kept = [(name, value) for name, value in asked["headers"] if name not in _OF_ONE_REQUEST]
    return {
        "type": "websocket",
        "asgi": asked["asgi"],
        "http_version": asked["http_version"],
        "scheme": "ws",
        "path": asked["path"],
        "raw_path": asked["path"].encode(),
        "query_string": urlencode(query).encode(),
        "root_path": "",
        "headers": [*upgrade, *kept],
        "client": asked.get("client"),
        "server": asked.get("server"),
        "subprotocols": [],
    }


def _own_opening(packet: str, *, sid: str, limit: int) -> str:
    """Return Engine.IO's first packet, under a name of the session that no log knows."""
    opening = json.loads(packet.removeprefix(_OPEN))
    limits = {"maxPayload": min(opening["maxPayload"], limit)}
    return _OPEN + json.dumps({**opening, **limits, "sid": sid, "upgrades": []})


def _answer_with(packets: list[str]) -> Response:
    return PlainTextResponse(_SEPARATOR.join(packets), headers=_NO_STORE)
