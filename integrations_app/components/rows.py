"""What stands around the rows of every list: the way to other pages, and what there is without."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from integrations_app.components.reactive import Text, text
from integrations_app.components.text import t


def pager(*, previous_link: Text, next_link: Text, turn_to: Callable[..., Any]) -> rx.Component:
    """Links to the pages before and behind; each only if there is one.

    Args:
        previous_link: Address of the page before; empty if there is none.
        next_link: Address of the page behind.
        turn_to: Handler that gets the address and shows its rows.
    """

    def turn(label: Text, link: Text) -> rx.Component:
        return rx.cond(link, rx.link(label, href=link, on_click=turn_to(link).prevent_default))

    return rx.cond(
        (text(next_link) != "") | (text(previous_link) != ""),
        rx.el.nav(
            rx.flex(
                turn(t("Previous"), previous_link),
                turn(t("Next"), next_link),
                spacing="4",
                justify="end",
            ),
            aria_label=t("Pages"),
        ),
    )


def nothing(icon: str, title: Text, sentence: Text, *actions: rx.Component) -> rx.Component:
    """Return where rows would be: why there are none, and what to do about it."""
    return rx.card(
        rx.flex(
            rx.icon(icon, size=28, color=rx.color("gray", 9)),
            rx.heading(title, as_="h2", size="4"),
            rx.text(sentence, size="2", color_scheme="gray", align="center"),
            *actions,
            direction="column",
            align="center",
            spacing="3",
            padding_y="var(--space-7)",
        ),
        width="100%",
    )


def loading() -> rx.Component:
    """Return where rows are about to be."""
    return rx.flex(
        rx.foreach(rx.Var.range(4), lambda _at: rx.skeleton(height="44px", width="100%")),
        direction="column",
        spacing="3",
        aria_busy="true",
        aria_label=t("Loading"),
    )
