"""Attributes by which forms and their scripts know each other.

The scripts are `forms.js`, `post-forms.js` and `drafts.js`.
"""

from typing import Any

import reflex as rx

from integrations_app.components.reactive import Text

FORM_ID = "connection-form"
FORM_VALUES = rx.Var(
    f"Object.fromEntries(new FormData(document.getElementById('{FORM_ID}')))",
    _var_type=dict[str, str],
)
"""What stands in the form at the moment of the click."""

FORM_BEGUN_AT = rx.Var("window.integrationsFormBegunAt()", _var_type=str)
"""Identity of the form that what is typed now was begun in."""

GIVES_UP = {"data-gives-up": "true"}
"""Props of a button that gives up what is typed."""

SENDS_FORM = {"data-sends-form": "true"}
"""Props of a button other than the form's own that sends `FORM_VALUES`."""

KEPT = {"data-kept": "true"}
"""Props of a field that holds no secret: what was typed is offered again; never of any other."""


def posts_form(action: Text, *, over: int | None = None) -> dict[str, Any]:
    """Return the props of a button, other than the form's own, that posts the form.

    Args:
        action: What the endpoint is to do with it.
        over: The version that is saved over; None for the form's own.
    """
    props: dict[str, Any] = {**SENDS_FORM, "data-posts-form": action}
    return props if over is None else {**props, "data-over": over}
