"""The root of the tree, and how values may stand in its messages."""

from typing import ClassVar
from uuid import UUID


class IntegrationError(Exception):
    """Base of all errors of this package; `code` is stable, the message is not."""

    code: ClassVar[str] = "integration_error"


def shown(value: object, *, limit: int = 80) -> str:
    """The value as it may stand in a one-line message: escaped, and cut if it is long."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        return f"a {type(value).__name__}"
    return repr(value if len(value) <= limit else value[:limit] + "…")
