"""Functions of the app that it names in its configuration."""

from importlib import import_module
from typing import Any

from integrations_app.errors import StartRefused


def function(name: str) -> Any:
    """The function of that name.

    Args:
        name: As `module:function`.

    Raises:
        StartRefused: There is none.
    """
    module, _colon, attribute = name.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise StartRefused(f"IntegrationsPlugin: {name!r} cannot be imported: {error}") from error
    if not callable(found):
        raise StartRefused(f"IntegrationsPlugin: {name!r} is not a function.")
    return found
