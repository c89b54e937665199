"""Threads for work that waits, shared out so that nobody's work holds up anybody else's.

`asyncio.to_thread` has so few threads that a handful of providers that hang would take them all;
what takes milliseconds, as the look after each event's session, would stand in line behind them.
"""

import asyncio
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar

from integrations_app.domain.actor import Actor

_LONG_THREADS = 64
_SHORT_THREADS = 16

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def run_long(
    actor: Actor, work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """Return what the function gives, called in a thread for whatever asks a provider.

    Args:
        actor: Who wants it.
        work: What is called.
        args: What it is called with.
        kwargs: What it is called with.
    """
    return await _long_pool().run(actor.id, partial(work, *args, **kwargs))


async def run_short(
    actor: Actor, work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """The same for what waits for the database alone, as a rule; see `run_long`."""
    return await _short_pool().run(actor.id, partial(work, *args, **kwargs))


class FairPool:
    """Threads of which nobody gets more than others have left idle.

    Whoever has fewest at work comes first, and begins as long as fewer of theirs are at work than
    threads are idle. One person alone so gets half of all, the next half of the rest, and there
    is a thread left for whoever comes then.

    Args:
        threads: How many there are.
        name: What they are called.
    """

    def __init__(self, threads: int, *, name: str) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._idle = threads
        self._at_work: Counter[str] = Counter()
        self._waiting: dict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = {}
        self._sharing = threading.Lock()

    async def run(self, person: str, call: Callable[[], _T]) -> _T:
        """Return what the call gives, once it is this person's turn."""
        future: Future[_T] = Future()
        in_context = partial(copy_context().run, call)
        with self._sharing:
            self._waiting.setdefault(person, deque()).append((future, in_context))
            self._begin_what_may()
        return await asyncio.wrap_future(future)

    def _begin_what_may(self) -> None:
        while self._waiting:
            person = min(self._waiting, key=self._at_work.__getitem__)
            if self._at_work[person] >= self._idle:
                return
            future, call = self._waiting[person].popleft()
            if not self._waiting[person]:
                del self._waiting[person]
            self._idle -= 1
            self._at_work[person] += 1
            self._executor.submit(self._work, person, future, call)

    def _work(self, person: str, future: Future[Any], call: Callable[[], Any]) -> None:
        try:
            if future.set_running_or_notify_cancel():  # else whoever wanted it has gone
                future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
            future.set_exception(error)
        finally:
            with self._sharing:
                self._idle += 1
                self._at_work[person] -= 1
                if not self._at_work[person]:
                    del self._at_work[person]
                self._begin_what_may()


@cache
def _long_pool() -> FairPool:
    return FairPool(_LONG_THREADS, name="integrations-long")


@cache
def _short_pool() -> FairPool:
    return FairPool(_SHORT_THREADS, name="integrations-short")
