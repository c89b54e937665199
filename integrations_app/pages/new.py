"""`/admin/settings/integrations/new`: choose a service, then its form."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.account import redirect_address
from integrations_app.components.address import query_parameter
from integrations_app.components.feedback import outcome_callout, problem_callout
from integrations_app.components.fields import (
    name_field,
    posts_form,
    secret_form,
    setup_field,
)
from integrations_app.components.instructions import setup_instructions
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import flag
from integrations_app.components.shell import page_heading, shell, way_back
from integrations_app.components.text import t
from integrations_app.components.theme import FORM_WIDTH
from integrations_app.components.translation import untranslated
from integrations_app.state.new import New
from integrations_app.state.views import ProviderItem


def page() -> rx.Component:
    """The choice, or the form."""
    return shell(
        way_back(t("All integrations"), routes.LISTING),
        page_heading(
            t("Add Integration"),
            rx.cond(
                New.provider.key,
                t("Enter what {service} gave you.", service=New.provider.title),
                t("Which service do you want to connect?"),
            ),
        ),
        rx.cond(
            flag(New.loaded) & (query_parameter(routes.CHOSEN) == New.asked),
            rx.cond(New.provider.key, _form_page(), _choice()),
        ),
        width=FORM_WIDTH,
    )


def _choice() -> rx.Component:
    return rx.flex(
        rx.input(
            rx.input.slot(rx.icon("search", size=14)),
            type="search",
            aria_label=t("Search services"),
            placeholder=t("Search services"),
            on_change=New.search.debounce(50),
            max_length=100,
            auto_focus=True,
            width="100%",
        ),
        rx.cond(
            New.shown.length() > 0,
            rx.grid(
                rx.foreach(New.shown, _provider_choice),
                columns=rx.breakpoints(initial="1", sm="2"),
                spacing="3",
                role="list",
                aria_label=t("Services"),
            ),
            rx.text(t("No service matches the search."), size="2", color_scheme="gray"),
        ),
        direction="column",
        spacing="4",
    )


def _provider_choice(provider: ProviderItem) -> rx.Component:
    return rx.box(
        rx.link(
            rx.card(
                rx.flex(
                    provider_logo(provider.icon, provider.title, class_name="logo"),
                    rx.box(
                        rx.text(
                            provider.title, weight="medium", size="3", custom_attrs=untranslated()
                        ),
                        rx.text(provider.description, size="2", color_scheme="gray"),
                        rx.text(provider.category, size="1", color_scheme="gray"),
                    ),
                    spacing="3",
                    align="center",
                ),
                class_name="provider-choice",
                height="100%",
            ),
            href=f"{routes.NEW}?{routes.CHOSEN}=" + provider.key,
            underline="none",
            color_scheme="gray",
            high_contrast=True,
        ),
        role="listitem",
    )


def _form_page() -> rx.Component:
    return rx.flex(
        setup_instructions(New.provider, open_at_first=True),
        rx.card(
            secret_form(
                _service(),
                name_field(New, value="", auto_focus=True),
                rx.foreach(
                    New.fields,
                    lambda field: setup_field(New, field, on_change=_typed()),
                ),
                rx.cond(New.provider.connects_account, _account_comes_next()),
                problem_callout(New.problem),
                _buttons(),
                outcome_callout(New.outcome, ok=New.outcome_ok),
                identity=New.provider.key,
                provider=New.provider.key,
                action="create",
                on_posted=New.posted,
            ),
            size="2",
        ),
        direction="column",
        spacing="4",
    )


def _typed() -> rx.event.EventType[()]:
    """Tell the server of typing only where a test's outcome has to go."""
    return rx.cond(New.outcome != "", New.touch(), rx.noop())  # pyright: ignore[reportReturnType]


def _account_comes_next() -> rx.Component:
    return rx.flex(
        rx.cond(~flag(New.provider.steps_show_redirect), redirect_address(New.provider)),
        rx.text(
            t("On the next page you connect the account itself."), size="2", color_scheme="gray"
        ),
        direction="column",
        spacing="3",
    )


def _service() -> rx.Component:
    return rx.flex(
        provider_logo(New.provider.icon, New.provider.title, class_name="logo"),
        rx.heading(New.provider.title, as_="h2", size="4", custom_attrs=untranslated()),
        rx.spacer(),
        rx.link(t("Choose a different service"), href=routes.NEW, size="2"),
        align="center",
        spacing="3",
        wrap="wrap",
    )


def _buttons() -> rx.Component:
    return rx.flex(
        rx.button(
            t("Create Connection"),
            type="submit",
            loading=New.busy == "create",
            disabled=New.busy != "",
        ),
        rx.cond(
            ~flag(New.provider.connects_account),
            rx.button(
                t("Test Connection"),
                type="button",
                variant="soft",
                loading=New.busy == "try",
                disabled=New.busy != "",
                custom_attrs=posts_form("try"),
            ),
        ),
        spacing="3",
        wrap="wrap",
    )
