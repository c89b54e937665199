"""The site of the world that hands every request over to a server elsewhere on loopback."""

from __future__ import annotations

import asyncio
from functools import partial

from tests.world.door import LOOPBACK
from tests.world.http import READ_BYTES
from tests.world.messages import Answer, Request, Site

REPLACED = frozenset(
    {"connection", "keep-alive", "content-length", "transfer-encoding", "x-forwarded-proto"}
)


def handing_over(*, host: str, port: int) -> Site:
    """The site at this host whose answers come from the plain HTTP/1.0 server at this port."""

    def answer(request: Request) -> Answer:
        return partial(_relay, _bytes_of(request), port)

    return Site(hosts=(host,), answer=answer)


async def _relay(asked: bytes, port: int, client: asyncio.StreamWriter) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(asked)
        while data := await reader.read(READ_BYTES):
            client.write(data)
            await client.drain()
    finally:
        writer.close()


def _bytes_of(request: Request) -> bytes:
    target = request.path + (f"?{request.query}" if request.query else "")
    headers = [
        *((name, value) for name, value in request.headers if name not in REPLACED),
        ("x-forwarded-proto", request.scheme),
        ("content-length", str(len(request.body))),
    ]
    lines = [
        f"{request.method} {target} HTTP/1.0",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + request.body
