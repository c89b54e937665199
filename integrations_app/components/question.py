"""A question before something is gone."""

import reflex as rx

from integrations_app.components.feedback import problem_callout
from integrations_app.components.reactive import Flag, OnEvent, Text
from integrations_app.components.text import t
from integrations_app.components.theme import QUESTION

# Radix would move the keyboard between its own trigger and cancel button; here are neither.
_FOCUS_IN = """
window.askedFrom = document.activeElement;
document.querySelector("[role=alertdialog] [data-keeps]")?.focus();
"""
_FOCUS_BACK = """
(window.askedFrom?.isConnected ? window.askedFrom : document.getElementById("content"))?.focus();
"""


def question(  # noqa: PLR0913 - each a part of what is asked
    title: Text,
    sentence: Text,
    *,
    is_open: Flag,
    problem: Text,
    on_keep: OnEvent,
    on_delete: OnEvent,
    keep: Text | None = None,
    delete: Text | None = None,
) -> rx.Component:
    """Says what would be gone, and acts only on the second click.

    Args:
        title: The question.
        sentence: What it would mean.
        is_open: Whether it is asked now.
        problem: Why it could not be done.
        on_keep: Called for "no", and for Escape.
        on_delete: Called for "yes".
        keep: What the button for "no" says; None for "Keep it".
        delete: What the button for "yes" says; None for "Delete for good".
    """
    return rx.alert_dialog.root(
        rx.alert_dialog.content(
            rx.alert_dialog.title(title),
            rx.alert_dialog.description(sentence),
            problem_callout(problem),
            rx.flex(
                rx.button(
                    t("Keep it") if keep is None else keep,
                    type="button",
                    variant="soft",
                    color_scheme="gray",
                    on_click=on_keep,
                    custom_attrs={"data-keeps": "true"},
                ),
                rx.button(
                    t("Delete for good") if delete is None else delete,
                    type="button",
                    color_scheme="red",
                    on_click=on_delete,
                ),
                spacing="3",
                justify="end",
                wrap="wrap",
            ),
            max_width="480px",
            display="flex",
            style={"flex_direction": "column", "gap": "var(--space-3)"},
            class_name=QUESTION,
            on_escape_key_down=on_keep,
            on_open_auto_focus=rx.call_script(_FOCUS_IN),
            on_close_auto_focus=rx.call_script(_FOCUS_BACK),
        ),
        open=is_open,
    )
