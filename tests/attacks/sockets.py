"""Websockets by the thousand: no library, so that the attacker costs less than the attacked."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
from dataclasses import dataclass
from uuid import uuid4

NAMESPACE = "/_event"
_PATH = "/_event/?EIO=4&transport=websocket&token="
_ANSWERED_WITHIN_S = 10.0


@dataclass(kw_only=True)
class Socket:
    """One websocket, as far as an attacker needs it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int, *, headers: str = "", token: str = "") -> Socket:
        """Open one; `headers` are lines of the handshake."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        nonce = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET {_PATH}{token or uuid4()} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {nonce}\r\n{headers}\r\n".encode()
        )
        opened = cls(reader=reader, writer=writer)
        await reader.readuntil(b"\r\n\r\n")
        return opened

    def say(self, text: str) -> None:
        """Send a message."""
        data, mask = text.encode(), bytes(4)
        if len(data) < 126:
            head = bytes([0x81, 0x80 | len(data)])
        elif len(data) < 65_536:
            head = bytes([0x81, 0xFE]) + len(data).to_bytes(2, "big")
        else:
            head = bytes([0x81, 0xFF]) + len(data).to_bytes(8, "big")
        self.writer.write(head + mask + data)

    def hydrate(self, *, query: str = "") -> None:
        """Connect to the namespace, and ask for a page with this query."""
        asked = {"pathname": "/login", "asPath": "/login", "query": {"q": query}}
        name = "reflex___state____state.hydrate"
        event = {"name": name, "payload": {}, "router_data": asked}
        self.say(f"40{NAMESPACE},")
        self.say(f"42{NAMESPACE}," + json.dumps(["event", event]))

    async def hears(self, text: bytes) -> bool:
        """Whether it is told so before it is closed."""
        heard = b""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_ANSWERED_WITHIN_S):
                while text not in heard:
                    chunk = await self.reader.read(65_536)
                    if not chunk:
                        return False
                    heard += chunk
        return text in heard

    def close(self) -> None:
        """Hang up."""
        self.writer.close()


async def attack(port: int, *, count: int, query: str, headers: str, at_once: int) -> int:
    """Hydrate so many tabs, so many of them open at a time; gives how many were answered."""
    answered = 0
    for first in range(0, count, at_once):
        number = min(at_once, count - first)
        sockets = await asyncio.gather(*(Socket.open(port, headers=headers) for _ in range(number)))
        for socket in sockets:
            socket.hydrate(query=query)
        answers = await asyncio.gather(*(each.hears(b"delta") for each in sockets))
        answered += sum(answers)
        for socket in sockets:
            socket.close()
    return answered
