"""The services that can be connected, by what they are for."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import number
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated
from integrations_app.state.new import New
from integrations_app.state.views import ChoiceGroup, ChoiceItem


def provider_choice() -> rx.Component:
    """A search field, and a link for each service that it leaves."""
    return rx.el.div(
        rx.input(
            rx.input.slot(rx.icon("search", size=16)),
            type="search",
            aria_label=t("Search services"),
            placeholder=t("Search {number} services", number=number(New.count).to_string()),
            on_change=New.search.debounce(50),
            max_length=100,
            auto_focus=True,
            size="3",
            class_name="choice-search",
        ),
        rx.cond(
            New.groups.length() > 0,
            rx.el.div(
                rx.foreach(New.groups, _group),
                role="list",
                aria_label=t("Services"),
                class_name="choices",
            ),
            rx.text(t("No service matches the search."), size="2", color_scheme="gray"),
        ),
        rx.el.p(
            rx.cond(
                New.wanted,
                t("Found: {number}", number=New.found.to_string()),
                "",
            ),
            role="status",
            class_name="visually-hidden",
        ),
        class_name="choice",
    )


def _group(group: ChoiceGroup) -> rx.Component:
    # One list of services, read in one go; a heading is no item of a list.
    return rx.el.div(
        rx.el.div(group.title, class_name="choice-title"),
        rx.el.div(rx.foreach(group.choices, _link), class_name="choice-grid"),
    )


def _link(choice: ChoiceItem) -> rx.Component:
    return rx.el.div(
        rx.link(
            provider_logo(choice.icon, choice.title, class_name="logo"),
            rx.el.span(
                rx.el.span(choice.title, class_name="choice-name", custom_attrs=untranslated()),
                rx.el.span(choice.description, class_name="choice-about"),
            ),
            href=f"{routes.NEW}?{routes.CHOSEN}=" + choice.key,
            underline="none",
            color_scheme="gray",
            high_contrast=True,
            class_name="choice-link",
        ),
        role="listitem",
    )
