"""The request that asks; built from the declaration alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from integrations_app.domain.provider import Check, Provider
from integrations_app.providers.addresses import in_ascii
from integrations_app.providers.placement import place
from integrations_app.providers.templates import fill_url


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """Request of a check; address and headers are not shown, since both may hold the secret."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


def build(provider: Provider, check: Check, values: Mapping[str, str]) -> CheckRequest:
    """The provider's check, with these values in their places.

    Args:
        provider: Whose check it is.
        check: The provider's check.
        values: Setup values and decrypted secrets.

    Raises:
        MissingPlaceholder: A value that the request needs is missing.
        InvalidFields: A value cannot stand in a request.
    """
    placed = place(provider, values)
    url = fill_url(check.url, values, provider)
    if placed.query:
        url += ("&" if "?" in url else "?") + urlencode(placed.query)
    return CheckRequest(method=check.method, url=in_ascii(url), headers=placed.headers)
