"""The hosts that a credential may be sent to."""

from collections.abc import Mapping

from integrations_app.domain.provider import Provider
from integrations_app.providers.addresses import canonical_host, host_of
from integrations_app.providers.templates import PLACEHOLDER, placeholders, value_of

ANY_SUBDOMAIN = "*."


def allowed(provider: Provider, values: Mapping[str, str], host: str) -> bool:
    """Return whether the provider's declaration lets its credential go to this host.

    Args:
        provider: Whose credential it is.
        values: Setup values, for hosts that the admin types.
        host: Host of the request, as a URL has it; no port, no user.
    """
    canonical = canonical_host(host)
    return canonical is not None and any(
        _matches(entry, canonical, values, provider) for entry in provider.allowed_hosts
    )


def _matches(entry: str, host: str, values: Mapping[str, str], provider: Provider) -> bool:
    declared_host = _filled(entry.removeprefix(ANY_SUBDOMAIN), values, provider)
    if declared_host is None:
        return False
    if entry.startswith(ANY_SUBDOMAIN):
        return host.endswith(f".{declared_host}")
    return host == declared_host


def _filled(entry: str, values: Mapping[str, str], provider: Provider) -> str | None:
    parts = {name: _host_value(name, values, provider) for name in placeholders(entry)}
    if None in parts.values():
        return None
    return canonical_host(PLACEHOLDER.sub(lambda match: parts[match[1]] or "", entry))


def _host_value(name: str, values: Mapping[str, str], provider: Provider) -> str | None:
    value = value_of(name, values, provider)
    field = provider.setup_field(name)
    if value is not None and field is not None and field.kind == "url":
        return host_of(value)
    return value
