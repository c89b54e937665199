"""Doing scheduled work in this process, beside other processes that do the same.

Each kind of work has a lane of its own with a few threads, so that providers that hang with one
never hold up the other; in a lane no provider gets more than half of the threads. Threads take
turns in claiming, and a claim takes its time: however much is due after a long pause, it is
worked off at a bounded rate.
"""

import asyncio
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from integrations_app.errors import DatabaseUnavailable
from integrations_app.services.oauth import account_changes
from integrations_app.services.scheduling import due_work
from integrations_app.services.scheduling.due_work import Claim, Work

logger = logging.getLogger(__name__)

STOP_WITHIN_S = 3.0
"""How long work that is under way may go on; tokens that just came are to be stored."""

_SHORTEST_PAUSE_S = 1.0
_JITTER = 0.2


@asynccontextmanager
async def running() -> AsyncGenerator[None]:
    """Scheduled work for as long as a worker serves; importing starts none."""
    scheduler = Scheduler()
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()
        await asyncio.to_thread(scheduler.wait)


class Scheduler:
    """All scheduled work, from `start` until `stop`."""

    def __init__(self) -> None:
        lanes = (Lane(due_work.RENEWALS, threads=4), Lane(due_work.CHECKS, threads=8))
        self._lanes = (*lanes, Sweeping())

    def start(self) -> None:
        """Begin; returns at once."""
        for lane in self._lanes:
            lane.start()

    def stop(self) -> None:
        """Claim nothing more; returns at once."""
        for lane in self._lanes:
            lane.stop()

    def wait(self) -> None:
        """Wait until all work has ended, at most `STOP_WITHIN_S`."""
        give_up_at = time.monotonic() + STOP_WITHIN_S
        for lane in self._lanes:
            lane.wait(timeout_s=give_up_at - time.monotonic())


class Lane:
    """The threads that do one kind of work.

    Args:
        work: What they do.
        threads: How many there are.
        pace_s: Least time between two claims.
        idle_s: About how long to wait before looking again, unless something is due sooner.
        retry_s: The same while the database is away.
    """

    def __init__(
        self,
        work: Work,
        *,
        threads: int,
        pace_s: float = 0.1,
        idle_s: float = 10.0,
        retry_s: float = 1.0,
    ) -> None:
        self._work = work
        self._pace_s = pace_s
        self._idle_s = idle_s
        self._retry_s = retry_s
        self._share = max(1, threads // 2)
        self._threads = [
            threading.Thread(target=self._run, name=f"integrations-{work.name}", daemon=True)
            for _ in range(threads)
        ]
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._freed = threading.Event()
        self._at_work: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._claimed_at = 0.0
        self._is_away = False

    def start(self) -> None:
        """Begin; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Claim nothing more; returns at once."""
        self._stopping.set()
        self._freed.set()

    def wait(self, *, timeout_s: float) -> bool:
        """Wait for work that is under way, at most so long; says whether it has ended."""
        give_up_at = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, give_up_at - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while (claimed := self._next()) is not None:
            try:
                due_work.perform(self._work, claimed)
            finally:
                self._end(claimed)

    def _next(self) -> Claim | None:
        """The next claim, waited for if need be; None once this lane is to stop."""
        with self._turn:
            self._stopping.wait(max(0.0, self._claimed_at + self._pace_s - time.monotonic()))
            while not self._stopping.is_set():
                self._freed.clear()
                claimed, pause_s = self._look()
                if claimed is not None:
                    self._claimed_at = time.monotonic()
                    return claimed
                self._freed.wait(pause_s)
        return None

    def _look(self) -> tuple[Claim | None, float]:
        """Return what is due, else how long to wait."""
        try:
            claimed = due_work.claim(self._work, busy=self._busy())
            due_in_s = None if claimed else due_work.due_in_s(self._work)
        except DatabaseUnavailable as error:
            self._note_away(error)
            return None, _jittered(self._retry_s)
        except Exception as error:
            logger.error("Scheduled %ss cannot be claimed.", self._work.name, exc_info=error)
            return None, _jittered(self._idle_s)
        self._is_away = False
        if claimed is not None:
            self._begin(claimed)
            return claimed, 0.0
        idle_s = _jittered(self._idle_s)
        if due_in_s is None:
            return None, idle_s
        return None, min(idle_s, _jittered(max(due_in_s, _SHORTEST_PAUSE_S)))

    def _note_away(self, error: DatabaseUnavailable) -> None:
        if not self._is_away:
            logger.warning("Scheduled %ss pause: %s", self._work.name, error)
        self._is_away = True

    def _busy(self) -> list[str]:
        with self._counting:
            return [key for key, count in self._at_work.items() if count >= self._share]

    def _begin(self, claimed: Claim) -> None:
        with self._counting:
            self._at_work[claimed.provider] += 1

    def _end(self, claimed: Claim) -> None:
        with self._counting:
            was_busy = self._at_work[claimed.provider] >= self._share
            self._at_work[claimed.provider] -= 1
        if was_busy:
            self._freed.set()


class Sweeping:
    """The thread that ends what nobody answered in time.

    Args:
        every_s: About how long to wait in between.
    """

    def __init__(self, *, every_s: float = 60.0) -> None:
        self._every_s = every_s
        self._thread = threading.Thread(target=self._run, name="integrations-sweeping", daemon=True)
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Sweep no more; returns at once."""
        self._stopping.set()

    def wait(self, *, timeout_s: float) -> bool:
        """Wait for what is under way, at most so long; says whether it has ended."""
        self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.wait(_jittered(self._every_s)):
            try:
                account_changes.sweep()
            except DatabaseUnavailable:
                continue  # whoever looks for scheduled work says that it is away
            except Exception as error:
                logger.error("What nobody answered in time cannot be ended.", exc_info=error)


def _jittered(pause_s: float) -> float:
    return pause_s * random.uniform(1, 1 + _JITTER)  # noqa: S311 - spreads, hides nothing
