"""What strangers leave behind in the server and in Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from tests.attacks.attacked import Attacked
from tests.attacks.sockets import Socket, attack
from tests.attacks.tabs import is_free

pytestmark = pytest.mark.alone

HOSTILE = 2_000
AT_ONCE = 250
MOST_BYTES = 10_000_000
SETTLED_WITHIN_S = 20.0
LARGE = 900_000
SMALL = 3_500
MANY_HEADERS = "".join(f"X-Header-{number}: {2_000 * 'x'}\r\n" for number in range(8))


def settled(product: Attacked, measure: Callable[[], int]) -> int:
    """The least that is measured while the server goes on serving a few; ends when it is enough."""
    give_up_at = time.monotonic() + SETTLED_WITHIN_S
    least = measure()
    while least > MOST_BYTES and time.monotonic() < give_up_at:
        asyncio.run(attack(product.product.port, count=10, query="q", headers="", at_once=10))
        least = min(least, measure())
    return least


@pytest.mark.timeout(400)  # on a busy machine the attack itself takes its time
@pytest.mark.parametrize("query", [LARGE, SMALL], ids=["large", "many"])
def test_two_thousand_hostile_connections_leave_next_to_nothing(
    product: Attacked, query: int
) -> None:
    port = product.product.port
    count = HOSTILE if query == SMALL else HOSTILE // 10
    # What is needed once for anybody counts for nobody.
    asyncio.run(attack(port, count=AT_ONCE, query="q", headers="", at_once=AT_ONCE))
    memory, redis = product.memory, product.redis_memory

    asyncio.run(attack(port, count=count, query=query * "q", headers=MANY_HEADERS, at_once=AT_ONCE))

    grown = settled(product, lambda: product.memory - memory)
    in_redis = settled(product, lambda: product.redis_memory - redis)
    print(f"\n{count} connections with {query} bytes: {grown:,} in process, {in_redis:,} in Redis")
    assert grown <= MOST_BYTES
    assert in_redis <= MOST_BYTES
    assert "Traceback" not in product.product.log, "each would leave thousands of bytes there"


def test_a_strangers_large_message_ends_its_websocket(product: Attacked) -> None:
    async def story() -> bool:
        socket = await Socket.open(product.product.port)
        socket.hydrate(query=5_000 * "q")
        try:
            return await socket.hears(b"delta")
        finally:
            socket.close()

    assert not asyncio.run(story())


def test_an_admins_large_message_is_read(product: Attacked) -> None:
    async def story() -> bool:
        headers = f"Cookie: {product.cookie}\r\n"
        socket = await Socket.open(product.product.port, headers=headers)
        socket.hydrate(query=500_000 * "q")
        try:
            return await socket.hears(b"ada@example.com")
        finally:
            socket.close()

    assert asyncio.run(story())


def test_strangers_take_no_place_of_others(product: Attacked) -> None:
    port = product.product.port

    async def story() -> None:
        held = [await Socket.open(port) for _ in range(3 * AT_ONCE)]
        assert await asyncio.to_thread(is_free, product.origin, "a stranger's")
        for socket in held:
            socket.close()

    asyncio.run(story())
