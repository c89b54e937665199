"""The network addresses that a request of ours may go to."""

import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache

from integrations_app import forks
from integrations_app.security.special_networks import Address, is_public, meanings
from integrations_app.settings import Settings
from integrations_app.settings.hosts import in_ascii


@lru_cache(maxsize=1)
def _lookups() -> ThreadPoolExecutor:
    """Name look-ups know no deadline of their own; a hanging one keeps one of these busy.

    There are as many as checks that people may have under way at once.
    """
    return ThreadPoolExecutor(max_workers=64, thread_name_prefix="integrations-dns")


forks.after_in_child(_lookups.cache_clear)  # its threads stay in the parent


class PrivateAddress(Exception):
    """The host is, or has, an address in a network that is not public."""


def public_addresses(host: str, *, settings: Settings, timeout_s: float | None) -> Sequence[str]:
    """The addresses to connect to, all of them checked.

    Args:
        host: Name or literal address.
        settings: Names the private networks and hosts the operator allows.
        timeout_s: How long the look-up may take; None for as long as it likes.

    Raises:
        PrivateAddress: One of them is not public and not allowed.
        OSError: The name is unknown, or the look-up took too long.
    """
    addresses = all_addresses(host, timeout_s=timeout_s)
    if _name(host) in settings.private_addresses.hosts:
        return addresses
    for address in addresses:
        if not _reachable(ipaddress.ip_address(address), settings):
            raise PrivateAddress(host)
    return addresses


def all_addresses(host: str, *, timeout_s: float | None) -> Sequence[str]:
    """The addresses of a host, none of them checked; see `public_addresses`.

    Raises:
        OSError: The name is unknown, or the look-up took too long.
    """
    lookup: Future[Sequence[str]] = _lookups().submit(_resolve, host)
    try:
        return lookup.result(timeout_s)
    except TimeoutError:
        raise OSError(f"looking up {host} took too long") from None


def refuse_plainly_private(host: str, *, settings: Settings) -> None:
    """Refuse a host that is private on the face of it; behind a proxy names are its duty.

    Raises:
        PrivateAddress: A literal address that is not public, or a name of this very machine.
    """
    name = _name(host)
    if not name:
        raise PrivateAddress(host)  # nobody can say what a resolver would make of it
    if name in settings.private_addresses.hosts:
        return
    if name == "localhost" or name.endswith(".localhost"):
        raise PrivateAddress(host)
    try:
        # inet_aton reads every spelling that a resolver would: 127.1, 0x7f000001, 2130706433
        address: Address = ipaddress.IPv4Address(socket.inet_aton(name))
    except OSError:
        try:
            address = ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return
    if not _reachable(address, settings):
        raise PrivateAddress(host)


def _name(host: str) -> str:
    return (in_ascii(host) or "").rstrip(".")


def _resolve(host: str) -> Sequence[str]:
    infos = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]).split("%", 1)[0] for entry in infos))


def _reachable(address: Address, settings: Settings) -> bool:
    if is_public(address):
        return True
    return all(
        is_public(meaning)
        or any(meaning in network for network in settings.private_addresses.networks)
        for meaning in meanings(address)
    )
