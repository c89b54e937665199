"""What the limits of connections expect of Granian."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from tests import processes
from tests.attacks.unfinished import BODY, HEADERS, NOTHING, answer_time_s, connected, held
from tests.e2e.serving import answers, free_port

HEADERS_WITHIN_MS = 1_000
STARTED_WITHIN_S = 30
GONE_WITHIN_S = 20
MANY = 300
"""More than Granian serves by itself."""

SERVE = f"""
import asyncio, sys
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from integrations_app.reflex_adapter import server_limits

async def app(scope, receive, send):
    await Request(scope, receive).body()
    await PlainTextResponse("read")(scope, receive, send)

limits = server_limits.limits(headers_within_ms={HEADERS_WITHIN_MS})
server = Server(app, port=int(sys.argv[1]), interface=Interfaces.ASGINL, **limits)
asyncio.run(server.serve())
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of a server that reads whole bodies, however long they take."""
    port = free_port()
    process = processes.start(SERVE, str(port))
    give_up_at = time.monotonic() + STARTED_WITHIN_S
    try:
        while not answers(f"http://127.0.0.1:{port}/"):
            assert process.poll() is None
            assert time.monotonic() < give_up_at
        yield port
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("beginning", [NOTHING, HEADERS], ids=["silence", "headers"])
def test_connections_that_do_not_say_what_they_want_are_closed(port: int, beginning: bytes) -> None:
    with connected(port) as connection:
        connection.settimeout(GONE_WITHIN_S)
        connection.sendall(beginning)

        with contextlib.suppress(ConnectionError):
            while connection.recv(1_000):
                pass


def test_bodies_that_are_waited_for_keep_nobody_out(port: int) -> None:
    with held(port, BODY, count=MANY):
        assert answer_time_s(port, "/") < GONE_WITHIN_S


def test_headers_that_are_too_long_are_refused(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(HEADERS + 200_000 * b"x" + b"\r\n\r\n")

        assert connection.recv(12) == b"HTTP/1.1 431"
