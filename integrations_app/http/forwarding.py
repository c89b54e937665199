"""The address of a client, behind proxies that the operator trusts."""

import ipaddress
import re
from collections.abc import Sequence

from integrations_app.settings import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")


def client_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the rightmost address of the way that is not a trusted proxy's.

    Each proxy appends the address that called it, so what stands further left may be made up.

    Args:
        peer: Address of the connection itself.
        forwarded: The request's `X-Forwarded-For` headers, in their order.
        trusted: Networks of the proxies whose headers are believed.
    """
    client = str(_address(peer) or peer)  # a server at `::` sees IPv4 as a part of IPv6
    for hop in reversed([part for header in forwarded for part in header.split(",")]):
        address = _address(hop)
        if address is None or not _is_within(client, trusted):
            break
        client = str(address)
    return client


def _is_within(text: str, networks: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in networks)


def _address(text: str) -> Address | None:
    """Parse an address, with or without a port; None for anything else."""
    text = text.strip()
    if with_port := _WITH_PORT.fullmatch(text):
        text = with_port["v6"] or with_port["v4"]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
