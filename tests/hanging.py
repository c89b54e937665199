"""A provider that answers nobody before it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from tests.world import World
from tests.world.messages import Site

HOST = "hanging.example"


class Hanging:
    """Counts who asks, and lets them wait until `may_answer`; then it hangs up on them."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = False

    async def answer(self, client: asyncio.StreamWriter) -> None:
        """Serve one client."""
        self.asked += 1
        while not (self.may_answer or client.is_closing()):  # noqa: ASYNC110 - other loops tell
            await asyncio.sleep(0.02)

    async def wait_for(self, count: int) -> None:
        """Wait until so many have asked."""
        async with asyncio.timeout(10):
            while self.asked < count:  # noqa: ASYNC110 - the world's loop counts
                await asyncio.sleep(0.02)


@contextmanager
def hanging_at(world: World) -> Iterator[Hanging]:
    """The provider at `HOST`; at the end it lets everyone go."""
    provider = Hanging()
    with world.hosting(Site(hosts=(HOST,), answer=lambda _request: provider.answer)):
        yield provider
        provider.may_answer = True
