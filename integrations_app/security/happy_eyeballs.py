"""Connecting to whichever of a host's addresses answers first (RFC 8305, "Happy Eyeballs").

An address that swallows packets would else take the whole deadline, although the next one answers.
"""

import errno
import os
import selectors
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Protocol, TypeVar

import anyio

ATTEMPT_DELAY_S = 0.25
"""How long an attempt has no rival; RFC 8305 recommends it."""


_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK)


class _Closable(Protocol):
    async def aclose(self) -> None: ...


Stream = TypeVar("Stream", bound=_Closable)


def in_turn(addresses: Sequence[str]) -> list[str]:
    """IPv6 and IPv4 alternately, each in its order, beginning with the kind of the first."""
    kinds: tuple[list[str], list[str]] = ([], [])
    for address in addresses:
        kinds[_is_ipv6(address) != _is_ipv6(addresses[0])].append(address)
    return [each for each in chain(*zip_longest(*kinds)) if each is not None]


def connect(
    addresses: Sequence[str], port: int, *, timeout_s: float | None, local_address: str | None
) -> socket.socket:
    """Connect to the first address that answers, the next one being tried after a moment.

    Args:
        addresses: Literal ones, in order of preference.
        port: TCP port.
        timeout_s: For all of it; None for as long as the system tries.
        local_address: Where to connect from; None for anywhere.

    Returns:
        A socket that blocks; all others are closed.

    Raises:
        TimeoutError: None answered in time.
        OSError: All failed; it is the last failure.
    """
    with selectors.DefaultSelector() as selector:
        race = _Race(selector=selector, port=port, local_address=local_address)
        try:
            return race.winner(in_turn(addresses), timeout_s)
        finally:
            race.close()


@dataclass(slots=True, kw_only=True)
class _Race:
    selector: selectors.BaseSelector
    port: int
    local_address: str | None
    failure: OSError = field(default_factory=lambda: OSError("there is no address"))

    def winner(self, waiting: list[str], timeout_s: float | None) -> socket.socket:
        ends_at = None if timeout_s is None else time.monotonic() + timeout_s
        while waiting or self.selector.get_map():
            if waiting:
                self._start(waiting.pop(0))
            found = self._first_answer(ATTEMPT_DELAY_S if waiting else None, ends_at)
            if found is not None:
                return found
        raise self.failure

    def close(self) -> None:
        """Close whatever has not won."""
        for key in list(self.selector.get_map().values()):
            self._take(key).close()

    def _start(self, address: str) -> None:
        family = socket.AF_INET6 if _is_ipv6(address) else socket.AF_INET
        attempt: socket.socket | None = None
        try:
            attempt = socket.socket(family, socket.SOCK_STREAM)
            attempt.settimeout(0)
            if self.local_address is not None:
                attempt.bind((self.local_address, 0))
            error = attempt.connect_ex((address, self.port))
            if error not in _UNDER_WAY:
                raise OSError(error, os.strerror(error))
        except OSError as failure:
            self.failure = failure
            if attempt is not None:
                attempt.close()
        else:
            self.selector.register(attempt, selectors.EVENT_WRITE, attempt)

    def _first_answer(
        self, patience_s: float | None, ends_at: float | None
    ) -> socket.socket | None:
        """Whoever has answered, after so long or as soon as an attempt has failed."""
        if not self.selector.get_map():
            return None
        left_s = None if ends_at is None else max(0.0, ends_at - time.monotonic())
        limits = [each for each in (patience_s, left_s) if each is not None]
        ready = self.selector.select(min(limits) if limits else None)
        if not ready and left_s is not None and min(limits) == left_s:
            raise TimeoutError("timed out")
        for key, _events in ready:
            attempt = self._take(key)
            error = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not error:
                attempt.settimeout(None)
                return attempt
            attempt.close()
            self.failure = OSError(error, os.strerror(error))
        return None

    def _take(self, key: selectors.SelectorKey) -> socket.socket:
        self.selector.unregister(key.fileobj)
        return key.data


async def connect_async(
    addresses: Sequence[str],
    connect: Callable[[str], Awaitable[Stream]],
    *,
    failing: tuple[type[Exception], ...],
) -> Stream:
    """The same in async code, whatever it is that connects.

    Args:
        addresses: Literal ones, in order of preference; at least one.
        connect: Connects to one of them, within its deadline.
        failing: What it raises if it cannot; the last such failure is raised if all do.
    """
    won: list[Stream] = []
    failures: list[Exception] = []

    async def attempt(address: str, failed: anyio.Event) -> None:
        try:
            stream = await connect(address)
        except failing as error:
            failures.append(error)
            failed.set()
            return
        won.append(stream)
        group.cancel_scope.cancel()

    try:
        async with anyio.create_task_group() as group:
            for address in in_turn(addresses):
                failed = anyio.Event()
                group.start_soon(attempt, address, failed)
                with anyio.move_on_after(ATTEMPT_DELAY_S):
                    await failed.wait()
    except BaseException:
        await _close(won)  # whoever waited has gone
        raise
    await _close(won[1:])
    if not won:
        raise failures[-1]
    return won[0]


async def _close(streams: Sequence[_Closable]) -> None:
    with anyio.CancelScope(shield=True):
        for stream in streams:
            await stream.aclose()


def _is_ipv6(address: str) -> bool:
    return ":" in address
