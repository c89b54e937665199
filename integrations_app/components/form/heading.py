"""The heading of a form: the way back, and the form's subject."""

import reflex as rx

from integrations_app.components.reactive import Text
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated


def breadcrumb(label: Text, address: Text, *, here: Text = "") -> rx.Component:
    """The way back to the list.

    Args:
        label: What the list is called.
        address: Where it is.
        here: The kind of thing that the page is about; empty for none.
    """
    return rx.el.nav(
        rx.link(label, href=address, size="2", color_scheme="gray"),
        rx.cond(
            here,
            rx.fragment(
                rx.el.span("/", aria_hidden="true"),
                rx.el.span(here, custom_attrs=untranslated()),
            ),
            rx.fragment(),
        ),
        aria_label=t("Breadcrumb"),
        class_name="breadcrumb",
    )


def subject_heading(
    way: rx.Component, title: Text, *facts: rx.Component, logo: rx.Component | None = None
) -> rx.Component:
    """The name of what the form is about, and what tells it from others.

    Args:
        way: A `breadcrumb`.
        title: Its name, as it is stored.
        facts: Beneath it, beside each other.
        logo: Of the service.
    """
    return rx.el.div(
        way,
        rx.el.div(
            logo or rx.fragment(),
            rx.el.div(
                rx.heading(title, as_="h1", size="6", custom_attrs=untranslated()),
                rx.el.div(*facts, class_name="subject-facts"),
            ),
            class_name="subject",
        ),
    )
