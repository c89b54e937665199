"""A proxy between a browser and a program that lets no WebSocket through."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from enum import Enum, auto

from tests.stripping import once, pass_on

_HEAD_END = b"\r\n\r\n"
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Upgrades(Enum):
    """What becomes of a request for a WebSocket."""

    REFUSED = auto()
    STRIPPED = auto()
    SWALLOWED = auto()


class NoUpgrade:
    """Forwards requests to a port of this machine, but for those that ask for a WebSocket.

    Attributes:
        port: Where it listens.
        asked: How many asked for one.
        upgrades: What becomes of them.
    """

    def __init__(self, to_port: int, upgrades: Upgrades) -> None:
        self.port = 0
        self.asked = 0
        self.upgrades = upgrades
        self._to_port = to_port

    async def serve(self) -> None:
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0, limit=2**20)
        self.port = server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(_HEAD_END)
            is_upgrade = b"\nupgrade: websocket" in head.lower()
            self.asked += is_upgrade
            if is_upgrade and self.upgrades is Upgrades.SWALLOWED:
                await reader.read()
            elif is_upgrade and self.upgrades is Upgrades.REFUSED:
                writer.write(_FORBIDDEN)
                await writer.drain()
            else:
                await self._answer(head, reader, writer)
        writer.transport.abort()

    async def _answer(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        kept = [each for each in head.split(b"\r\n") if not each.lower().startswith(b"upgrade:")]
        there = await asyncio.open_connection("127.0.0.1", self._to_port)
        there[1].write(once(b"\r\n".join(kept)))
        answering = asyncio.ensure_future(pass_on(there[0], writer))
        asking = asyncio.ensure_future(pass_on(reader, there[1]))
        # Either side's end is the other's, as far as one request goes.
        await asyncio.wait({answering, asking}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done() and reader.at_eof():
            there[1].transport.abort()
        await answering
        asking.cancel()


@contextlib.contextmanager
def blocking(to_port: int, upgrades: Upgrades = Upgrades.REFUSED) -> Iterator[NoUpgrade]:
    """Such a proxy, for the length of the block."""
    proxy, loop = NoUpgrade(to_port, upgrades), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(proxy.serve(), loop).result()
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(proxy.end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
