"""Names of hosts, as they are looked up and as browsers write them."""

import ipaddress
import re
import socket
import unicodedata

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST = 253


def in_ascii(host: str) -> str | None:
    """Return a host as it is looked up, in lower case; None for what cannot be one.

    Resolvers take circled and full-width digits for digits, and the full stops of other scripts
    for dots: what is compared and judged is what they make of them.
    """
    if host.isascii():
        return host.lower()
    import idna  # noqa: PLC0415 - most programs meet no such name

    try:
        return idna.encode(unicodedata.normalize("NFKC", host), uts46=True).decode("ascii")
    except UnicodeError:
        return None


def normalised(host: str) -> str | None:
    """Return a name or literal address as browsers write it; None for what is neither.

    Args:
        host: In any case and script, an IPv6 address without its brackets.
    """
    if ":" in host:
        return _ipv6(host)
    name = (in_ascii(host) or "").removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(name)
    is_name = len(name) <= _LONGEST and all(map(_LABEL.fullmatch, labels))
    return name if is_name else None


def _ipv6(text: str) -> str | None:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return None if address.scope_id else address.compressed


def _ipv4(text: str) -> str | None:
    try:
        return socket.inet_ntoa(socket.inet_aton(text))  # 127.1 is 127.0.0.1 to browsers, too
    except OSError:
        return None
