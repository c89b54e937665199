"""Limits to the passwords that may be tried; refusals alone count, in this process."""

import math
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from integrations_app.errors import SignInRefused, TooManyAttempts

_PER_EMAIL = RateLimitItemPerMinute(10, 5, namespace="sign-in-email")
_PER_CLIENT = RateLimitItemPerMinute(30, 5, namespace="sign-in-client")
_PER_BROWSER = RateLimitItemPerMinute(10, 5, namespace="sign-in-browser")

_Count = tuple[RateLimitItem, str]

_counting = threading.Lock()
_under_way: Counter[_Count] = Counter()


@contextmanager
def attempt(email: str, client: str, *, browser: str | None) -> Generator[None]:
    """Let somebody try a password, unless too many were refused before.

    A browser in which this e-mail has signed in before has a count of its own, so that it cannot
    be shut out by what others try. Attempts under way count as if they had been refused already:
    a crowd of them does not get past the limit.

    Args:
        email: Whatever was typed.
        client: Address that the request came from.
        browser: Id of such a browser, see `known_browsers`.

    Raises:
        TooManyAttempts: Too many were refused in the last five minutes.
    """
    counts = _counts(email, client, browser)
    with _counting:
        for count in counts:
            _refuse_beyond(count)
        _under_way.update(counts)
    try:
        yield
    except SignInRefused:
        with _counting:
            for limit, key in counts:
                _limiter().hit(limit, key)
        raise
    else:
        with _counting:
            for limit, key in counts:
                _limiter().clear(limit, key)
    finally:
        with _counting:
            _end(counts)


def _counts(email: str, client: str, browser: str | None) -> tuple[_Count, ...]:
    if browser is not None:
        return ((_PER_BROWSER, browser),)
    return ((_PER_CLIENT, client), (_PER_EMAIL, email.casefold()))


def _refuse_beyond(count: _Count) -> None:
    again_at, remaining = _limiter().get_window_stats(*count)
    if remaining <= _under_way[count]:
        raise TooManyAttempts(retry_after_s=max(1, math.ceil(again_at - time.time())))


def _end(counts: tuple[_Count, ...]) -> None:
    _under_way.subtract(counts)
    for count in counts:
        if not _under_way[count]:
            del _under_way[count]


@cache
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())  # starts a thread, so not on import
