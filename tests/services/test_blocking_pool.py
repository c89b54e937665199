"""Threads are shared out: whoever's work hangs holds up nobody else."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections import Counter

import pytest

from integrations_app.services.blocking_pool import FairPool

THREADS = 8


class Hanging:
    """Work that does not end before it is told to, and counts how much of it has begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self._may_end: Counter[str] = Counter()
        self._changing = threading.Condition()

    def work(self, person: str) -> str:
        with self._changing:
            self.begun.append(person)
            self._changing.notify_all()
            assert self._changing.wait_for(lambda: self._may_end[person] > 0, timeout=10)
            self._may_end[person] -= 1
        return person

    def let_go(self, person: str, count: int = 1_000) -> None:
        with self._changing:
            self._may_end[person] += count
            self._changing.notify_all()

    def let_all_go(self) -> None:
        for person in ("ann", "bob", "cid", "dan", "eve"):
            self.let_go(person)

    async def wait_for(self, count: int) -> None:
        def wait() -> None:
            with self._changing:
                assert self._changing.wait_for(lambda: len(self.begun) >= count, timeout=5)

        await asyncio.to_thread(wait)


@pytest.fixture
def hanging() -> Hanging:
    return Hanging()


@pytest.fixture
def pool() -> FairPool:
    return FairPool(THREADS, name="test")


def begin(pool: FairPool, hanging: Hanging, person: str, count: int) -> list[asyncio.Task[str]]:
    run = pool.run
    return [asyncio.create_task(run(person, lambda: hanging.work(person))) for _ in range(count)]


def test_one_person_takes_half_and_each_further_one_half_of_the_rest(
    pool: FairPool, hanging: Hanging
) -> None:
    async def story() -> list[str]:
        tasks = begin(pool, hanging, "ann", 100)
        await hanging.wait_for(4)
        tasks += begin(pool, hanging, "bob", 100)
        await hanging.wait_for(6)
        tasks += begin(pool, hanging, "cid", 100) + begin(pool, hanging, "dan", 1)
        await hanging.wait_for(8)
        at_work = list(hanging.begun)
        hanging.let_all_go()
        assert len(await asyncio.gather(*tasks)) == 301
        return at_work

    assert asyncio.run(story()) == ["ann"] * 4 + ["bob"] * 2 + ["cid"] + ["dan"]


def test_whoever_has_fewest_at_work_comes_first(pool: FairPool, hanging: Hanging) -> None:
    async def story() -> None:
        tasks: list[asyncio.Task[str]] = []
        for person, at_work in (("ann", 4), ("bob", 6), ("cid", 7), ("dan", 8)):
            tasks += begin(pool, hanging, person, 20)
            await hanging.wait_for(at_work)
        tasks += begin(pool, hanging, "eve", 1)
        await asyncio.sleep(0)
        hanging.let_go("ann", 1)
        await hanging.wait_for(9)
        hanging.let_all_go()
        await asyncio.gather(*tasks)

    asyncio.run(story())

    assert hanging.begun[8] == "eve"


def test_everything_has_its_turn_in_the_order_of_asking(pool: FairPool) -> None:
    done: list[int] = []

    async def story() -> None:
        await asyncio.gather(*(pool.run("ann", lambda n=n: done.append(n)) for n in range(200)))

    asyncio.run(story())

    assert sorted(done) == list(range(200))


def test_what_work_raises_is_raised_and_frees_its_thread(pool: FairPool) -> None:
    def fail() -> None:
        raise ValueError("bad")

    async def story() -> None:
        for _ in range(2 * THREADS):
            with pytest.raises(ValueError, match="bad"):
                await pool.run("ann", fail)

    asyncio.run(story())


def test_work_that_nobody_waits_for_any_more_is_not_begun(pool: FairPool, hanging: Hanging) -> None:
    async def story() -> int:
        tasks = begin(pool, hanging, "ann", 100)
        await hanging.wait_for(4)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        hanging.let_all_go()
        return await pool.run("ann", lambda: len(hanging.begun))

    assert asyncio.run(story()) == THREADS // 2


def test_work_sees_the_context_of_whoever_asked(pool: FairPool) -> None:
    seen = contextvars.ContextVar("seen", default="nothing")

    async def story() -> str:
        seen.set("this")
        return await pool.run("ann", seen.get)

    assert asyncio.run(story()) == "this"


def test_sharing_costs_next_to_nothing(pool: FairPool) -> None:
    async def story() -> float:
        began = time.monotonic()
        for _ in range(200):
            await pool.run("ann", int)
        return (time.monotonic() - began) / 200

    assert asyncio.run(story()) < 0.01
