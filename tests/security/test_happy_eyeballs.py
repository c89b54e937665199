"""Of a host's addresses the first one that answers is connected to (RFC 8305)."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import anyio
import httpcore2
import pytest

from integrations_app.security import happy_eyeballs
from tests.security.black_hole import black_hole

SOON_S = 0.4
"""Before two attempts that were waited for; a busy machine needs some of it."""

Connect = Callable[..., str]


@contextmanager
def listening(address: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen()
        yield listener


def sync(addresses: Sequence[str], port: int, *, timeout_s: float = 5.0) -> str:
    """The address that a thread is connected to."""
    connected = happy_eyeballs.connect(addresses, port, timeout_s=timeout_s, local_address=None)
    with connected:
        assert connected.getblocking()
        return connected.getpeername()[0]


def in_async_code(addresses: Sequence[str], port: int, *, timeout_s: float = 5.0) -> str:
    """The address that a task is connected to."""
    backend = httpcore2.AnyIOBackend()
    failing = (httpcore2.ConnectError, httpcore2.ConnectTimeout)

    async def connect() -> str:
        async def connect_to(address: str) -> httpcore2.AsyncNetworkStream:
            return await backend.connect_tcp(address, port, timeout_s)

        stream = await happy_eyeballs.connect_async(addresses, connect_to, failing=failing)
        try:
            return stream.get_extra_info("server_addr")[0]
        finally:
            await stream.aclose()

    return anyio.run(connect)


@pytest.fixture(params=[sync, in_async_code])
def connect(request: pytest.FixtureRequest) -> Connect:
    """Either way to connect."""
    return request.param


@pytest.mark.parametrize(
    ("addresses", "order"),
    [
        ([], []),
        (["1.1.1.1"], ["1.1.1.1"]),
        (["::1", "::2", "1.1.1.1"], ["::1", "1.1.1.1", "::2"]),
        (["1.1.1.1", "::1", "::2"], ["1.1.1.1", "::1", "::2"]),
        (["::1", "::2", "::3", "1.1.1.1", "2.2.2.2"], ["::1", "1.1.1.1", "::2", "2.2.2.2", "::3"]),
    ],
)
def test_both_kinds_of_addresses_take_turns(addresses: list[str], order: list[str]) -> None:
    assert happy_eyeballs.in_turn(addresses) == order


def test_an_ipv6_address_that_swallows_packets_costs_a_quarter_of_a_second(
    connect: Connect,
) -> None:
    with black_hole("::1") as port, listening("127.0.0.1", port):
        began = time.monotonic()

        assert connect(["::1", "127.0.0.1"], port) == "127.0.0.1"
        assert 0.2 < time.monotonic() - began < 1.5


def test_each_further_one_costs_as_much(connect: Connect) -> None:
    with black_hole("127.0.0.2") as port, black_hole("127.0.0.3", port=port):
        with black_hole("::1", port=port), listening("127.0.0.4", port):
            began = time.monotonic()

            found = connect(["::1", "127.0.0.2", "127.0.0.3", "127.0.0.4"], port)

        assert found == "127.0.0.4"
        assert 0.7 < time.monotonic() - began < 2.5


def test_the_first_one_is_taken_if_it_answers(connect: Connect) -> None:
    with listening("::1", 0) as listener:
        port = listener.getsockname()[1]
        with listening("127.0.0.1", port) as other:
            other.settimeout(0.4)

            assert connect(["::1", "127.0.0.1"], port) == "::1"
            with pytest.raises(TimeoutError):
                other.accept()


def test_after_a_refusal_the_next_one_is_tried_at_once(connect: Connect) -> None:
    with listening("127.0.0.1", 0) as listener:
        began = time.monotonic()

        found = connect(["::1", "127.0.0.2", "127.0.0.1"], listener.getsockname()[1])

        assert found == "127.0.0.1"
        assert time.monotonic() - began < SOON_S


def test_one_without_a_route_is_passed_over(connect: Connect) -> None:
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        assert connect(["255.255.255.255", "127.0.0.1"], port) == "127.0.0.1"


def test_if_all_refuse_it_is_an_error(connect: Connect) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))

        with pytest.raises((OSError, httpcore2.ConnectError)):
            connect(["127.0.0.1", "127.0.0.2"], nobody.getsockname()[1])


def test_if_none_answers_the_deadline_ends_it(connect: Connect) -> None:
    with black_hole("::1") as port, black_hole("127.0.0.1", port=port):
        began = time.monotonic()

        with pytest.raises((TimeoutError, httpcore2.ConnectTimeout)):
            connect(["::1", "127.0.0.1"], port, timeout_s=0.6)

        assert time.monotonic() - began < 2


def test_whoever_loses_is_closed(connect: Connect) -> None:
    with black_hole("::1") as port, listening("127.0.0.1", port):
        connect(["::1", "127.0.0.1"], port)
        before = open_files()

        connect(["::1", "127.0.0.1"], port)

        assert open_files() == before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_local_address_is_connected_from() -> None:
    with listening("127.0.0.1", 0) as listener:
        connected = happy_eyeballs.connect(
            ["::1", "127.0.0.1"],
            listener.getsockname()[1],
            timeout_s=5,
            local_address="127.0.0.5",
        )

    with connected:
        assert connected.getsockname()[0] == "127.0.0.5"


def test_without_addresses_nothing_is_connected_to() -> None:
    with pytest.raises(OSError, match="no address"):
        happy_eyeballs.connect([], 443, timeout_s=1, local_address=None)


def test_a_task_that_is_cancelled_leaves_nothing_open() -> None:
    backend = httpcore2.AnyIOBackend()

    async def give_up(port: int) -> None:
        async def connect_to(address: str) -> httpcore2.AsyncNetworkStream:
            return await backend.connect_tcp(address, port, 5)

        with anyio.move_on_after(0.4) as scope:
            await happy_eyeballs.connect_async(
                ["::1", "127.0.0.1"], connect_to, failing=(httpcore2.ConnectError,)
            )
        assert scope.cancelled_caught

    with black_hole("::1") as port, black_hole("127.0.0.1", port=port):
        before = open_files()

        anyio.run(give_up, port)

        assert open_files() == before
