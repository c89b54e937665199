"""The page where there is nothing, and the root, which leads to the list."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.text import t


def page() -> rx.Component:
    """An address that leads nowhere."""
    return rx.el.main(
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
        class_name="lone-page",
    )


def home() -> rx.Component:
    """Nothing to see: the root leads to the list."""
    return rx.el.main(
        rx.heading(rx.link(t("Integrations"), href=routes.LISTING), as_="h1", size="4"),
        class_name="lone-page",
    )
