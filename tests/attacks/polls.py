"""Long polling by hand: requests as an attacker writes them, by the thousand if need be."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from uuid import uuid4

from tests.attacks.sockets import NAMESPACE

EVENTS = "/_event/?EIO=4&transport=polling"
_ANSWERED_WITHIN_S = 10.0
_HYDRATE = "reflex___state____state.hydrate"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: str
    text: str


@dataclass(kw_only=True)
class Polled:
    """One session."""

    port: int
    sid: str
    headers: str

    @classmethod
    async def open(cls, port: int, *, headers: str = "", token: str = "") -> Polled:
        """Open one; `headers` are lines that all of its requests carry."""
        answer = await ask(port, f"{EVENTS}&token={token or uuid4()}", headers=headers)
        sid = (
            json.loads(answer.text.partition("\x1e")[0][1:])["sid"] if answer.status == 200 else ""
        )
        return cls(port=port, sid=sid, headers=headers)

    async def poll(self, *, headers: str | None = None) -> Answer:
        return await ask(self.port, self._path, headers=self._headers(headers))

    async def say(self, *packets: str, headers: str | None = None) -> Answer:
        body = "\x1e".join(packets)
        return await ask(self.port, self._path, headers=self._headers(headers), body=body)

    async def hydrate(self, *, path: str = "/login", query: str = "") -> Answer:
        """Connect to the namespace, and ask for a page with this query."""
        asked = {"pathname": path, "asPath": path, "query": {"q": query}}
        event = {"name": _HYDRATE, "payload": {}, "router_data": asked}
        message = f"42{NAMESPACE}," + json.dumps(["event", event])
        return await self.say(f"40{NAMESPACE},", message)

    async def hears(self, text: str) -> bool:
        """Whether it is told so before it is ended."""
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_ANSWERED_WITHIN_S):
                while (answer := await self.poll()).status == 200:
                    if text in answer.text:
                        return True
        return False

    @property
    def _path(self) -> str:
        return f"{EVENTS}&sid={self.sid}"

    def _headers(self, headers: str | None) -> str:
        return self.headers if headers is None else headers


async def ask(
    port: int, path: str, *, headers: str = "", body: str | None = None, method: str = ""
) -> Answer:
    """Ask once, over a connection of its own."""
    data = (body or "").encode()
    method = method or ("GET" if body is None else "POST")
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}"
    length = f"Content-Length: {len(data)}\r\n" if body is not None else ""
    async with asyncio.timeout(2 * _ANSWERED_WITHIN_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(f"{head}{length}\r\n".encode() + data)
            told = (await reader.read()).decode(errors="replace")
        finally:
            writer.close()
    top, _, text = told.partition("\r\n\r\n")
    return Answer(status=int(top.split(" ", 2)[1]), headers=top.lower(), text=text)


async def attack(port: int, *, count: int, query: str, headers: str, at_once: int) -> int:
    """Hydrate so many tabs and leave them, so many at a time; gives how many were answered."""

    async def one() -> bool:
        with contextlib.suppress(OSError, TimeoutError, IndexError, ValueError):
            polled = await Polled.open(port, headers=headers)
            return bool(polled.sid) and (await polled.hydrate(query=query)).status == 200
        return False

    answered = 0
    for first in range(0, count, at_once):
        number = min(at_once, count - first)
        answered += sum(await asyncio.gather(*(one() for _ in range(number))))
    return answered
