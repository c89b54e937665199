"""A listening socket on loopback and everyone who came in through it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from weakref import WeakSet

import h11

LOOPBACK = "127.0.0.1"

Welcome = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def open_door(welcome: Welcome, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Listen on a free port, give its number, and show everyone out at the end.

    Args:
        welcome: Serves one client; its connection is closed when this returns.
        tls: Encrypts every connection, if given.
    """
    inside: WeakSet[asyncio.StreamWriter] = WeakSet()

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.add(writer)
        try:
            await welcome(reader, writer)
        except (OSError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass  # a client that goes away or talks nonsense is an everyday guest, not an error
        finally:
            writer.close()

    server = await asyncio.start_server(let_in, LOOPBACK, 0, ssl=tls, backlog=1024)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in inside:
            writer.transport.abort()
