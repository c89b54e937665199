"""Errors about stored connections."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from integrations_app.errors.base import IntegrationError, shown

if TYPE_CHECKING:
    from integrations_app.domain.usage import Usage


class Missing(IntegrationError):
    """Nothing usable is stored there.

    Attributes:
        ref: What was looked for.
        place: The database that was looked in, without its password; empty where that is clear.
    """

    def __init__(self, message: str, *, ref: object, place: str = "") -> None:
        super().__init__(message)
        self.ref = ref
        self.place = place


class NotFound(Missing):
    """There is no such connection."""

    code = "not_found"

    def __init__(self, ref: object, *, place: str = "") -> None:
        super().__init__(
            f"There is no connection {shown(ref)}{_within(place)}.", ref=ref, place=place
        )


class NotConfigured(Missing):
    """There is no such connection, or it has no credentials."""

    code = "not_configured"

    def __init__(self, ref: object, *, place: str = "") -> None:
        super().__init__(
            f"Connection {shown(ref)} is not configured{_within(place)}.", ref=ref, place=place
        )


class Deleted(Missing):
    """The connection of this uuid was removed; its uuid is never used again."""

    code = "deleted"

    def __init__(self, ref: object, *, place: str = "") -> None:
        never = f", or never was in {place}" if place else ""
        super().__init__(f"Connection {shown(ref)} has been deleted{never}.", ref=ref, place=place)


def _within(place: str) -> str:
    return f" in {place}" if place else ""


class ProviderNotDeclared(IntegrationError):
    """The connection is there, but this program does not know its kind of service.

    Attributes:
        uuid: The connection.
        provider: Key of the provider.
    """

    code = "provider_not_declared"

    def __init__(self, uuid: UUID, *, provider: str) -> None:
        super().__init__(
            f"Connection {uuid} needs the provider {shown(provider)}, which this program does not "
            "declare. Programs get providers from installed packages (entry points "
            "'integrations_app.providers' and 'integrations_app.modules') and from modules that "
            "they register; install here what brings it where the connection was made."
        )
        self.uuid = uuid
        self.provider = provider


class Conflict(IntegrationError):
    """A change by somebody else since the caller read the connection.

    Attributes:
        fields: Names of what changed since `expected_version`.
        version: The version that is stored now.
    """

    code = "conflict"

    def __init__(self, *, fields: Sequence[str], version: int) -> None:
        super().__init__(
            f"The connection was changed meanwhile ({', '.join(fields) or 'unknown fields'}); "
            f"its version is {version} now."
        )
        self.fields = tuple(fields)
        self.version = version


class InUse(IntegrationError):
    """A module needs the connection and blocks its removal."""

    code = "in_use"

    def __init__(self, usages: "Sequence[Usage]") -> None:
        super().__init__(f"In use by {', '.join(usage.label for usage in usages)}.")
        self.usages = tuple(usages)


class UsagesChanged(IntegrationError):
    """Other places use the connection than whoever wants to remove it has seen.

    Attributes:
        usages: All of them.
    """

    code = "used_more"

    def __init__(self, usages: "Sequence[Usage]") -> None:
        super().__init__(f"It is used in other places by now, {len(usages)} in all.")
        self.usages = tuple(usages)


UsedMore = UsagesChanged
"""The name until 0.4; deprecated."""


class CannotReplace(IntegrationError):
    """A use must stay with the connection that it has, so no other can take its place.

    Attributes:
        usages: The uses in the way.
    """

    code = "cannot_replace"

    def __init__(self, usages: "Sequence[Usage]") -> None:
        told = ", ".join(usage.label for usage in usages)
        super().__init__(f"These cannot use another connection: {told}.")
        self.usages = tuple(usages)


class ModuleFailed(IntegrationError):
    """A module did not do its part; the log says more."""

    code = "module_failed"

    def __init__(self, module: str) -> None:
        super().__init__(f"The module {shown(module)} failed; nothing was changed.")
        self.module = module


class Undecryptable(IntegrationError):
    """No key of the ring opens this connection's secrets."""

    code = "undecryptable"

    def __init__(self, *, uuid: UUID, field: str) -> None:
        super().__init__(
            f"The stored {field} of connection {uuid} cannot be decrypted with the keys at hand."
        )
        self.uuid = uuid
        self.field = field
