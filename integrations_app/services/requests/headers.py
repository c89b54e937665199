"""A connection's credential as plain headers, for libraries that take nothing else."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from integrations_app.errors import DestinationNotAllowed, PlacementNotSupported
from integrations_app.services.requests import credential_cache
from integrations_app.services.requests.credential_cache import Access

_AMBIGUOUS = re.compile(r"[\\\s\x00-\x20\x7f]")
"""What libraries read differently in an address: each could find another host there."""


class Headers(dict[str, str]):
    """Header names to values; its `repr` shows names only."""

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)})"


def of(uuid: UUID, *, url: str | None) -> Headers:
    """The headers that carry a connection's credential now.

    Args:
        uuid: The connection's.
        url: Where they are to be sent; None if that is not known yet.

    Raises:
        DestinationNotAllowed: The credential must not go to `url`.
        PlacementNotSupported: The provider takes it in the address, too.
        IntegrationError: There is no credential to be had; see `access.load`.
    """
    access = credential_cache.current(uuid)
    if url is not None:
        refuse_elsewhere(access, url)
    return in_headers(access)


def in_headers(access: Access) -> Headers:
    """The headers of a credential that needs nothing else.

    Raises:
        PlacementNotSupported: The provider takes it in the address, too.
    """
    if access.placed.query or access.placed.path:
        instead = "it is a part of the address; use client() or async_client()."
        raise PlacementNotSupported(access.provider_title, instead=instead)
    return Headers(access.placed.headers)


def refuse_elsewhere(access: Access, url: str) -> None:
    """Refuse to let a credential go to an address that is not its provider's.

    Raises:
        DestinationNotAllowed: Another host, another scheme than https, or an address that
            libraries could read in different ways.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise DestinationNotAllowed(url, "that is no address") from None
    if _AMBIGUOUS.search(url) or parts.username is not None:
        raise DestinationNotAllowed(host, "the address can be read in more than one way")
    access.refuse_foreign(parts.scheme, host)
