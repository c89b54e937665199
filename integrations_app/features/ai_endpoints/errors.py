"""Errors of AI endpoints."""

from collections.abc import Sequence

from integrations_app.errors import IntegrationError
from integrations_app.errors.base import shown
from integrations_app.errors.inputs import InvalidInput
from integrations_app.errors.stored import Missing

_SHOWN = 5


class EndpointMissing(Missing):
    """There is no such endpoint, or nothing of what was asked for is stored with it."""

    code = "not_found"

    def __init__(self, ref: object) -> None:
        super().__init__(f"There is no AI endpoint {shown(ref)}.", ref=ref)


class NameTaken(InvalidInput):
    """Another endpoint is called like this, whatever the case."""

    code = "already_exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is an AI endpoint named {shown(name)} already.")
        self.name = name


class KeysNotStored(IntegrationError):
    """Old keys of some endpoints could not become connections; they are where they were.

    Attributes:
        names: What the endpoints are called.
    """

    code = "keys_not_stored"

    def __init__(self, names: Sequence[str]) -> None:
        told = ", ".join(shown(name) for name in names[:_SHOWN])
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        super().__init__(
            f"The old keys of these AI endpoints could not become connections: {told}{more}."
        )
        self.names = tuple(names)
