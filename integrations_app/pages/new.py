"""`/admin/settings/integrations/new`: choose a service, then its form."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.account import redirect_address
from integrations_app.components.address import query_parameter
from integrations_app.components.form.actions import actions, test_button
from integrations_app.components.form.attributes import posts_form
from integrations_app.components.form.fields import name_field, setup_field
from integrations_app.components.form.frame import secret_form
from integrations_app.components.form.heading import breadcrumb
from integrations_app.components.form.sections import columns
from integrations_app.components.instructions import setup_instructions
from integrations_app.components.provider_choice import provider_choice
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import flag
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated
from integrations_app.state.new import New


def page() -> rx.Component:
    """The choice, or the form."""
    return shell(
        rx.box(
            breadcrumb(t("Integrations"), routes.LISTING),
            page_heading(
                t("Add Integration"),
                rx.cond(
                    New.provider.key,
                    t("Enter what {service} gave you.", service=New.provider.title),
                    t("Which service do you want to connect?"),
                ),
            ),
        ),
        rx.cond(
            flag(New.loaded) & (query_parameter(routes.CHOSEN) == New.asked),
            rx.cond(New.provider.key, _form_page(), provider_choice()),
        ),
    )


def _form_page() -> rx.Component:
    return columns(
        rx.card(_form(), size="3"),
        before=setup_instructions(New.provider, open_at_first=True),
    )


def _form() -> rx.Component:
    return secret_form(
        _service(),
        name_field(New, value="", auto_focus=True),
        rx.foreach(
            New.fields,
            lambda field: setup_field(New, field, on_change=_typed()),
        ),
        rx.cond(New.provider.connects_account, _account_comes_next()),
        actions(
            t("Create Connection"),
            rx.cond(
                ~flag(New.provider.connects_account),
                test_button(
                    action=posts_form("try"),
                    loading=New.busy == "try",
                    disabled=New.busy != "",
                ),
            ),
            cancel=routes.LISTING,
            loading=New.busy == "create",
            disabled=New.busy != "",
            problem=New.problem,
            outcome=New.outcome,
            outcome_ok=New.outcome_ok,
        ),
        identity=New.provider.key,
        provider=New.provider.key,
        action="create",
        on_posted=New.posted,
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
