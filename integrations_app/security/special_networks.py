"""Networks that are not the public internet.

Python's own list differs from version to version, so this one is ours.

Source: IANA's IPv4 and IPv6 Special-Purpose Address Registries; Azure's documentation of
168.63.129.16.
"""

import ipaddress
from collections.abc import Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NOT_PUBLIC_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers; clouds keep metadata there
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's own services, as each of its machines sees them
            "169.254.0.0/16",  # link-local, metadata of clouds
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4, given up
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out; loopback, unique local, link-local, multicast and the rest lie outside."""

_NOT_PUBLIC_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Say whether an address, and the one that it stands for, is on the public internet."""
    return all(map(_is_public, meanings(address)))


def meanings(address: Address) -> Iterator[Address]:
    """Yield where packets to an address may end: there, or at the IPv4 addresses within it."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
    elif address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address.sixtofour is not None:
        yield address.sixtofour
    else:
        yield address
        yield from address.teredo or ()


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    return address in _PUBLIC_V6 and not any(address in network for network in _NOT_PUBLIC_V6)
