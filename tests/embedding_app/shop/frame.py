"""What stands around every page of the shop."""

import reflex as rx

from shop.state import Counter


def layout(page: rx.Component) -> rx.Component:
    """The shop's own navigation, and a page below it."""
    return rx.box(
        rx.el.nav(
            rx.link("The shop", href="/"),
            rx.link("Uses", href="/uses"),
            rx.link("Integrations", href="/settings/integrations"),
            rx.text(Counter.clicks, custom_attrs={"aria-label": "Clicks so far"}),
            rx.button("One more", on_click=Counter.click),
            rx.el.a(
                "Leave", href="/api/shop/sign-out", custom_attrs={"reloadDocument": True}
            ),  # an endpoint is no page of the router's
            aria_label="Shop",
            style={
                "display": "flex",
                "gap": "16px",
                "align-items": "center",
                "padding": "8px 16px",
            },
        ),
        page,
    )
