"""Reading what callers hand in as a uuid or as a reference; nothing is ever guessed."""

import re
from typing import cast
from uuid import UUID

from integrations_app.domain.connection import NAME_MAX_LENGTH, NAME_PATTERN
from integrations_app.errors import EmptyName, InvalidName, InvalidReference, InvalidUuid

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PROVIDER = re.compile(r"[a-z0-9_]+")
_NAME = re.compile(NAME_PATTERN)
_LEGACY_NAME = "default"


def parse_uuid(value: object) -> UUID:
    """A uuid from itself or its string.

    Raises:
        InvalidUuid: Anything else.
    """
    if isinstance(value, UUID):
        return value
    if isinstance(value, str) and _UUID.fullmatch(value):
        return UUID(value)
    raise InvalidUuid(value)


def parse_ref(ref: object) -> UUID | str | None:
    """Return what a reference means.

    Args:
        ref: A UUID, its string, or the legacy form `provider:name`, where a bare `provider`
            means `provider:default`.

    Returns:
        A uuid, or a storage key, or None for a text that no connection can have.

    Raises:
        InvalidReference: Neither a UUID nor a non-empty text.
    """
    if isinstance(ref, UUID):
        return ref
    if not isinstance(ref, str) or not ref.strip():
        raise InvalidReference(ref)
    if _UUID.fullmatch(ref):
        return UUID(ref)
    provider, separator, name = ref.partition(":")
    return storage_key(provider, name if separator else _LEGACY_NAME)


def parse_provider_name(value: object) -> str | None:
    """The storage key that `"provider:name"` or `("provider", "name")` means.

    Returns:
        The key, or None for a text that no connection can have.

    Raises:
        InvalidReference: Another type, or an empty text.
    """
    if isinstance(value, tuple):
        return _key_of_pair(cast("tuple[object, ...]", value))
    if not isinstance(value, str) or not value.strip():
        raise InvalidReference(value)
    provider, separator, name = value.partition(":")
    return storage_key(provider, name if separator else _LEGACY_NAME)


def _key_of_pair(pair: tuple[object, ...]) -> str | None:
    match pair:
        case (str(provider), str(name)) if provider and name:
            return storage_key(provider, name)
        case _:
            raise InvalidReference(pair)


def storage_key(provider: str, name: str) -> str | None:
    """The key of this provider and name; None if a row could not have them."""
    fits = _PROVIDER.fullmatch(provider) and _NAME.fullmatch(name)
    return f"integration:{provider}:{name}" if fits and len(name) <= NAME_MAX_LENGTH else None


def is_provider_key(value: object) -> bool:
    """Return whether a provider could be declared under this."""
    return isinstance(value, str) and _PROVIDER.fullmatch(value) is not None


def parse_name(value: object) -> str:
    """A connection's name, trimmed.

    Raises:
        EmptyName: Nothing, or nothing but white space.
        InvalidName: Not a text, or characters or a length that names cannot have.
    """
    if value is None:
        raise EmptyName
    if not isinstance(value, str):
        raise InvalidName(value)
    name = value.strip()
    if not name:
        raise EmptyName
    if len(name) > NAME_MAX_LENGTH or not _NAME.fullmatch(name):
        raise InvalidName(name)
    return name
