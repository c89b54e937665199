"""Transports for clients that others use: to public addresses only, as the environment leads.

Where a proxy stands between, names are its duty, and only plainly private hosts are refused.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

import httpcore2
import httpx2

from integrations_app import settings
from integrations_app.errors import DestinationNotAllowed
from integrations_app.security import addresses, network

_MOST_HOSTS = 1_000
_PRIVATE = "it is in a private network; INTEGRATIONS_ALLOW_PRIVATE_NETWORK can allow that"

Transport = TypeVar("Transport", httpx2.HTTPTransport, httpx2.AsyncHTTPTransport)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportOptions:
    """Options for connecting, with the names and defaults of `httpx2.Client`.

    Attributes:
        verify: What verifies the server.
        cert: What we show it.
        http1: Offer HTTP/1.1.
        http2: Offer HTTP/2.
        limits: How many connections to keep.
        proxy: Where all requests go first; None for what the environment says.
        trust_env: Whether the environment's proxies and certificates count.
    """

    verify: ssl.SSLContext | str | bool = True
    cert: Any = None
    http1: bool = True
    http2: bool = False
    limits: httpx2.Limits = field(
        default_factory=lambda: httpx2.Limits(max_connections=100, max_keepalive_connections=20)
    )
    proxy: httpx2.URL | str | httpx2.Proxy | None = field(default=None, repr=False)
    trust_env: bool = True

    def tls_context(self) -> ssl.SSLContext:
        """Return what verifies the server; the process's own wherever that will do."""
        if self.verify is True and self.cert is None:
            return network.tls_context(http2=self.http2, trust_env=self.trust_env)
        return httpx2.create_ssl_context(self.verify, self.cert, self.trust_env)


class PublicTransport(httpx2.BaseTransport):
    """Sends requests to public addresses, straight or through the proxy that a host needs."""

    def __init__(self, connecting: TransportOptions) -> None:
        self._routes = _Routes(connecting, direct=_Direct, proxied=_Proxied)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request.

        Raises:
            DestinationNotAllowed: To a private network that the operator does not allow.
        """
        try:
            return self._routes.to(request.url.host).handle_request(request)
        except addresses.PrivateAddress:
            raise DestinationNotAllowed(request.url.host, _PRIVATE) from None

    def close(self) -> None:
        """Close all connections."""
        for transport in self._routes.opened:
            transport.close()


class AsyncPublicTransport(httpx2.AsyncBaseTransport):
    """The same for async clients."""

    def __init__(self, connecting: TransportOptions) -> None:
        self._routes = _Routes(connecting, direct=_AsyncDirect, proxied=httpx2.AsyncHTTPTransport)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; see `Outward`."""
        try:
            return await self._routes.to(request.url.host).handle_async_request(request)
        except addresses.PrivateAddress:
            raise DestinationNotAllowed(request.url.host, _PRIVATE) from None

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._routes.opened:
            await transport.aclose()


class _Routes(Generic[Transport]):
    """Transports by host; there is one for each proxy, and one for no proxy."""

    def __init__(
        self,
        connecting: TransportOptions,
        *,
        direct: Callable[[TransportOptions], Transport],
        proxied: Callable[..., Transport],
    ) -> None:
        self._connecting = connecting
        self._direct = direct
        self._proxied = proxied
        self._by_host: dict[str, tuple[Transport, bool]] = {}
        self._by_proxy: dict[str | None, Transport] = {}
        self._making = Lock()

    @property
    def opened(self) -> Sequence[Transport]:
        return tuple(self._by_proxy.values())

    def to(self, host: str) -> Transport:
        transport, is_direct = self._by_host.get(host) or self._look_up(host)
        if not is_direct:
            addresses.refuse_plainly_private(host, settings=settings.load())
        return transport

    def _look_up(self, host: str) -> tuple[Transport, bool]:
        asked = self._connecting
        proxy = asked.proxy or (network.proxy_for(host) if asked.trust_env else None)
        with self._making:
            name = None if proxy is None else str(getattr(proxy, "url", proxy))
            if name not in self._by_proxy:
                self._by_proxy[name] = self._made(proxy)
            if len(self._by_host) >= _MOST_HOSTS:
                self._by_host.clear()
            return self._by_host.setdefault(host, (self._by_proxy[name], proxy is None))

    def _made(self, proxy: httpx2.URL | str | httpx2.Proxy | None) -> Transport:
        asked = self._connecting
        if proxy is None:
            return self._direct(asked)
        return self._proxied(
            verify=asked.tls_context(),
            http1=asked.http1,
            http2=asked.http2,
            limits=asked.limits,
            proxy=proxy,
        )


class _Direct(httpx2.HTTPTransport):
    """A transport whose addresses are checked; all that its base sets up is the pool."""

    def __init__(self, connecting: TransportOptions) -> None:
        self._pool = httpcore2.ConnectionPool(
            network_backend=network.CheckedBackend(), **_pool_options(connecting)
        )


class _Proxied(httpx2.HTTPTransport):
    """A transport whose proxy is connected to at whichever of its addresses answers first."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._pool._network_backend = network.Backend()  # pyright: ignore[reportPrivateUsage] - taken by no parameter


class _AsyncDirect(httpx2.AsyncHTTPTransport):
    """The same for async clients."""

    def __init__(self, connecting: TransportOptions) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            network_backend=network.AsyncCheckedBackend(), **_pool_options(connecting)
        )


def _pool_options(connecting: TransportOptions) -> dict[str, Any]:
    return {
        "ssl_context": connecting.tls_context(),
        "max_connections": connecting.limits.max_connections,
        "max_keepalive_connections": connecting.limits.max_keepalive_connections,
        "keepalive_expiry": connecting.limits.keepalive_expiry,
        "http1": connecting.http1,
        "http2": connecting.http2,
    }
