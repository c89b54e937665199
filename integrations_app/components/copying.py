"""A value with a button that copies it; copy.js does so, and says how it went."""

from typing import Any

import reflex as rx

from integrations_app.components.reactive import Text
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated
from integrations_app.i18n import _

SCRIPT = "copy.js"


def source() -> dict[str, str]:
    """Props of the element whose text or value is copied; Reflex adds to the dict that it gets."""
    return {"data-copy-source": "true", **untranslated()}


def button() -> dict[str, str]:
    """Props of the button that copies it."""
    return {"data-copies": "true"}


def group() -> dict[str, str]:
    """Props of the element around the source, the button and the outcome."""
    return {
        "data-copy-group": "true",
        "data-copied": _("Copied"),
        "data-not-copied": _(
            "Not copied: this browser does not allow it here. It is selected now; "
            "press Ctrl+C, or ⌘C on a Mac."
        ),
    }


def outcome(**props: Any) -> rx.Component:
    """The place where it says how it went."""
    return rx.text(
        aria_live="polite",
        size="1",
        color_scheme="gray",
        custom_attrs={"data-copy-outcome": "true"},
        **props,
    )


def copyable(value: Text, *, label: Text) -> rx.Component:
    """A value with a button that copies it.

    Args:
        value: The text that is copied.
        label: The name of the value, for the button's own.
    """
    return rx.flex(
        rx.code(
            value,
            size="2",
            color_scheme="gray",
            high_contrast=True,
            style={"overflow_wrap": "anywhere"},
            custom_attrs=source(),
        ),
        rx.icon_button(
            rx.icon("copy", size=14),
            type="button",
            variant="ghost",
            color_scheme="gray",
            size="1",
            aria_label=t("Copy {what}", what=label),
            custom_attrs=button(),
        ),
        outcome(),
        spacing="2",
        align="center",
        wrap="wrap",
        custom_attrs=group(),
    )
