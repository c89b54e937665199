"""A server of WebSockets, and pages that reach it by long polling, all in one event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import httpx2
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from integrations_app.http.long_polling import EVENTS, Limits, LongPolling

ORIGIN = "http://localhost:3000"
COOKIE = "integrations_session_3000"
SEPARATOR = "\x1e"
HANDSHAKE = {"EIO": "4", "transport": "polling", "t": "x", "token": "tab"}
OPENING = {"sid": "the server's", "upgrades": [], "pingInterval": 25, "maxPayload": 1_000_000}
LIMITS = Limits(body_bytes=10_000)
SOON_S = 5.0


@dataclass(kw_only=True)
class Echoing:
    """A WebSocket app that opens as Engine.IO does, and answers each message with the same."""

    scopes: list[Scope] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)
    refuses: bool = False
    busy: asyncio.Event | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    send: Send | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        self.send = send
        assert await receive() == {"type": "websocket.connect"}
        if self.refuses:
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept"})
        await self.say("0" + json.dumps(OPENING))
        while (message := await receive())["type"] == "websocket.receive":
            self.heard.append(message)
            if message["text"] == "4end":
                break
            await self.say(message["text"])
            if self.busy:
                await self.busy.wait()
        self.heard.append(message)
        self.ended.set()

    async def say(self, text: str) -> None:
        assert self.send is not None
        await self.send({"type": "websocket.send", "text": text})


@dataclass(kw_only=True)
class Page:
    """One page, as Engine.IO's client asks for it."""

    client: httpx2.AsyncClient
    sid: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    async def open(self, **query: str) -> httpx2.Response:
        answer = await self.client.get(EVENTS, params=HANDSHAKE | query, headers=self.headers)
        if answer.is_success:
            self.sid = json.loads(answer.text.partition(SEPARATOR)[0][1:])["sid"]
        return answer

    async def poll(self, **more: str) -> httpx2.Response:
        return await self.client.get(
            EVENTS, params=HANDSHAKE | {"sid": self.sid}, headers={**self.headers, **more}
        )

    async def say(self, *packets: str, **more: str) -> httpx2.Response:
        return await self.client.post(
            EVENTS,
            params=HANDSHAKE | {"sid": self.sid},
            content=SEPARATOR.join(packets),
            headers={**self.headers, **more},
        )


Story = Callable[[Echoing, Page], Awaitable[None]]


def run(story: Story, *, cookie: str = "ada", limits: Limits = LIMITS) -> None:
    """Play a story of one page, whose browser has this session."""

    async def within() -> None:
        echoing = Echoing()
        polling = LongPolling(limits=lambda _scope: limits)
        polling(echoing)
        transport = httpx2.ASGITransport(app=Starlette(routes=[polling.route()]))
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            headers = {"cookie": f"{COOKIE}={cookie}"} if cookie else {}
            async with asyncio.timeout(SOON_S):
                await story(echoing, Page(client=client, headers=headers))

    asyncio.run(within())
