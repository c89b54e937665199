"""Addresses that the server listens at, obstacles to that, and who can reach them."""

import errno
import os
import socket
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path

from integrations_app.errors import InvalidSetting, StartRefused
from integrations_app.settings import Settings

_LOOPBACK = ("127.0.0.1", "::1")
_ALL_V4, _ALL = "0.0.0.0", "::"  # noqa: S104 - named here, chosen by the operator
_MARKS_OF_CONTAINERS = (".dockerenv", "run/.containerenv")
_VARIABLES_OF_CONTAINERS = ("KUBERNETES_SERVICE_HOST", "container")


def addresses(settings: Settings) -> Sequence[str]:
    """Return the addresses to listen to: the operator's, else what the public address asks for.

    Without a public address only this machine is listened to, since the pages send cookies over
    plain HTTP; with one, a proxy in front is expected, on this host or another.
    """
    if settings.listen:
        return _without_covered(settings.listen)
    if settings.public_url:
        return (_ALL,) if _all_is_both() and _refusal(_ALL, 0) is None else (_ALL_V4,)
    return _LOOPBACK if _refusal("::1", settings.port) is None else _LOOPBACK[:1]


def one_address(settings: Settings) -> str:
    """Return the one address that several workers share.

    Raises:
        InvalidSetting: The operator names several.
    """
    wanted = addresses(settings)
    if len(wanted) > 1 and settings.listen:
        problem = "several workers (REDIS_URL) share one address; :: stands for all of them"
        raise InvalidSetting("INTEGRATIONS_LISTEN", problem)
    return wanted[0]


def refuse_unusable(settings: Settings) -> None:
    """Find out whether all addresses can be listened to, at this moment.

    Raises:
        StartRefused: One of them cannot; the message is one line that says what to change.
    """
    for address in addresses(settings):
        error = _refusal(address, settings.port)
        if error is not None:
            raise in_words(error, address, settings.port)


def warnings(
    settings: Settings, *, root: Path = Path("/"), environment: Mapping[str, str] = os.environ
) -> Sequence[str]:
    """Return what the operator should know of who can reach the server, a sentence each.

    Args:
        settings: Where it listens.
        root: Folder in which a container's marks are looked for.
        environment: Variables in which they are.
    """
    if settings.public_url:
        return ()
    if any(ip_address(address).is_unspecified for address in settings.listen):
        return (
            f"Pages work at {settings.url} only, until INTEGRATIONS_PUBLIC_URL says at which "
            "address browsers open them.",
        )
    if not settings.listen and is_container(root, environment):
        return (
            "This is a container, and only its own loopback is listened to, which nothing outside "
            "reaches: set INTEGRATIONS_PUBLIC_URL to the address that browsers use, or "
            "INTEGRATIONS_LISTEN=0.0.0.0 to try it on this machine.",
        )
    return ()


def is_container(root: Path, environment: Mapping[str, str]) -> bool:
    """Tell whether this looks like a container of docker, podman or Kubernetes."""
    return any((root / name).exists() for name in _MARKS_OF_CONTAINERS) or any(
        environment.get(name) for name in _VARIABLES_OF_CONTAINERS
    )


def _without_covered(addresses: Sequence[str]) -> Sequence[str]:
    """Leave out what another one stands for, which the system would call taken."""
    if _ALL in addresses and _all_is_both():
        return (_ALL,)
    every = {4: _ALL_V4 in addresses, 6: _ALL in addresses}
    return tuple(
        address
        for address in addresses
        if address in (_ALL_V4, _ALL) or not every[ip_address(address).version]
    )


def _all_is_both() -> bool:
    """Tell whether `::` means IPv4, too, as it does unless the system was told otherwise."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            return not probe.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    except OSError:
        return False


def _refusal(address: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        return error
    return None


def in_words(error: OSError, address: str, port: int) -> StartRefused:
    """Say why an address cannot be listened to, and what to change."""
    match error.errno:
        case errno.EADDRINUSE:
            return StartRefused(
                f"Port {port} is taken by another program; PORT= chooses another one."
            )
        case errno.EACCES | errno.EPERM:
            problem = f"the system lets only its administrator listen to {port}; take 1024 or more"
            return InvalidSetting("PORT", problem)
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return InvalidSetting("INTEGRATIONS_LISTEN", f"{address} is not of this machine")
        case _other:
            return StartRefused(f"Nobody can listen to port {port} of {address}: {error.strerror}.")
