"""Addresses on loopback that swallow packets, as a broken IPv6 route does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress


@contextmanager
def black_hole(address: str, *, port: int = 0) -> Iterator[int]:
    """Swallow whatever comes to a port: its queue is full, so Linux drops what asks to come in.

    Args:
        address: A literal one of this machine.
        port: Which port; any if it is 0.

    Yields:
        The port.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket(family))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(3):
            filling = sockets.enter_context(socket.socket(family))
            filling.setblocking(False)
            with suppress(BlockingIOError):
                filling.connect((address, port))
        _wait_until_full(address, port)
        yield port


def _wait_until_full(address: str, port: int) -> None:
    while True:
        try:
            socket.create_connection((address, port), timeout=0.2).close()
        except TimeoutError:
            return
