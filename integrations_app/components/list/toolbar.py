"""The tools above the rows: a search that says what it searches, and filters as chips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import reflex as rx

from integrations_app.components.reactive import OnEvent, Text, text
from integrations_app.components.text import t


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A chip or a tool that opens a list of values.

    Attributes:
        part: Which part of the address it chooses.
        label: What it chooses.
        value: What is chosen.
        unset: The value for nothing chosen, in which case the chip says `label`; empty if there is
            always one.
        options: The values, as items of a select.
    """

    part: str
    label: Text
    value: Text
    unset: str = ""
    options: Sequence[rx.Component]


def search(label: Text, *, value: Text, on_change: OnEvent, max_length: int) -> rx.Component:
    """A field that names what it searches; `/` leads to it, as lists.js has it."""
    return rx.input(
        rx.input.slot(rx.icon("search", size=16)),
        rx.input.slot(rx.el.kbd("/", aria_hidden=True, class_name="key"), side="right"),
        type="search",
        placeholder=label,
        aria_label=label,
        value=value,
        on_change=on_change,
        max_length=max_length,
        class_name="search",
        custom_attrs={"aria-keyshortcuts": "/", "data-searches": "true"},
    )


def choice(declared: Choice, *, choose: Callable[..., OnEvent], look: str = "chip") -> rx.Component:
    """A chip that says what is chosen.

    Args:
        declared: What is chosen.
        choose: Handler that gets the part of the address, and the value.
        look: Its class.
    """
    is_set = text(declared.value) != declared.unset
    shown = rx.cond(is_set, text(declared.value), "") if declared.unset else text(declared.value)
    return rx.select.root(
        rx.select.trigger(
            placeholder=declared.label,
            aria_label=declared.label,
            variant="ghost",
            class_name=rx.cond(is_set, f"{look} on", look) if declared.unset else look,
        ),
        rx.select.content(*declared.options, position="popper"),
        value=shown,
        on_change=lambda value: choose(declared.part, value),
    )


def toolbar(*parts: rx.Component) -> rx.Component:
    """The search and the chips in one line, or in as few as they need."""
    return rx.el.div(*parts, role="search", aria_label=t("Filters"), class_name="toolbar")
