"""Many requests that are begun and never finished."""

from __future__ import annotations

import contextlib
import socket
import statistics
import time
from collections.abc import Iterator

HEADERS = b"POST /api/integrations/sign-in HTTP/1.1\r\nHost: localhost\r\nX-Endless: "
BODY = (
    b"POST /api/integrations/sign-in HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
)
NOTHING = b""

_ANSWERED_WITHIN_S = 10


@contextlib.contextmanager
def held(port: int, beginning: bytes, *, count: int) -> Iterator[list[socket.socket]]:
    """So many connections, each with the beginning of a request."""
    with contextlib.ExitStack() as opened:
        sockets = []
        for _ in range(count):
            sockets.append(opened.enter_context(connected(port)))
            sockets[-1].sendall(beginning)
        yield sockets


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=_ANSWERED_WITHIN_S)


def answer_time_s(port: int, path: str) -> float:
    """How long a whole request takes to be answered, on a connection of its own; of five."""
    return statistics.median(_answered(port, path) for _ in range(5))


def _answered(port: int, path: str) -> float:
    began = time.monotonic()
    with connected(port) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
    return time.monotonic() - began
