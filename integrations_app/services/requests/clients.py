"""Clients that act for a connection."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeVar

import httpx2

from integrations_app import forks
from integrations_app.domain.references import parse_uuid
from integrations_app.security.public_transport import (
    AsyncPublicTransport,
    PublicTransport,
    TransportOptions,
)
from integrations_app.services.requests.transport import (
    AsyncCredentialTransport,
    CredentialTransport,
)

_ENVIRONMENT = ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_CONNECTING = tuple(each.name for each in fields(TransportOptions))
_FOR_THE_CLIENT_TOO = ("http2", "trust_env")
_AsTheClientSays = type(httpx2.USE_CLIENT_DEFAULT)

Transport = TypeVar("Transport", httpx2.BaseTransport, httpx2.AsyncBaseTransport)


def _refuse_auth(auth: object) -> None:
    """Refuse a second credential: the connection's own would take its place without a word."""
    if auth is not None and not isinstance(auth, _AsTheClientSays):
        raise TypeError("auth= has no effect here: requests carry the connection's own credential")


class _Client(httpx2.Client):
    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        _refuse_auth(options.get("auth"))
        return super().send(request, **options)


class _AsyncClient(httpx2.AsyncClient):
    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        _refuse_auth(options.get("auth"))
        return await super().send(request, **options)


def client(uuid: object, options: dict[str, Any]) -> httpx2.Client:
    """A client whose requests carry a connection's credential.

    Args:
        uuid: The connection's.
        options: What `httpx2.Client` takes.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    parsed = parse_uuid(uuid)
    return _Client(
        **_around(options, PublicTransport, lambda inner: CredentialTransport(parsed, inner))
    )


def async_client(uuid: object, options: dict[str, Any]) -> httpx2.AsyncClient:
    """The same for `httpx2.AsyncClient`."""
    parsed = parse_uuid(uuid)
    return _AsyncClient(
        **_around(
            options, AsyncPublicTransport, lambda inner: AsyncCredentialTransport(parsed, inner)
        )
    )


def request(uuid: object, method: str, url: str, options: dict[str, Any]) -> httpx2.Response:
    """One request that carries a connection's credential; its connection is kept for the next.

    Args:
        uuid: The connection's.
        method: HTTP method.
        url: Whole address.
        options: What `httpx2.Client.request` takes.

    Returns:
        The response, its body read.
    """
    parsed = parse_uuid(uuid)
    inner = _shared(tuple(_environment(name) for name in _ENVIRONMENT))
    cookies = options.pop("cookies", None)
    # Not closed: it would close what is shared. It keeps nothing else open.
    borrowing = _Client(transport=CredentialTransport(parsed, inner), cookies=cookies)
    return borrowing.request(method, url, **options)


def _around(
    options: dict[str, Any],
    outward: Callable[[TransportOptions], Transport],
    credentialed: Callable[[Transport], Transport],
) -> dict[str, Any]:
    """The client's options with our transport around the caller's, or around our own."""
    _refuse_auth(options.get("auth"))
    if options.get("transport") is not None and options.get("proxy") is not None:
        raise TypeError("proxy= has no effect beside transport=; give the transport its proxy")
    connecting = {name: options[name] for name in _CONNECTING if name in options}
    inner = options.get("transport") or outward(TransportOptions(**connecting))
    mounts: Mapping[str, Transport | None] = options.get("mounts") or {}
    return {
        name: value
        for name, value in options.items()
        if name not in _CONNECTING or name in _FOR_THE_CLIENT_TOO
    } | {
        "transport": credentialed(inner),
        "mounts": {
            pattern: mounted and credentialed(mounted) for pattern, mounted in mounts.items()
        },
    }


def _environment(name: str) -> str | None:
    return os.environ.get(name) or os.environ.get(name.lower())


@lru_cache(maxsize=4)
def _shared(_environment: tuple[str | None, ...]) -> PublicTransport:
    """Return the transport of all single requests: one for the process and its environment."""
    return PublicTransport(TransportOptions())


# A connection that parent and child both write to would garble what either sends.
forks.after_in_child(_shared.cache_clear)
