"""Hosts and base addresses, in the one form in which they can be compared."""

import ipaddress
import re
from urllib.parse import quote, urlsplit

from integrations_app.security import addresses

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_BASE_ADDRESS = re.compile(
    r"https://(?P<host>\[[0-9a-f:.]+\]|[^\[\]:@/]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[^\s\x00-\x20\x7f-\x9f\\?#]*)?",
    re.IGNORECASE,
)
_LAST_PORT = 65_535


def canonical_host(host: str) -> str | None:
    """The host in lower-case ASCII without trailing dot; None for what is not just a host.

    Ports, user names, brackets that do not close, empty labels: none of these is a host.
    """
    name = addresses.in_ascii(host)
    if name is None:
        return None
    name = name.removesuffix(".")
    return name if _HOST.fullmatch(name) else _ipv6(name)


def _ipv6(host: str) -> str | None:
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    try:
        return None if "%" in host else ipaddress.IPv6Address(host).compressed
    except ValueError:
        return None


def host_of(address: str) -> str | None:
    """The canonical host of an https base address; None for what cannot be one.

    A base address may have a port and a path, but no user, query or fragment: whatever is
    appended to it becomes path.
    """
    match = _BASE_ADDRESS.fullmatch(address)
    if match is None or int(match["port"] or 0) > _LAST_PORT:
        return None
    return canonical_host(match["host"])


def in_ascii(url: str) -> str:
    """The address as it travels: people may type a base address in their own script."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    host = canonical_host(parts.hostname or "") or ""
    port = f":{parts.port}" if parts.port else ""
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return parts._replace(netloc=host + port, path=path).geturl()
