"""What a websocket may cost at whose browser nobody is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from integrations_app.state import strangers
from integrations_app.state.strangers import IS_STRANGERS, MAX_SOCKETS, Strangers
from tests.postgresql import DatabaseUnderTest

OPENED = {"type": "websocket.connect"}
CLOSED = {"type": "websocket.disconnect", "code": 1005}
EVENT = '42/_event,["event",{}]'
SOON_S = 5
AWAY = "postgresql://nobody@127.0.0.1:1/none"


def text(text: str) -> Message:
    return {"type": "websocket.receive", "text": text}


@dataclass(kw_only=True)
class Server:
    """An app that only listens, within the limits."""

    heard: list[Message] = field(default_factory=list)
    first: list[Message] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    listening: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.limited = Strangers()(self._listen)

    async def _listen(self, scope: Scope, receive: Receive, _send: Send) -> None:
        self.scopes.append(scope)
        self.first.append(await receive())
        async with self.listening:
            self.listening.notify_all()
        while True:
            self.heard.append(await receive())
            if self.heard[-1]["type"] == "websocket.disconnect":
                return

    async def serve(
        self, *messages: Message, headers: Sequence[tuple[bytes, bytes]] = (), **more: Any
    ) -> None:
        """Serve one websocket that says so, then nothing."""
        rest = [OPENED, *messages]

        async def receive() -> Message:
            if not rest:
                await asyncio.Event().wait()
            return rest.pop(0)

        async def send(message: Message) -> None:
            self.sent.append(message)

        scope = {"type": "websocket", "path": "/_event/", "query_string": b"token=t"}
        await self.limited({**scope, "headers": list(headers), **more}, receive, send)


def serve(*messages: Message, **how: Any) -> Server:
    server = Server()
    asyncio.run(server.serve(*messages, **how))
    return server


def test_small_messages_pass() -> None:
    assert serve(text(EVENT), CLOSED).heard == [text(EVENT), CLOSED]


@pytest.mark.parametrize(
    "message",
    [
        text(EVENT + strangers.MAX_MESSAGE * "x"),
        {"type": "websocket.receive", "bytes": b"\0"},
        text("bAAAA"),
        text('451-/_event,["event",{"_placeholder":true,"num":0}]'),
    ],
    ids=["large", "binary", "binary in text", "announcing binary"],
)
def test_what_no_page_for_anyone_says_ends_the_websocket(message: Message) -> None:
    [last] = serve(message).heard

    assert last["type"] == "websocket.disconnect"


def test_of_the_headers_the_short_ones_are_kept() -> None:
    short = [(b"origin", b"http://localhost")]
    many = [(b"x-%d" % number, 400 * b"x") for number in range(40)]

    server = serve(CLOSED, headers=[*short, (b"cookie", 8_000 * b"x"), *many])

    [scope] = server.scopes
    assert scope["headers"][0] == short[0]
    assert sum(len(name) + len(value) for name, value in scope["headers"]) <= 4_096


@pytest.mark.parametrize(
    "scope",
    [{"query_string": 2_000 * b"x"}, {"path": 2_000 * "x"}, {"subprotocols": [2_000 * "x"]}],
    ids=["query", "path", "subprotocols"],
)
def test_what_is_too_long_is_not_even_opened(scope: dict[str, object]) -> None:
    server = serve(CLOSED, **scope)

    assert not server.scopes
    assert [each["type"] for each in server.sent] == ["websocket.close"]


def test_one_more_takes_the_place_of_the_oldest() -> None:
    async def story() -> None:
        server = Server()
        waiting = [asyncio.create_task(server.serve()) for _ in range(MAX_SOCKETS + 2)]

        done, rest = await asyncio.wait(
            waiting, timeout=SOON_S, return_when=asyncio.FIRST_COMPLETED
        )
        await asyncio.wait(waiting[:2], timeout=SOON_S)

        assert all(each.done() for each in waiting[:2])
        assert not any(each.done() for each in waiting[2:])
        for task in rest - done:
            task.cancel()

    asyncio.run(story())


def test_whose_place_is_taken_at_once_is_opened_before_it_is_closed() -> None:
    async def story() -> None:
        server = Server()

        tasks = await opened(server, MAX_SOCKETS + 50)

        assert await all_end(tasks[:50])
        assert server.first == len(tasks) * [OPENED], "Engine.IO fails on anything else"
        for task in tasks:
            task.cancel()

    asyncio.run(story())


def test_whoever_is_signed_in_has_none_of_these_limits(ada: str) -> None:
    large = text(EVENT + 500_000 * "x")
    cookie = (b"cookie", f"integrations_session_3000={ada}; other={1_000 * 'x'}".encode())

    server = serve(large, CLOSED, headers=[cookie])

    assert server.heard == [large, CLOSED]
    [scope] = server.scopes
    assert scope["headers"] == [cookie]
    assert IS_STRANGERS not in scope


def test_a_made_up_session_is_none(db: DatabaseUnderTest) -> None:
    server = serve(text(5_000 * "x"), headers=[(b"cookie", b"integrations_session_3000=made-up")])

    [last] = server.heard
    assert last["type"] == "websocket.disconnect"


def test_who_came_while_the_database_was_away_is_asked_again(
    ada: str, db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = text(EVENT + 5_000 * "x")
    cookie = (b"cookie", f"integrations_session_3000={ada}; other={1_000 * 'x'}".encode())

    async def story() -> Server:
        server, rest = Server(), [OPENED, large, CLOSED]

        async def receive() -> Message:
            monkeypatch.setenv("DATABASE_URL", db.url)
            return rest.pop(0)

        async def send(_message: Message) -> None:
            pass

        scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": [cookie]}
        monkeypatch.setenv("DATABASE_URL", AWAY)
        await server.limited(scope, receive, send)
        return server

    server = asyncio.run(story())

    assert server.heard == [large, CLOSED]


def cookie_of(token: str) -> tuple[bytes, bytes]:
    return b"cookie", f"integrations_session_3000={token}".encode()


async def opened(
    server: Server, count: int, headers: Sequence[tuple[bytes, bytes]] = ()
) -> list[asyncio.Task[None]]:
    """So many websockets that say nothing, once the app listens to them all."""
    enough = len(server.first) + count
    tasks = [asyncio.create_task(server.serve(headers=headers)) for _ in range(count)]
    async with asyncio.timeout(SOON_S), server.listening:
        await server.listening.wait_for(lambda: len(server.first) >= enough)
    return tasks


async def all_end(tasks: Sequence[asyncio.Task[None]]) -> bool:
    _, rest = await asyncio.wait(tasks, timeout=SOON_S)
    return not rest


async def any_ends(tasks: Sequence[asyncio.Task[None]]) -> bool:
    first, _ = await asyncio.wait(tasks, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
    return bool(first)


@pytest.mark.parametrize("strangers_headers", [[], [cookie_of("made up")]], ids=["none", "made up"])
def test_strangers_take_no_place_of_admins_who_came_while_the_database_was_away(
    ada: str,
    db: DatabaseUnderTest,
    monkeypatch: pytest.MonkeyPatch,
    strangers_headers: Sequence[tuple[bytes, bytes]],
) -> None:
    async def story() -> None:
        server = Server()
        monkeypatch.setenv("DATABASE_URL", AWAY)
        admins = await opened(server, 3, headers=[cookie_of(ada)])
        monkeypatch.setenv("DATABASE_URL", db.url)

        oldest = await opened(server, 2, headers=strangers_headers)
        others = await opened(server, MAX_SOCKETS, headers=strangers_headers)

        assert await all_end(oldest)
        assert not await any_ends(admins)
        for task in (*admins, *others):
            task.cancel()

    asyncio.run(story())


def test_admins_take_no_place_of_each_other_while_the_database_is_away(
    ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        server = Server()
        monkeypatch.setenv("DATABASE_URL", AWAY)

        admins = await opened(server, MAX_SOCKETS + 5, headers=[cookie_of(ada)])
        strangers_own = await opened(server, 1)

        assert not await any_ends([*admins, *strangers_own])
        for task in (*admins, *strangers_own):
            task.cancel()

    asyncio.run(story())


def test_who_made_a_session_up_while_the_database_was_away_is_a_stranger_after(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        server = Server()
        monkeypatch.setenv("DATABASE_URL", AWAY)
        pretenders = await opened(server, 3, headers=[cookie_of("made up")])
        monkeypatch.setenv("DATABASE_URL", db.url)

        others = await opened(server, MAX_SOCKETS)

        assert await all_end(pretenders)
        for task in others:
            task.cancel()

    asyncio.run(story())
