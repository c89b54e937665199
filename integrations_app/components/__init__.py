"""Parts of pages: functions from Vars to components, without state of their own.

Other Reflex apps import the two names below; they are looked up when asked for, so that a part
does not bring in all others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from integrations_app import extras

if TYPE_CHECKING:
    from integrations_app.components.picker import integration_picker
    from integrations_app.state.picker import ConnectionChoices

extras.require("web")  # says what is missing, before something that is missing does

__all__ = ["ConnectionChoices", "integration_picker"]

_PUBLIC = {
    "ConnectionChoices": "integrations_app.state.picker",
    "integration_picker": "integrations_app.components.picker",
}


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)
