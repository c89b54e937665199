"""The question before edits are left that nobody has saved."""

from typing import Any

import reflex as rx

from integrations_app.components.theme import QUESTION
from integrations_app.i18n import _


def leave_guard() -> rx.Component:
    """Asks on links, on Back, and where a script asks it; the browser itself asks on closing.

    A router takes one of them at a time: a page has one form.
    """
    script = rx.asset("leave-guard.jsx", shared=True)
    return _LeaveGuard.create(
        library=script.importable_path,
        words={
            "title": _("Leave without saving?"),
            "sentence": _("What you changed here is not saved yet."),
            "stay": _("Keep editing"),
            "leave": _("Leave without saving"),
        },
        class_name=QUESTION,
    )


class _LeaveGuard(rx.Component):
    """Component of leave-guard.jsx; the file becomes a part of the app that is built."""

    tag = "LeaveGuard"

    words: rx.Var[dict[str, Any]]
