"""`/admin/settings/integrations/{uuid}`: one connection."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.account import account_step, redirect_address, step_heading
from integrations_app.components.address import last_part
from integrations_app.components.code_panel import code_panel
from integrations_app.components.copying import copyable
from integrations_app.components.disconnecting import disconnect_dialog
from integrations_app.components.feedback import notice_callout, problem_callout
from integrations_app.components.feedback.conflict_notice import changed_notice, conflict_notice
from integrations_app.components.form.actions import actions, test_button
from integrations_app.components.form.attributes import FORM_BEGUN_AT, posts_form
from integrations_app.components.form.fields import name_field, setup_field
from integrations_app.components.form.frame import secret_form
from integrations_app.components.form.heading import breadcrumb, subject_heading
from integrations_app.components.form.sections import (
    columns,
    danger_zone,
    dangerous,
    remove_button,
)
from integrations_app.components.instructions import setup_instructions
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import OnEvent, flag, text
from integrations_app.components.removal import removal_dialog
from integrations_app.components.seen import seen
from integrations_app.components.shell import shell
from integrations_app.components.status_panel import status_panel
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated
from integrations_app.components.uses import uses_card
from integrations_app.domain.connection import Status
from integrations_app.state.edit import Edit


def page() -> rx.Component:
    """The form; beside it status, code and instructions; the danger zone."""
    return shell(
        rx.cond(
            # Another connection's form could be typed into, and be gone a moment later.
            flag(Edit.loaded) & (last_part() == Edit.asked),
            rx.fragment(_heading(), _connection()),
            rx.fragment(
                subject_heading(breadcrumb(t("Integrations"), routes.LISTING), t("Connection")),
                rx.cond(Edit.problem, problem_callout(Edit.problem), rx.skeleton(height="320px")),
            ),
        )
    )


def _heading() -> rx.Component:
    return subject_heading(
        breadcrumb(t("Integrations"), routes.LISTING, here=Edit.provider.title),
        Edit.name,
        rx.el.span(Edit.provider.title, custom_attrs=untranslated()),
        rx.cond(
            Edit.status.account,
            rx.el.span(Edit.status.account, custom_attrs=untranslated()),
        ),
        rx.cond(Edit.connection_uuid, copyable(Edit.connection_uuid, label=t("the uuid"))),
        logo=provider_logo(Edit.provider.icon, Edit.provider.title, class_name="logo-large"),
    )


def _connection() -> rx.Component:
    return columns(
        rx.cond(Edit.removed_by, _removed()),
        rx.card(_form(), size="3"),
        rx.cond(Edit.provider.connects_account, account_step(Edit, disabled=_cannot_act())),
        rx.cond(Edit.removed_by == "", _danger_zone()),
        before=status_panel(testing=_checking()),
        after=rx.fragment(
            code_panel(Edit.connection_uuid, Edit.provider.example_url),
            setup_instructions(Edit.provider, open_at_first=False),
            rx.cond(Edit.uses_of == Edit.connection_uuid, uses_card(Edit)),
        ),
    )


def _removed() -> rx.Component:
    return notice_callout(
        t(
            "This connection was removed by {who}. You can still copy what you typed.",
            who=Edit.removed_by,
        ),
        rx.link(t("Back to the list"), href=routes.LISTING, size="2"),
    )


def _cannot_act() -> rx.Var[bool]:
    return (text(Edit.busy) != "") | (text(Edit.removed_by) != "")


def _cannot_save() -> rx.Var[bool]:
    is_busy = (text(Edit.busy) != "") & ~_checking()
    return is_busy | (text(Edit.removed_by) != "")


def _checking() -> rx.Var[bool]:
    return (text(Edit.busy) == "test") | (text(Edit.busy) == "check")


def _form() -> rx.Component:
    return secret_form(
        rx.cond(
            Edit.changed_by,
            changed_notice(
                t("{who} changed this connection while you were typing.", who=Edit.changed_by),
                on_load=Edit.load_theirs(seen(Edit.form_key)),
            ),
        ),
        rx.cond(Edit.provider.connects_account, _client_step()),
        name_field(Edit, value=Edit.name, on_change=_touch()),
        rx.foreach(
            Edit.fields,
            lambda field: setup_field(Edit, field, on_change=_touch()),
        ),
        rx.cond(
            Edit.conflict,
            conflict_notice(
                Edit.conflict,
                on_load=Edit.load_theirs(seen(Edit.form_key)),
                custom_attrs=posts_form("save", over=Edit.conflict_version),
            ),
        ),
        _actions(),
        identity=Edit.form_key,
        provider=Edit.provider.key,
        action="save",
        on_posted=Edit.posted,
    )


def _client_step() -> rx.Component:
    return rx.fragment(
        step_heading(
            t("Step 1"),
            t("The client that you registered at {provider}.", provider=Edit.provider.title),
        ),
        redirect_address(Edit.provider),
    )


def _touch() -> OnEvent:
    """Tell the server of typing until it knows; not throttled, as that could drop the only one."""
    untold = (Edit.form_key != FORM_BEGUN_AT) & (text(Edit.changed_by) == "")
    unknown = ~flag(Edit.touched) | (text(Edit.outcome) != "") | untold
    return rx.cond(unknown, Edit.touch(FORM_BEGUN_AT), rx.noop())


def _actions() -> rx.Component:
    is_saved = flag(Edit.saved) & (text(Edit.outcome) == "")
    return actions(
        t("Save Changes"),
        rx.cond(
            flag(Edit.provider.testable) | flag(Edit.status.testable),
            test_button(action=posts_form("test"), loading=_checking(), disabled=_cannot_act()),
        ),
        cancel=routes.LISTING,
        loading=Edit.busy == "save",
        disabled=_cannot_save(),
        problem=Edit.problem,
        outcome=rx.cond(is_saved, t("Saved"), Edit.outcome),
        outcome_ok=is_saved | flag(Edit.outcome_ok),
    )


def _danger_zone() -> rx.Component:
    return rx.fragment(
        danger_zone(
            t("Disconnect or remove this connection."),
            rx.cond(Edit.status.status != Status.DISCONNECTED.value, _disconnect()),
            dangerous(
                t("Remove this connection"),
                t("The connection and its credentials are removed for good."),
                remove_button(on_click=Edit.ask_removal(seen(Edit.form_key))),
            ),
        ),
        removal_dialog(Edit, on_remove=Edit.remove, on_replace=Edit.replace),
        disconnect_dialog(Edit, on_disconnect=Edit.disconnect(seen(Edit.disconnecting_subject))),
    )


def _disconnect() -> rx.Component:
    return dangerous(
        t("Disconnect this connection"),
        rx.cond(
            Edit.provider.connects_account,
            t("The account is disconnected; client ID and secret stay."),
            t("The stored credentials are removed; the connection and its uuid stay."),
        ),
        rx.button(
            t("Disconnect"),
            type="button",
            color_scheme="gray",
            variant="surface",
            high_contrast=True,
            on_click=Edit.ask_disconnect(seen(Edit.form_key)),
            loading=Edit.busy == "disconnect",
            disabled=_cannot_act(),
        ),
    )
