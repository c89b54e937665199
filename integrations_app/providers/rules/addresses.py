"""Rules for addresses and hosts: nothing leads where no credential may go."""

from integrations_app.domain.provider import Provider
from integrations_app.errors import InvalidInput
from integrations_app.providers.addresses import canonical_host, host_of
from integrations_app.providers.hosts import ANY_SUBDOMAIN, allowed
from integrations_app.providers.rules.problems import Problems
from integrations_app.providers.rules.templates import oauth_addresses
from integrations_app.providers.templates import (
    HOST_PART,
    PLACEHOLDER,
    fill_url,
    host_placeholders,
    placeholders,
)


def address_problems(provider: Provider) -> Problems:
    """Yield the problems of addresses that requests go to."""
    addresses = list(oauth_addresses(provider))
    if provider.check:
        addresses.append(("check.url", provider.check.url))
    if provider.chat:
        addresses.append(("chat.url", provider.chat.url))
    for at, template in addresses:
        yield from _address(at, template, provider)
        yield from _destinations(at, host_placeholders(template), provider)
        if at != "oauth.authorize_url":  # a page for people; no credential is sent there
            yield from _host_is_allowed(at, template, provider)


def _address(at: str, template: str, provider: Provider) -> Problems:
    start = PLACEHOLDER.match(template)
    base = provider.setup_field(start[1]) if start else None
    if start and base is not None and base.kind == "url":
        rest = template[start.end() :]
        if rest and rest[0] not in "/?":
            yield at, "'/' or '?' must follow the base address"
    else:
        rest = template
        if not template.startswith("https://"):
            yield at, "must begin with https:// or with a field of kind 'url'"
    for name in placeholders(rest):
        field = provider.setup_field(name)
        if field is not None and field.kind == "url":
            yield at, f"{{{name}}} is a base address and can only stand at the start"


def _destinations(at: str, names: tuple[str, ...], provider: Provider) -> Problems:
    for name in names:
        field = provider.setup_field(name)
        if field is not None and not field.destination:
            yield at, f"{{{name}}} decides the host, so its field must say destination = true"


def _host_is_allowed(at: str, template: str, provider: Provider) -> Problems:
    samples = {
        field.key: "https://example.com" if field.kind == "url" else "sample"
        for field in provider.fields
    }
    try:
        address = fill_url(template, samples | {"access_token": "sample"}, provider)
    except InvalidInput:
        return  # an unknown placeholder, told elsewhere
    host_part = HOST_PART.match(address)
    host = host_of(host_part[0]) if host_part else None
    if host is None:
        yield at, "has no valid host"
    elif not allowed(provider, samples, host):
        yield at, f"goes to {host}, which allowed_hosts does not name"


def host_problems(provider: Provider) -> Problems:
    """Yield the problems of the hosts that are allowed."""
    for number, entry in enumerate(provider.allowed_hosts):
        at = f"allowed_hosts.{number}"
        yield from _destinations(at, placeholders(entry), provider)
        domain = PLACEHOLDER.sub("sample", entry.removeprefix(ANY_SUBDOMAIN))
        too_wide = entry.startswith(ANY_SUBDOMAIN) and "." not in domain and "{" not in entry
        if canonical_host(domain) is None or too_wide:
            yield at, "must be a host, or '*.' and a domain"


def link_problems(provider: Provider) -> Problems:
    """Yield the problems of links for people."""
    links = [(f"links.{number}.url", link.url) for number, link in enumerate(provider.links)]
    for number, step in enumerate(provider.instructions.steps):
        if step.link is not None:
            links.append((f"instructions.steps.{number}.link.url", step.link.url))
    for at, url in links:
        host_part = HOST_PART.match(url)
        if host_part is None or host_of(host_part[0]) is None:
            yield at, "must begin with https:// and a host"
