"""Logos of services."""

import reflex as rx

from integrations_app.components.reactive import Text, text


def provider_logo(icon: Text, title: Text, *, class_name: str) -> rx.Component:
    """A provider's logo, or the first letter of its title; decoration, the title stands beside it.

    Args:
        icon: Address of the logo; empty for none.
        title: The provider's title.
        class_name: `logo-small`, `logo` or `logo-large`.
    """
    letter = text(title)[0]
    return rx.cond(
        icon,
        rx.el.img(src=icon, alt="", class_name=class_name),
        rx.avatar(fallback=letter, size="1", aria_hidden="true"),
    )
