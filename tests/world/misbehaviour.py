"""Answers that break the rules of HTTP, or keep to them and never end.

Each writes straight to the client and ends when the client has gone, if not by itself.
"""

from __future__ import annotations

import asyncio
import zlib

DRIP_INTERVAL_S = 0.02
CHUNK_BYTES = 64 * 1024
UNPACKED_BLOCK_BYTES = 1024 * 1024

_OK = b"HTTP/1.1 200 OK\r\n"
_JSON = b"Content-Type: application/json\r\n"
_CHUNKED_JSON = _OK + _JSON + b"Transfer-Encoding: chunked\r\n"


async def hang(client: asyncio.StreamWriter) -> None:
    """Answer nothing until the client gives up."""
    await client.wait_closed()


async def drip_headers(client: asyncio.StreamWriter) -> None:
    """Send the status line, then one header that grows by a byte at a time for ever."""
    client.write(_OK + b"X-Drip: ")
    await _send_for_ever(client, b"a", interval_s=DRIP_INTERVAL_S)


async def drip_body(client: asyncio.StreamWriter) -> None:
    """Begin a JSON document and go on with one space at a time for ever."""
    client.write(_CHUNKED_JSON + b"\r\n" + _chunk(b'{"data":'))
    await _send_for_ever(client, _chunk(b" "), interval_s=DRIP_INTERVAL_S)


async def pour_body(client: asyncio.StreamWriter) -> None:
    """Begin a JSON text and go on with it as fast as the client reads, for ever."""
    client.write(_CHUNKED_JSON + b"\r\n" + _chunk(b'{"data": "'))
    await _send_for_ever(client, _chunk(b"x" * CHUNK_BYTES), interval_s=0)


async def pour_compressed(client: asyncio.StreamWriter) -> None:
    """Send gzip whose every kilobyte becomes a megabyte, for ever."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    start = packer.compress(b'{"data": "') + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block refers to nothing before it, so one block can be sent again.
    block = packer.compress(b"x" * UNPACKED_BLOCK_BYTES) + packer.flush(zlib.Z_FULL_FLUSH)
    client.write(_CHUNKED_JSON + b"Content-Encoding: gzip\r\n\r\n" + _chunk(start))
    await _send_for_ever(client, _chunk(block), interval_s=0)


async def talk_garbage(client: asyncio.StreamWriter) -> None:
    """Send bytes that no HTTP client can read."""
    client.write(b"\x00\xff\x15\x03 this is not HTTP \xde\xad\xbe\xef\r\n\r\n")


async def cut_body(client: asyncio.StreamWriter) -> None:
    """Announce more than is sent."""
    client.write(_OK + _JSON + b'Content-Length: 4096\r\n\r\n{"data": {"la')


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def _send_for_ever(client: asyncio.StreamWriter, data: bytes, *, interval_s: float) -> None:
    while not client.is_closing():
        client.write(data)
        await client.drain()
        await asyncio.sleep(interval_s)  # also where a fast reader lets others have their turn
