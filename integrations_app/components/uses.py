"""The places that use a connection."""

import reflex as rx

from integrations_app.components.form.sections import panel
from integrations_app.components.reactive import number
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated
from integrations_app.state.uses import Uses
from integrations_app.state.views import UsageItem


def uses_card(state: type[Uses]) -> rx.Component:
    """Says who uses the connection of the page, or that nobody does."""
    return panel(
        t("Used by"),
        rx.cond(
            number(state.uses_count) > 0,
            uses_list(state.uses, more=state.uses_more),
            rx.text(t("Nothing that this app knows of uses it."), size="2", color_scheme="gray"),
        ),
    )


def uses_list(uses: list[UsageItem], *, more: int) -> rx.Component:
    """The places, each with a link where it has a page.

    Args:
        uses: Those to show.
        more: How many there are besides.
    """
    return rx.el.ul(
        rx.foreach(
            uses,
            lambda each: rx.el.li(
                rx.cond(
                    each.url,
                    rx.link(each.label, href=each.url, size="2", custom_attrs=untranslated()),
                    rx.text(each.label, size="2", as_="span", custom_attrs=untranslated()),
                )
            ),
        ),
        rx.cond(
            number(more) > 0,
            rx.el.li(
                rx.text(
                    t("and {number} more", number=number(more).to_string()),
                    size="2",
                    color_scheme="gray",
                    as_="span",
                )
            ),
        ),
        class_name="uses",
    )
