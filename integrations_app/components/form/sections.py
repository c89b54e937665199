"""The parts of a form's page: the form, what is beside it, what can be folded away."""

from typing import Literal

import reflex as rx

from integrations_app.components.reactive import Flag, Text
from integrations_app.components.text import t


def columns(
    *form: rx.Component,
    before: rx.Component | None = None,
    after: rx.Component | None = None,
) -> rx.Component:
    """The form, and what belongs to it: at its side where there is room, else around it.

    Args:
        form: Cards, above each other.
        before: Above the form where there is no room at its side.
        after: Below it there.
    """
    return rx.el.div(
        rx.el.div(before or rx.fragment(), class_name="form-before"),
        rx.el.div(*form, class_name="form-main"),
        rx.el.div(after or rx.fragment(), class_name="form-after"),
        class_name="form-columns",
    )


def panel(title: Text, *children: rx.Component) -> rx.Component:
    """A card with a heading."""
    return rx.card(
        rx.heading(title, as_="h2", size="3", margin_bottom="var(--space-3)"),
        *children,
        size="2",
        width="100%",
    )


def folding_panel(
    title: Text,
    *children: rx.Component,
    sentence: Text = "",
    open_at_first: bool = False,
    size: Literal["2", "3"] = "2",
) -> rx.Component:
    """A card that opens and closes without asking the server.

    Args:
        title: Its heading, which is always there.
        children: What is folded away.
        sentence: What is in it, while it is closed.
        open_at_first: Whether it is open before anybody has clicked.
        size: Of the card; 3 for one that stands below a form.
    """
    return rx.card(
        rx.el.details(
            rx.el.summary(rx.heading(title, as_="h2", size="3", display="inline")),
            rx.el.div(*children, class_name="folded"),
            open=open_at_first,
        ),
        rx.cond(sentence, rx.el.p(sentence, class_name="folded-hint")),
        size=size,
        width="100%",
        class_name="folding",
    )


def danger_zone(sentence: Text, *acts: rx.Component) -> rx.Component:
    """The acts that cannot be undone, folded away.

    Args:
        sentence: What is in it.
        acts: Of `dangerous`.
    """
    return folding_panel(t("Danger Zone"), *acts, sentence=sentence, size="3")


def dangerous(title: Text, sentence: Text, button: rx.Component) -> rx.Component:
    """Something that cannot be undone: what it is called, what it means, and its button."""
    return rx.flex(
        rx.box(
            rx.text(title, size="2", weight="medium"),
            rx.text(sentence, size="2", color_scheme="gray"),
            min_width="0",
            flex="1 1 16rem",
        ),
        button,
        justify="between",
        align="center",
        spacing="4",
        wrap="wrap",
    )


def remove_button(*, on_click: rx.event.EventType[()], disabled: Flag = False) -> rx.Component:
    """The button that asks whether to remove what the page is about."""
    return rx.button(
        t("Remove"),
        type="button",
        color_scheme="red",
        variant="soft",
        on_click=on_click,
        disabled=disabled,
    )
