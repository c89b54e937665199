"""The browser's word with each click that acts: the page and the subject it showed."""

from typing import Any

import reflex as rx

from integrations_app.components.reactive import Text, number, text


def seen(subject: Text = "") -> rx.Var[str]:
    """Return what is shown at the moment of a click, for an argument of that name.

    Args:
        subject: The form, or the row and its version, as the state spells it; empty where there
            is only one.
    """
    shown = rx.Var.create(subject).to(str)
    return rx.Var("window.location.pathname", _var_type=str).to(str) + "#" + shown


def row_seen(row: Any) -> rx.Var[str]:
    """Return the same for a row of a list.

    Args:
        row: An item with `uuid` and `version`, as the state's `_shows` spells them.
    """
    return seen(text(row.uuid) + "/" + number(row.version).to_string())
