"""Work that waits for others, where nobody else waits for it.

`asyncio.to_thread` has so few threads that a handful of providers that hang would take them all;
what takes milliseconds, as the look after each event's session, would stand in line behind them.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial
from typing import ParamSpec, TypeVar

_THREADS = 32

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def aside(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """What the function gives, called in a thread for whatever may take seconds."""
    call = partial(copy_context().run, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_threads(), call)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="integrations-aside")
