"""A question before something is gone."""

import reflex as rx

from integrations_app.components.feedback.callouts import problem_callout
from integrations_app.components.reactive import Flag, OnEvent, Text
from integrations_app.components.text import t
from integrations_app.components.theme import QUESTION

# Radix would move the keyboard between its own trigger and cancel button; here are neither.
# A menu that the question was asked from may be closing still: its button is what remains.
_FOCUS_IN = """
window.askedFrom = ((active) => {
  const menu = active?.closest("[role=menu]");
  return menu ? document.getElementById(menu.getAttribute("aria-labelledby")) : active;
})(document.activeElement);
document.querySelector("[role=alertdialog] [data-keeps]")?.focus();
"""
_FOCUS_BACK = """
(window.askedFrom?.isConnected ? window.askedFrom : document.getElementById("content"))?.focus();
"""


def confirm_dialog(  # noqa: PLR0913 - each a part of what is asked
    title: Text,
    sentence: Text,
    *,
    is_open: Flag,
    problem: Text,
    on_keep: OnEvent,
    on_confirm: OnEvent,
    keep: Text | None = None,
    confirm: Text | None = None,
) -> rx.Component:
    """Says what would be gone, and acts only on the second click.

    Args:
        title: The question.
        sentence: What it would mean.
        is_open: Whether it is asked now.
        problem: Why it could not be done.
        on_keep: Called for "no", and for Escape.
        on_confirm: Called for "yes".
        keep: What the button for "no" says; None for "Keep it".
        confirm: What the button for "yes" says; None for "Remove for good".
    """
    return dialog(
        title,
        sentence,
        problem_callout(problem),
        answers(
            keep_button(t("Keep it") if keep is None else keep, on_keep=on_keep),
            rx.button(
                t("Remove for good") if confirm is None else confirm,
                type="button",
                color_scheme="red",
                on_click=on_confirm,
            ),
        ),
        is_open=is_open,
        on_keep=on_keep,
    )


def dialog(
    title: Text | rx.Component,
    sentence: Text,
    *children: rx.Component,
    is_open: Flag,
    on_keep: OnEvent,
    max_width: str = "480px",
) -> rx.Component:
    """The frame of a question: heading, sentence, and what the caller puts beneath.

    Args:
        title: The question.
        sentence: What it would mean.
        children: All else, the answers among them, one of which is a `keep_button`.
        is_open: Whether it is asked now.
        on_keep: Called for Escape.
        max_width: Widest it gets.
    """
    return rx.alert_dialog.root(
        rx.alert_dialog.content(
            rx.alert_dialog.title(title),
            rx.alert_dialog.description(sentence),
            *children,
            max_width=max_width,
            display="flex",
            style={"flex_direction": "column", "gap": "var(--space-3)"},
            class_name=QUESTION,
            on_escape_key_down=on_keep,
            on_open_auto_focus=rx.call_script(_FOCUS_IN),
            on_close_auto_focus=rx.call_script(_FOCUS_BACK),
        ),
        open=is_open,
    )


def answers(*buttons: rx.Component) -> rx.Component:
    """The row of buttons at the end of a question."""
    return rx.flex(*buttons, spacing="3", justify="end", wrap="wrap", margin_top="var(--space-2)")


def keep_button(label: Text, *, on_keep: OnEvent) -> rx.Component:
    """The answer that changes nothing, where the keyboard is at first."""
    return rx.button(
        label,
        type="button",
        variant="soft",
        color_scheme="gray",
        on_click=on_keep,
        custom_attrs={"data-keeps": "true"},
    )
