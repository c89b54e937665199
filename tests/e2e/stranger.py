"""A client that speaks Reflex's event protocol without a browser, as an attacker would."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import aiohttp
import socketio
from socketio.exceptions import ConnectionError as NotConnected

NAMESPACE = "/_event"
_FIRST_WITHIN_S = 5.0
_QUIET_FOR_S = 0.4
_ANSWERED_WITHIN_S = 10.0

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message of any name, which no page might send."""

    name: str
    data: tuple[object, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """One event: which handler, with what, as if from which page."""

    handler: str
    payload: Mapping[str, object] = field(default_factory=dict)
    path: str = "/admin/settings/integrations"

    def as_event(self) -> dict[str, object]:
        asked = {"pathname": self.path, "asPath": self.path, "query": {}}
        return {"name": self.handler, "payload": dict(self.payload), "router_data": asked}

    def as_message(self) -> Message:
        """As pages send it."""
        return Message(name="event", data=(self.as_event(),))


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What came back over one websocket."""

    packets: Sequence[object]
    names: Sequence[str] = ()

    @property
    def text(self) -> str:
        """All of it, to look for what should not be in it."""
        return json.dumps(self.packets, default=str)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that the page was told to carry out."""
        updates = [packet for packet in self.packets if isinstance(packet, dict)]
        return [event for update in updates for event in update.get("events") or ()]


def call(
    origin: str,
    calls: Sequence[Call | Message],
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    until: str = "",
    transport: str = "websocket",
) -> Answers:
    """Call handlers over a connection of its own, and give back all that comes until it is quiet.

    Args:
        origin: Where the product is.
        calls: Sent in this order, without waiting.
        token: The tab to pretend to be; one of its own if None.
        headers: Sent with each of its requests; a websocket's handshake is one.
        until: What has to have come before quiet means anything; a busy product pauses, too.
        transport: Engine.IO's name of the way.
    """
    sent = dict(headers or {})
    return _in_a_thread(_call(origin, calls, token or str(uuid4()), sent, until, transport))


def is_refused(origin: str, headers: Mapping[str, str]) -> bool:
    """Whether a websocket with these headers is turned away."""
    try:
        call(origin, [], headers=headers)
    except NotConnected:
        return True
    return False


async def _call(
    origin: str,
    calls: Sequence[Call | Message],
    token: str,
    headers: dict[str, str],
    until: str,
    transport: str,
) -> Answers:
    packets: list[object] = []
    names: list[str] = []
    heard = asyncio.Event()
    session = aiohttp.ClientSession(headers=headers)  # else the first request alone has them
    client = socketio.AsyncClient(reconnection=False, http_session=session)

    async def hear(name: str, *data: object) -> None:
        names.append(name)
        packets.extend(data)
        heard.set()

    client.on("*", hear, namespace=NAMESPACE)
    try:
        await client.connect(
            f"{origin}?token={token}",
            socketio_path=NAMESPACE,
            namespaces=[NAMESPACE],
            transports=[transport],
        )
        for each in calls:
            message = each if isinstance(each, Message) else each.as_message()
            await client.emit(message.name, message.data, namespace=NAMESPACE)
        if calls:
            await _until_first(heard)
        await _until_said(until, packets, heard)
        await _until_quiet(heard)
    finally:
        await client.disconnect()
        await session.close()
    return Answers(packets=packets, names=names)


async def _until_first(heard: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):  # some calls are answered by nothing at all
        await asyncio.wait_for(heard.wait(), _FIRST_WITHIN_S)


async def _until_said(text: str, packets: Sequence[object], heard: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):  # who asks looks for it
        async with asyncio.timeout(_ANSWERED_WITHIN_S):
            while text not in json.dumps(packets, default=str):
                heard.clear()
                await heard.wait()


async def _until_quiet(heard: asyncio.Event) -> None:
    async with asyncio.timeout(_ANSWERED_WITHIN_S):
        with contextlib.suppress(TimeoutError):
            while await asyncio.wait_for(heard.wait(), _QUIET_FOR_S):
                heard.clear()


def _in_a_thread(work: Coroutine[Any, Any, Found]) -> Found:
    """Playwright keeps this thread's event loop for itself."""
    found: list[Found] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(work))
        except Exception as error:  # noqa: BLE001 - handed on to the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]
