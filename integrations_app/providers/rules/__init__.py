"""Rules for how the parts of a declaration fit each other.

Each yields what is wrong as (place in the declaration, problem).
"""

from integrations_app.domain.provider import Provider
from integrations_app.providers.rules import addresses, basics, placement, templates
from integrations_app.providers.rules import fields as setup_fields
from integrations_app.providers.rules.fields import RESERVED_KEYS, TOKEN_KEYS
from integrations_app.providers.rules.problems import Problems

__all__ = ["RESERVED_KEYS", "TOKEN_KEYS", "Problems", "problems_of"]


def problems_of(provider: Provider) -> Problems:
    """Yield everything that is wrong with the provider; nothing if it can be used."""
    yield from basics.basic_problems(provider)
    for number, field in enumerate(provider.fields):
        yield from setup_fields.problems_of_field(field, f"fields.{number}", provider)
    yield from setup_fields.secret_problems(provider)
    yield from basics.oauth_problems(provider)
    yield from basics.verdict_problems(provider)
    yield from basics.chat_problems(provider)
    yield from placement.placement_problems(provider)
    yield from placement.header_problems(provider)
    yield from templates.template_problems(provider)
    yield from addresses.address_problems(provider)
    yield from addresses.host_problems(provider)
    yield from addresses.link_problems(provider)
