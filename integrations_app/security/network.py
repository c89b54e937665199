"""Reaching the network: through which proxy, with which certificates, at which addresses."""

import os
import ssl
import urllib.request
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import httpcore2
import httpx2
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from integrations_app import settings
from integrations_app.security import addresses

_MOST_THREADS = 40


def proxy_for(host: str) -> str | None:
    """The proxy that the environment names for https requests to this host."""
    if urllib.request.proxy_bypass(host):
        return None
    known = urllib.request.getproxies()
    return known.get("https") or known.get("all") or None


def certificates() -> tuple[str | None, str | None]:
    """Where the environment says that trusted certificates are: a file, a folder."""
    return os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")


def tls_context(*, http2: bool = False, trust_env: bool = True) -> ssl.SSLContext:
    """What verifies servers: one for all, as reading the certificates takes 30 ms.

    Args:
        http2: Whether it is for connections that offer HTTP/2; they write that into it.
        trust_env: Whether `SSL_CERT_FILE` and `SSL_CERT_DIR` count.
    """
    return _tls_context(certificates() if trust_env else None, http2)


@lru_cache(maxsize=8)
def _tls_context(
    certificates: tuple[str | None, str | None] | None,
    _http2: bool,  # noqa: FBT001 - positional for the cache's sake
) -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=certificates is not None)


_threads: RunVar[CapacityLimiter] = RunVar("integrations_app threads")


def threads() -> CapacityLimiter:
    """How many threads an event loop's waiting may take; none of them are the program's own."""
    try:
        return _threads.get()
    except LookupError:
        limiter = CapacityLimiter(_MOST_THREADS)
        _threads.set(limiter)
        return limiter


class CheckedBackend(httpcore2.SyncBackend):
    """Connections to the addresses that were checked, not to what the name says a moment later."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers; see `addresses.public_addresses`."""
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in _checked(host, timeout):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class AsyncCheckedBackend(httpcore2.AsyncNetworkBackend):
    """The same under asyncio and trio."""

    def __init__(self) -> None:
        self._backend: Any = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that answers; see `addresses.public_addresses`."""
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        found = await to_thread.run_sync(
            _checked, host, timeout, abandon_on_cancel=True, limiter=threads()
        )
        for address in found:
            try:
                return await self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


def _checked(host: str, timeout_s: float | None) -> Sequence[str]:
    try:
        return addresses.public_addresses(host, settings=settings.load(), timeout_s=timeout_s)
    except OSError as error:
        raise httpcore2.ConnectError(str(error)) from None
