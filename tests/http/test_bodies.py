"""How large a request's body may be, and how soon it has to be whole."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations_app.http import bodies
from integrations_app.http.bodies import bounded_bodies

AT_ONCE_S = 0.05
CHUNK = {"type": "http.request", "body": b"x" * 10, "more_body": True}
LAST = {"type": "http.request", "body": b"", "more_body": False}
SCOPE: Scope = {
    "type": "http",
    "method": "POST",
    "path": "/",
    "headers": [],
    "query_string": b"",
}


async def reading(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def raw(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive())["more_body"]:
        pass
    await PlainTextResponse("whole")(scope, receive, send)


ENDPOINT = Starlette(routes=[Route("/", reading, methods=["POST"])])


def sender(messages: Sequence[Message]) -> Receive:
    """A client that sends so much, and then waits."""
    rest = list(messages)

    async def receive() -> Message:
        if not rest:
            await asyncio.Event().wait()
        return rest.pop(0)

    return receive


def status(app: ASGIApp, *messages: Message) -> int:
    """How a request is answered whose body arrives so."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    bounded_app = bounded_bodies(app, max_bytes=25, within_s=AT_ONCE_S)
    asyncio.run(bounded_app(SCOPE, sender(messages), send))
    return sent[0]["status"]


@pytest.mark.parametrize("app", [ENDPOINT, raw], ids=["endpoint", "raw"])
class TestBodies:
    def test_a_whole_one_is_read(self, app: ASGIApp) -> None:
        assert status(app, CHUNK, CHUNK, LAST) == 200

    def test_one_that_never_ends_is_given_up(self, app: ASGIApp) -> None:
        assert status(app, CHUNK) == 408

    def test_one_that_is_too_long_is_given_up(self, app: ASGIApp) -> None:
        assert status(app, CHUNK, CHUNK, CHUNK) == 413


def test_whoever_answers_slowly_may_go_on_waiting_for_the_client_to_leave() -> None:
    async def story() -> None:
        receive = bodies.bounded(sender([LAST]), within_s=AT_ONCE_S)
        assert await receive() == LAST

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), 4 * AT_ONCE_S)

    asyncio.run(story())
