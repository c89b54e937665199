"""What is shown where there is nothing, and at the root, which leads to the list."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.text import t


def page() -> rx.Component:
    """An address that leads nowhere."""
    return rx.center(
        rx.flex(
            rx.heading(t("There is nothing here"), as_="h1", size="6"),
            rx.text(
                t("The address may be mistyped, or what stood here was removed."),
                size="2",
                color_scheme="gray",
                align="center",
            ),
            rx.link(t("Go to the integrations"), href=routes.LISTING),
            direction="column",
            align="center",
            spacing="3",
        ),
        min_height="100dvh",
        padding="var(--space-4)",
    )


def home() -> rx.Component:
    """Nothing to see: the root leads to the list."""
    return rx.center(rx.link(t("Integrations"), href=routes.LISTING), min_height="100dvh")
