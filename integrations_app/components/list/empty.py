"""The notice in place of rows: why there are none, and what to do about it."""

import reflex as rx

from integrations_app.components.reactive import Text


def nothing(icon: str, title: Text, sentence: Text, *actions: rx.Component) -> rx.Component:
    """Say why there are no rows.

    Args:
        icon: Name of the picture.
        title: What is missing.
        sentence: What to do about it, or why.
        actions: The ways to do it.
    """
    return rx.el.div(
        rx.icon(icon, size=24),
        rx.heading(title, as_="h2", size="4"),
        rx.text(sentence, size="2", color_scheme="gray", align="center"),
        *actions,
        class_name="nothing",
    )
