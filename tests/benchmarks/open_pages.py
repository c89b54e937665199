"""Many open list pages without a browser each: websockets that load the page and then listen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar
from uuid import uuid4

import socketio

from integrations_app import routes
from tests.e2e.stranger import NAMESPACE, Call

_LOADED = "connections"
"""What the count in the list's heading says once the rows are there."""
_LOADED_WITHIN_S = 30.0

T = TypeVar("T")

LOAD = Call(handler="reflex___state____state.hydrate_and_load", path=routes.LISTING)


class OpenPage:
    """One tab; `heard` holds when which packet came, by `time.time()`."""

    def __init__(self, origin: str, cookie: str) -> None:
        self._address = f"{origin}?token={uuid4()}"
        self._cookie = cookie
        self._client = socketio.AsyncClient(reconnection=False, request_timeout=_LOADED_WITHIN_S)
        self._is_loaded = asyncio.Event()
        self._client.on("*", self._hear, namespace=NAMESPACE)

    async def open(self) -> None:
        """Return once the rows are there."""
        await self._client.connect(
            self._address,
            socketio_path=NAMESPACE,
            namespaces=[NAMESPACE],
            transports=["websocket"],
            headers={"Cookie": self._cookie},
            wait_timeout=_LOADED_WITHIN_S,
        )
        await self.call(LOAD)
        async with asyncio.timeout(_LOADED_WITHIN_S):
            await self._is_loaded.wait()

    async def call(self, call: Call) -> None:
        """Have a handler run."""
        await self._client.emit("event", call.as_event(), namespace=NAMESPACE)

    async def close(self) -> None:
        """As a browser does that closes a tab."""
        await self._client.disconnect()

    async def _hear(self, _event: str, *packets: object) -> None:
        if not self._is_loaded.is_set() and _LOADED in str(packets):
            self._is_loaded.set()


class OpenPages:
    """As many as are wanted, in a thread of their own.

    Args:
        origin: Where the product is.
        cookie: The header of somebody who is signed in.
    """

    def __init__(self, origin: str, cookie: str) -> None:
        self._origin, self._cookie = origin, cookie
        self._pages: list[OpenPage] = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self, number: int) -> None:
        """Have this many more open."""
        self._run(self._open(number))

    def close(self) -> None:
        """Close them all."""
        self._run(self._close())

    def call(self, call: Call, *, page: int) -> None:
        """Have a handler run for one of them."""
        self._run(self._pages[page % len(self._pages)].call(call))

    def open_and_close(self, number: int, *, at_once: int) -> None:
        """Open this many one after another, some at a time, and close each when it is loaded."""
        for _ in range(0, number, at_once):
            self.open(at_once)
            self.close()

    async def _open(self, number: int) -> None:
        fresh = [OpenPage(self._origin, self._cookie) for _ in range(number)]
        await _all(page.open() for page in fresh)
        self._pages += fresh

    async def _close(self) -> None:
        closing, self._pages = self._pages, []
        await _all(page.close() for page in closing)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _all(works: Sequence[Coroutine[Any, Any, None]] | Any) -> None:
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)
