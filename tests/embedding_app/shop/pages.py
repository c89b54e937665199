"""The shop's own pages."""

import reflex as rx

from shop.state import Counter


def home() -> rx.Component:
    """For anyone."""
    return rx.el.main(
        rx.heading("The shop", as_="h1"),
        rx.el.details(rx.el.summary("Terms"), "None."),
        rx.text(Counter.clicks, custom_attrs={"aria-label": "Clicks"}),
        rx.button("Click", on_click=Counter.click),
        rx.button("Fail", on_click=Counter.fail),
        rx.link("Integrations", href="/settings/integrations"),
    )


def sign_in() -> rx.Component:
    """The shop's own sign-in."""
    return rx.el.main(
        rx.heading("Sign in to the shop", as_="h1"),
        rx.el.form(
            rx.el.label("Email", html_for="email"),
            rx.el.input(id="email", name="email"),
            rx.el.button("Enter", type="submit"),
            method="post",
            action="/api/shop/sign-in",
        ),
    )
