"""Limits of what browsers without a session may cost: little memory, and none for long.

Anyone can open websockets and say what they like there. Pages for anyone need one, too, so a
stranger's is let through, while there are few of them: one more takes the place of the oldest,
whose page comes back by itself. While the database is away nobody knows whose a websocket with a
session's cookie is: it takes nobody's place and nobody takes its, until it can be told.
"""

import asyncio
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations_app.errors import DatabaseUnavailable
from integrations_app.http.long_polling import Limits
from integrations_app.state import session

MAX_SOCKETS = 100
"""Of strangers, in one process."""

MAX_MESSAGE = 4_096
"""Characters of one message; what pages for anyone send is a quarter of it."""

MAX_MESSAGES = 4 * MAX_MESSAGE
"""Bytes of several in one request, where a page gets no websocket."""

MAX_HEADER, MAX_HEADERS = 512, 4_096
"""Bytes that are kept of one header, and of all."""

MAX_UNKNOWN = 16_384
"""The same while the database is away, so that a session's cookie is there when it is back."""

MAX_ADDRESS = 1_024
"""Bytes of path and query, the tab's token in it."""

IS_STRANGERS = "integrations.is_strangers"
"""Of a websocket's scope: whether nobody was signed in at its browser as it was opened."""

_READ_WITHIN_S = 20.0
_ASKS_AGAIN_WITHIN_S = 10.0
_TRY_AGAIN_LATER, _TOO_LARGE = 1013, 1009
# Of Engine.IO: close, ping, pong; and of Socket.IO in it: connect, disconnect, event.
_PACKETS = ("1", "2", "3", "40", "41", "42")


@dataclass(eq=False, slots=True, kw_only=True)
class _Socket:
    headers: dict[str, str] | None
    """To be asked about again; None where it is known that nobody is signed in."""
    is_opened: bool = False
    is_limited: bool = True
    is_closing: asyncio.Event = field(default_factory=asyncio.Event)


class Strangers:
    """Holds websockets without a session to the limits above; other ones pass as they are."""

    def __init__(self) -> None:
        self._open: dict[_Socket, None] = {}

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Wrap the whole app."""

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "websocket":
                await app(scope, receive, send)
                return
            has_session = await _has_session(dict(Headers(scope=scope)))
            if has_session:
                await app(scope, receive, send)
            elif _is_long(scope):
                await send({"type": "websocket.close", "code": _TOO_LARGE})
            else:
                is_unknown = has_session is None
                await self._let_through(app, scope, receive, send, is_unknown=is_unknown)

        return wrapped

    async def _let_through(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, is_unknown: bool
    ) -> None:
        # In place, since the server holds on to it for as long as the websocket is open.
        most = (MAX_UNKNOWN, MAX_UNKNOWN) if is_unknown else (MAX_HEADER, MAX_HEADERS)
        scope["headers"] = _few(scope["headers"], *most)
        scope[IS_STRANGERS] = not is_unknown
        socket = _Socket(headers=dict(Headers(scope=scope)) if is_unknown else None)
        if not is_unknown:
            await self._make_room()
        self._open[socket] = None
        try:
            await app(scope, self._limited(socket, receive), _impatient(send))
        finally:
            self._open.pop(socket, None)

    async def _make_room(self) -> None:
        if len(self._open) >= MAX_SOCKETS:
            await self._tell_apart()
        strangers = [socket for socket in self._open if socket.headers is None]
        for oldest in strangers[: max(len(strangers) - MAX_SOCKETS + 1, 0)]:
            del self._open[oldest]
            oldest.is_closing.set()

    async def _tell_apart(self) -> None:
        """Ask again about those of whom nobody could tell, if somebody can by now."""
        unknown = [socket for socket in self._open if socket.headers is not None]
        if unknown and await self._is_signed_in(unknown[0]) is not None:
            await asyncio.gather(*map(self._is_signed_in, unknown[1:]))

    async def _is_signed_in(self, socket: _Socket) -> bool | None:
        """Return whether somebody is signed in; None while nobody can tell."""
        if socket.headers is None:
            return False
        has_session = await _has_session(socket.headers)
        if has_session:
            self._open.pop(socket, None)
            socket.is_limited = False
        elif has_session is False:
            socket.headers = None
        return has_session

    def _limited(self, socket: _Socket, receive: Receive) -> Receive:
        """Return what receives small messages, until the socket has to go."""

        async def receive_limited() -> Message:
            if not socket.is_opened:  # Engine.IO fails if it hears of the end before the beginning
                socket.is_opened = True
                return await receive()
            message = await _unless_closing(socket, receive)
            if not socket.is_limited or _is_modest(message):
                return message
            if await self._is_signed_in(socket):
                return message
            return {"type": "websocket.disconnect", "code": _TOO_LARGE}

        return receive_limited


async def _unless_closing(socket: _Socket, receive: Receive) -> Message:
    """Receive a message, or be told that the socket has to go."""
    receiving = asyncio.ensure_future(receive())
    closing = asyncio.ensure_future(socket.is_closing.wait())
    try:
        await asyncio.wait({receiving, closing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (receiving, closing):
            task.cancel()  # which leaves alone what is done
    if socket.is_closing.is_set() or not receiving.done():
        return {"type": "websocket.disconnect", "code": _TRY_AGAIN_LATER}
    return receiving.result()


def _impatient(send: Send) -> Send:
    """Return what sends to a client that reads; whoever does not would fill the memory."""

    async def send_in_time(message: Message) -> None:
        async with asyncio.timeout(_READ_WITHIN_S):
            await send(message)

    return send_in_time


async def _has_session(headers: dict[str, str]) -> bool | None:
    """Return whether somebody is signed in there; None while nobody can tell."""
    try:
        return await session.session_of(headers) is not None
    except DatabaseUnavailable:
        return None


def polling_limits(scope: Scope) -> Limits:
    """Return what a page may cost that gets no websocket."""
    if scope.get(IS_STRANGERS):
        return Limits(body_bytes=MAX_MESSAGES, abandoned_after_s=_ASKS_AGAIN_WITHIN_S)
    return Limits()


def _is_modest(message: Message) -> bool:
    if message["type"] != "websocket.receive":
        return True
    text = message.get("text")
    return text is not None and len(text) <= MAX_MESSAGE and text.startswith(_PACKETS)


def _is_long(scope: Scope) -> bool:
    names = sum(map(len, scope.get("subprotocols") or ()))
    return len(scope["path"]) + len(scope["query_string"]) + names > MAX_ADDRESS


def _few(
    headers: list[tuple[bytes, bytes]], most_of_one: int, left: int
) -> list[tuple[bytes, bytes]]:
    """Return those that are short, as long as there is room for them."""
    kept: list[tuple[bytes, bytes]] = []
    for name, value in headers:
        size = len(name) + len(value)
        if size <= min(most_of_one, left):
            kept.append((name, value))
            left -= size
    return kept
