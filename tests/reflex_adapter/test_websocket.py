"""What the guard of the websocket expects of Reflex and of python-socketio."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import reflex_base
from reflex.app import EventNamespace
from reflex_base.event import Event
from socketio import AsyncNamespace, AsyncServer

from integrations_app.reflex_adapter import websocket

PLACE = "/_event"
CLIENT = "a client"


@dataclass(frozen=True, kw_only=True)
class Dispatched:
    """One call of a namespace's `trigger_event`."""

    name: str
    arguments: tuple[Any, ...]
    is_connected: bool


class Namespace(AsyncNamespace):
    """Writes down what python-socketio dispatches."""

    def __init__(self) -> None:
        super().__init__(PLACE)
        self.dispatched: list[Dispatched] = []

    async def trigger_event(self, event: str, *args: Any) -> None:
        is_connected = self.server.manager.is_connected(args[0], PLACE)
        self.dispatched.append(Dispatched(name=event, arguments=args, is_connected=is_connected))


@dataclass(kw_only=True)
class Server:
    """python-socketio without a network: what it is told is what a transport would tell it."""

    namespace: Any = field(default_factory=Namespace)
    environ: dict[str, Any] = field(default_factory=lambda: {"QUERY_STRING": "token=t"})

    def __post_init__(self) -> None:
        self.socketio = AsyncServer(async_mode="asgi", async_handlers=False)
        self.socketio.register_namespace(self.namespace)

    async def open(self) -> None:
        await self.socketio._handle_eio_connect(CLIENT, self.environ)
        await self.socketio._handle_eio_message(CLIENT, f"0{PLACE},")

    async def receive(self, *message: object) -> None:
        await self.socketio._handle_eio_message(CLIENT, f"2{PLACE},{json.dumps(message)}")

    async def close(self) -> None:
        await self.socketio._handle_eio_disconnect(CLIENT, "transport close")

    @property
    def last(self) -> Dispatched:
        return self.namespace.dispatched[-1]


def run(story: Callable[[Server], Awaitable[None]]) -> None:
    async def within() -> None:
        server = Server()
        await server.open()
        await story(server)

    asyncio.run(within())


def test_the_transport_connects_with_the_very_environ_that_the_server_holds() -> None:
    async def story(server: Server) -> None:
        sid, environ, _auth = server.last.arguments

        assert server.last.name == "connect"
        assert environ is server.environ
        assert server.socketio.get_environ(sid, PLACE) is environ

    run(story)


def test_a_message_named_connect_is_dispatched_with_what_the_client_says() -> None:
    async def story(server: Server) -> None:
        await server.receive("connect", server.environ)

        assert server.last.name == "connect"
        assert server.last.arguments[1] == server.environ
        assert server.last.arguments[1] is not server.environ

    run(story)


def test_a_client_is_off_the_list_when_the_transport_disconnects_it() -> None:
    async def story(server: Server) -> None:
        await server.close()

        assert server.last.name == "disconnect"
        assert not server.last.is_connected

    run(story)


def test_a_message_named_disconnect_leaves_the_client_on_the_list() -> None:
    async def story(server: Server) -> None:
        await server.receive("disconnect")

        assert server.last.name == "disconnect"
        assert server.last.is_connected

    run(story)


def test_a_client_connects_once_however_often_it_asks() -> None:
    async def story(server: Server) -> None:
        for _ in range(3):
            await server.socketio._handle_eio_message(CLIENT, f"0{PLACE},")

        assert [each.name for each in server.namespace.dispatched] == ["connect"]

    run(story)


@dataclass(kw_only=True)
class App:
    """What Reflex's namespace needs of an app; keeps the events that it would handle."""

    handled: list[Event] = field(default_factory=list)
    _state: None = None
    _event_processor: None = None

    def router(self, _path: str) -> str:
        return "page"

    @property
    def event_processor(self) -> App:
        return self

    async def enqueue(self, _token: str, event: Event) -> None:
        self.handled.append(event)


def test_what_reflex_notes_of_a_websocket_overrides_what_its_client_says() -> None:
    app = App()
    namespace = EventNamespace(PLACE, app)  # pyright: ignore[reportArgumentType]
    websocket.guard(namespace)

    async def story() -> None:
        server = Server(namespace=namespace)
        await server.open()
        said = {"pathname": "/", websocket._MARK: "forged"}
        await server.receive("event", {"name": "handler", "router_data": said})

    asyncio.run(story())

    [event] = app.handled
    assert event.router_data[websocket._MARK] == websocket._OURS


def test_a_closed_tab_is_told_of_while_its_token_is_not_free_yet() -> None:
    closed: list[tuple[str, object, bool]] = []
    namespace = EventNamespace(PLACE, App())  # pyright: ignore[reportArgumentType]
    tokens = namespace._token_manager.token_to_socket

    async def on_close(token: str, scope: dict[str, Any]) -> None:
        closed.append((token, scope, token in tokens))

    websocket.guard(namespace, on_close=on_close)
    scope = {"headers": []}

    async def story() -> None:
        server = Server(namespace=namespace)
        server.environ["asgi.scope"] = scope
        await server.open()
        await server.close()
        await asyncio.sleep(0)

    asyncio.run(story())

    assert closed == [("t", scope, True)]
    assert not tokens


def test_pages_send_messages_of_these_names_only() -> None:
    templates = Path(reflex_base.__file__).parent / ".templates" / "web" / "utils"
    script = (templates / "state.js").read_text()

    named = re.findall(r"\.emit\(\s*([^,\s]+)", script)
    constants = dict(re.findall(r"const (\w+) = (\"\w+\");", script))
    sent = {json.loads(constants.get(name, name)) for name in named}

    assert sent == websocket.SENT_BY_PAGES
