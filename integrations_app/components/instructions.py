"""What to do at the provider first: steps, traps, things to copy."""

import reflex as rx

from integrations_app.components.copying import copyable
from integrations_app.components.reactive import Text, items
from integrations_app.components.text import t
from integrations_app.state.views import ProviderItem, StepItem


def setup_instructions(provider: ProviderItem, *, open_at_first: bool) -> rx.Component:
    """A panel that opens and closes without asking the server."""
    return rx.cond(
        items(provider.steps).length() > 0,
        rx.card(
            rx.el.details(
                summary(t("Setup Instructions")),
                rx.el.ol(
                    rx.foreach(provider.steps, _step),
                    style={
                        "padding_left": "var(--space-5)",
                        "margin": "var(--space-3) 0",
                        "list_style": "decimal",
                        "font_size": "var(--font-size-2)",
                    },
                ),
                rx.cond(items(provider.notes).length() > 0, _notes(provider)),
                open=open_at_first,
            ),
            size="2",
            width="100%",
        ),
    )


def summary(title: Text) -> rx.Component:
    """The heading of a panel that opens and closes."""
    return rx.el.summary(rx.heading(title, as_="h2", size="3", display="inline"))


def _step(step: StepItem) -> rx.Component:
    return rx.el.li(
        rx.text(step.title, size="2", weight="medium"),
        rx.cond(step.text, rx.text(step.text, size="2", color_scheme="gray")),
        rx.cond(
            step.link_url,
            rx.link(step.link_label, href=step.link_url, is_external=True, size="2"),
        ),
        rx.cond(step.copy, copyable(step.copy, label=t("this value"))),
        style={"margin_bottom": "var(--space-3)"},
    )


def _notes(provider: ProviderItem) -> rx.Component:
    return rx.flex(
        rx.text(t("Good to know"), size="2", weight="medium"),
        rx.el.ul(
            rx.foreach(
                provider.notes,
                lambda note: rx.el.li(rx.text(note, size="2", color_scheme="gray")),
            ),
            style={
                "padding_left": "var(--space-5)",
                "margin": "0",
                "list_style": "disc",
                "font_size": "var(--font-size-2)",
            },
        ),
        direction="column",
        spacing="1",
    )
