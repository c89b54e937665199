"""The proxy that leads every address to the stand-in server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from .door import LOOPBACK
from .http import READ_BYTES, Conversation
from .messages import Request
from .recorder import Connect, Recorder
from .server import Server


class Proxy:
    """Tunnels `CONNECT` to the TLS server, whatever the host; plain requests it hands on itself.

    Plain ones (`GET http://host/…`) come from a browser, or from a client that let itself be
    led away from https: they are recorded and answered like all others, with scheme `http`.
    """

    def __init__(self, *, server: Server, tls_port: int, recorder: Recorder) -> None:
        self._server = server
        self._tls_port = tls_port
        self._recorder = recorder

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client of the proxy."""
        conversation = Conversation(reader, writer)
        while request := await conversation.next_request(scheme="http"):
            if request.method == "CONNECT":
                self._recorder.record(_connect(request))
                sent_ahead = await conversation.agree_to_tunnel()
                await self._tunnel(reader, writer, sent_ahead)
                return
            if not await self._server.answer(request, conversation, writer):
                return

    async def _tunnel(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent_ahead: bytes
    ) -> None:
        world_reader, world_writer = await asyncio.open_connection(LOOPBACK, self._tls_port)
        world_writer.write(sent_ahead)
        directions = [
            asyncio.create_task(_pipe(reader, world_writer)),
            asyncio.create_task(_pipe(world_reader, writer)),
        ]
        with _closed_at_end(world_writer), _cancelled_at_end(directions):
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)


def _connect(request: Request) -> Connect:
    host, _, port = request.path.rpartition(":")
    return Connect(at=datetime.now(UTC), host=host.strip("[]").lower(), port=int(port))


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(READ_BYTES):
            target.write(data)
            await target.drain()


@contextlib.contextmanager
def _closed_at_end(writer: asyncio.StreamWriter) -> Iterator[None]:
    try:
        yield
    finally:
        writer.close()


@contextlib.contextmanager
def _cancelled_at_end(tasks: list[asyncio.Task[None]]) -> Iterator[None]:
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
