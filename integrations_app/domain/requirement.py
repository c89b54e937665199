"""A service that a module cannot work without."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A provider that a module requires, and whether it is there.

    Attributes:
        provider: The provider's key.
        title: What people call it; its key where nobody declares it.
        is_declared: This program knows the provider.
        is_connected: One of its connections is connected.
    """

    provider: str
    title: str
    is_declared: bool
    is_connected: bool
