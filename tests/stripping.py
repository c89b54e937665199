"""A proxy that serves a program below a path, and tells it nothing of the path."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

_CHUNK = 65_536
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_HEAD_END = b"\r\n\r\n"


class Stripping:
    """Forwards what is asked below a path, without it, to a port of this machine.

    Attributes:
        port: Where it listens.
        refused: Paths that were asked for outside of its own.
        passes_upgrades: Whether it lets WebSockets through.
    """

    def __init__(self, path: str, to_port: int) -> None:
        self.port = 0
        self.refused: list[str] = []
        self.passes_upgrades = True
        self._path = path.encode()
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
            method, target, rest = head.split(b" ", 2)
            if b"\nupgrade: websocket" in rest.lower() and not self.passes_upgrades:
                writer.write(_FORBIDDEN)
                await writer.drain()
            elif not target.startswith(self._path + b"/"):
                self.refused.append(target.decode())
                writer.write(_NOT_FOUND)
                await writer.drain()
            else:
                there = await asyncio.open_connection("127.0.0.1", self._to_port)
                stripped = target.removeprefix(self._path)
                there[1].write(b" ".join((method, stripped, once(rest))))
                await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))
        writer.transport.abort()


def once(rest: bytes) -> bytes:
    """Have the connection end with its answer, so that each request comes by its own."""
    if b"\nupgrade: websocket" in rest.lower():
        return rest
    version, *headers = rest.split(b"\r\n")
    kept = [each for each in headers if not each.lower().startswith(b"connection:")]
    return b"\r\n".join((version, b"Connection: close", *kept))


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


@contextlib.contextmanager
def below(path: str, to_port: int) -> Iterator[Stripping]:
    """Such a proxy, for the length of the block."""
    proxy, loop = Stripping(path, to_port), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(proxy.serve(), loop).result()
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(proxy.end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
