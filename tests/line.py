"""A line between two programs that can be cut and mended: a TCP proxy, with latency if wanted."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future

_CHUNK = 65_536


class Line:
    """Forwards what arrives at `port` to another port of this machine."""

    def __init__(self, to_port: int) -> None:
        self.port = 0
        self.latency_s = 0.0
        self._to_port = to_port
        self._is_cut = False
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """End what is connected, and accept nobody until the line is mended."""
        self._is_cut = True
        self._call(self._end_all()).result()

    def mend(self) -> None:
        """Let everybody through again."""
        self._is_cut = False

    async def serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()

    def _call(self, coroutine: object) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)  # pyright: ignore[reportArgumentType]

    async def _end_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        there = await asyncio.open_connection("127.0.0.1", self._to_port)
        writers = {writer, there[1]}
        self._open |= writers
        try:
            await asyncio.gather(self._pass(reader, there[1]), self._pass(there[0], writer))
        finally:
            self._open -= writers
            for each in writers:
                each.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                if self.latency_s:
                    await asyncio.sleep(self.latency_s)
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@contextlib.contextmanager
def running(to_port: int) -> Iterator[Line]:
    """A line to a port, for the length of the block."""
    line, ready = Line(to_port), threading.Event()
    thread = threading.Thread(target=line._loop.run_forever, daemon=True)
    thread.start()
    line._call(line.serve(ready)).result()
    try:
        yield line
    finally:
        line.cut()
        line._loop.call_soon_threadsafe(line._loop.stop)
        thread.join()
