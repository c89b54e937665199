"""The mark of a service."""

import reflex as rx

from integrations_app.components.reactive import Text, text


def provider_mark(icon: Text, title: Text, *, size: str = "28px") -> rx.Component:
    """A provider's logo, or the first letter of its title; decoration, the title stands beside it.

    Args:
        icon: Address of the logo; empty for none.
        title: The provider's title.
        size: Width and height.
    """
    letter = text(title)[0]
    return rx.cond(
        icon,
        rx.el.img(src=icon, alt="", style={"width": size, "height": size, "flex_shrink": "0"}),
        rx.avatar(fallback=letter, size="1", aria_hidden="true"),
    )
