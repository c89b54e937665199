"""A WebSocket towards the app whose other end is a page that asks and tells over HTTP."""

import asyncio
import base64
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence

from starlette.types import ASGIApp, Message, Scope
from structlog.contextvars import unbind_contextvars

logger = logging.getLogger(__name__)

MAX_WAITING = 65_536
"""Characters that wait for a page to ask; with more, the app waits until it has."""

CLOSE, NOOP = "1", "6"
"""Packets of Engine.IO."""

HasLeft = Callable[[], Awaitable[object]]
"""Returns when the client of the request that is answered has left."""


class PolledWebSocket:
    """One page's connection, from its first request to its last.

    Attributes:
        scope: The ASGI scope that the app is given; it may write there.
        owner: What the browser was recognised by as it was opened.

    Args:
        abandoned_after_s: Says by the scope how long the page's next request is waited for.
    """

    def __init__(
        self, *, scope: Scope, owner: str, abandoned_after_s: Callable[[Scope], float]
    ) -> None:
        self.scope = scope
        self.owner = owner
        self._abandoned_after_s = abandoned_after_s
        self._is_closed = False
        self._is_announced = False
        self._is_delivering = False
        self._received: asyncio.Queue[str | None] = asyncio.Queue()
        self._all_taken = asyncio.Event()
        self._to_send: list[str] = []
        self._waiting = 0
        self._has_news = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._last_poll = asyncio.Event()
        self._abandoned: asyncio.TimerHandle | None = None

    async def run(self, app: ASGIApp) -> None:
        """Have the app serve it until either side ends it."""
        unbind_contextvars("request_id")  # its events have ids of their own
        try:
            await app(self.scope, self._receive, self._send)
        except Exception:
            logger.exception("A polled connection failed.")
        finally:
            self.close()

    async def poll(self, has_left: HasLeft) -> list[str]:
        """Return the packets that wait for the page, as soon as there are some.

        A poll that another one follows before it is answered gets nothing; one whose client leaves
        is the page's last.
        """
        self._last_poll.set()
        mine = self._last_poll = asyncio.Event()
        self._expect_page(is_due=False)
        try:
            await _first_of(self._has_news.wait, mine.wait, has_left)
            if mine.is_set():
                return [NOOP]
            if not self._has_news.is_set():
                self.close()
            return self._take()
        finally:
            if not mine.is_set():
                self._expect_page(is_due=True)

    @contextlib.contextmanager
    def delivering(self) -> Iterator[bool]:
        """Give whether the page sends nothing else now, and let nothing else in meanwhile."""
        is_first = not self._is_delivering
        self._is_delivering = True
        try:
            yield is_first
        finally:
            self._is_delivering = not is_first

    async def deliver(self, packets: Sequence[str]) -> bool:
        """Hand the app what the page has sent; return whether it has taken all of it."""
        if self._is_closed:
            return False
        self._all_taken.clear()
        for packet in itertools.takewhile(CLOSE.__ne__, packets):
            self._received.put_nowait(packet)
        if not self._received.empty():
            await self._all_taken.wait()
        is_taken = not self._is_closed
        if CLOSE in packets:
            self.close()
        return is_taken

    def close(self) -> None:
        """End it on both sides."""
        self._is_closed = True
        self._received.put_nowait(None)
        for event in (self._has_news, self._has_room, self._all_taken):
            event.set()
        if self._abandoned:
            self._abandoned.cancel()

    def _expect_page(self, *, is_due: bool) -> None:
        """Wait for the page's next poll, and no longer than it may take."""
        if self._abandoned:
            self._abandoned.cancel()
        self._abandoned = None
        if is_due and not self._is_closed:
            loop = asyncio.get_running_loop()
            within_s = self._abandoned_after_s(self.scope)
            self._abandoned = loop.call_later(within_s, self.close)

    def _take(self) -> list[str]:
        packets, self._to_send, self._waiting = self._to_send, [], 0
        if self._is_closed:
            return [*packets, CLOSE]
        self._has_news.clear()
        self._has_room.set()
        return packets

    async def _receive(self) -> Message:
        if not self._is_announced:
            self._is_announced = True
            return {"type": "websocket.connect"}
        packet = None if self._is_closed else await self._received.get()
        if self._received.empty():
            self._all_taken.set()
        if packet is None:
            return {"type": "websocket.disconnect", "code": 1005}
        return {"type": "websocket.receive", "text": packet, "bytes": None}

    async def _send(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            self.close()
        if message["type"] != "websocket.send":
            return
        await self._has_room.wait()
        if self._is_closed:
            raise OSError("The page has gone.")
        packet = _as_text(message)
        self._to_send.append(packet)
        self._waiting += len(packet)
        if self._waiting > MAX_WAITING:
            self._has_room.clear()
        self._has_news.set()


def _as_text(message: Message) -> str:
    text = message.get("text")
    return text if text is not None else "b" + base64.b64encode(message["bytes"]).decode()


async def _first_of(*waits: Callable[[], Awaitable[object]]) -> None:
    tasks = [asyncio.ensure_future(wait()) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()  # which leaves alone what is done
