"""The providers that are declared: built in, installed, or contributed by modules."""

from uuid import UUID

from integrations_app.domain.provider import Provider
from integrations_app.errors import ProviderNotDeclared
from integrations_app.modules import registry as modules
from integrations_app.providers import registry as providers


def get(key: str) -> Provider:
    """The provider of this key.

    Raises:
        UnknownProvider: None is declared under it.
    """
    modules.all()  # the first look at them brings their providers
    return providers.get(key)


def find(key: str) -> Provider | None:
    """The provider of this key, or None."""
    modules.all()
    return providers.find(key)


def of_connection(uuid: UUID, key: str) -> Provider:
    """The provider of a stored connection.

    Raises:
        ProviderNotDeclared: It was made by a program that declares more than this one.
    """
    provider = find(key)
    if provider is None:
        raise ProviderNotDeclared(uuid, provider=key)
    return provider


def all_providers() -> tuple[Provider, ...]:
    """All providers, by title."""
    modules.all()
    return providers.all()
