"""Outcomes and problems, where they belong and announced to screen readers."""

import reflex as rx

from integrations_app.components.reactive import Flag, Text
from integrations_app.components.theme import Colour


def problem_callout(text: Text, *children: rx.Component) -> rx.Component:
    """Something that went wrong; nothing while there is no text."""
    return rx.box(
        rx.cond(text, _callout("triangle-alert", "red", text, *children)),
        role="alert",
        width="100%",
    )


def outcome_callout(text: Text, *, ok: Flag) -> rx.Component:
    """Return how a test or a save ended; its place is announced even before it is filled."""
    return rx.box(
        rx.cond(
            text,
            rx.cond(
                ok,
                _callout("circle-check", "green", text),
                _callout("circle-alert", "red", text),
            ),
        ),
        role="status",
        aria_live="polite",
        width="100%",
    )


def notice_callout(text: Text, *children: rx.Component) -> rx.Component:
    """Something others did, with what can be done about it."""
    return rx.box(_callout("info", "amber", text, *children), role="alert", width="100%")


def _callout(icon: str, colour: Colour, text: Text, *children: rx.Component) -> rx.Component:
    return rx.callout.root(
        rx.callout.icon(rx.icon(icon, size=16)),
        rx.callout.text(text),
        *children,
        color_scheme=colour,
        size="1",
        width="100%",
    )
