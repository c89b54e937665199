"""`/admin/settings/integrations/{uuid}`: one connection."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.account import (
    account_step,
    redirect_address,
    step_heading,
)
from integrations_app.components.address import last_part
from integrations_app.components.copying import copyable
from integrations_app.components.disconnecting import disconnect_dialog
from integrations_app.components.feedback import (
    notice_callout,
    outcome_callout,
    problem_callout,
)
from integrations_app.components.fields import (
    FORM_BEGUN_AT,
    name_field,
    posts_form,
    secret_form,
    setup_field,
)
from integrations_app.components.instructions import setup_instructions, summary
from integrations_app.components.meanwhile import changed_notice, conflict_notice
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import OnEvent, flag, text
from integrations_app.components.relative_time import ago, ahead
from integrations_app.components.removal import removal_dialog
from integrations_app.components.seen import seen
from integrations_app.components.shell import page_heading, shell, way_back
from integrations_app.components.status import status_word
from integrations_app.components.text import t
from integrations_app.components.theme import FORM_WIDTH
from integrations_app.components.translation import untranslated
from integrations_app.components.uses import uses_card
from integrations_app.domain.connection import Status
from integrations_app.state.edit import Edit


def page() -> rx.Component:
    """Status, form, instructions, and the danger zone."""
    return shell(
        way_back(t("All integrations"), routes.LISTING),
        page_heading(
            t("Edit Integration"), t("Changes show at once wherever this connection is used.")
        ),
        rx.cond(
            # Another connection's form could be typed into, and be gone a moment later.
            flag(Edit.loaded) & (last_part() == Edit.asked),
            _connection(),
            rx.cond(Edit.problem, problem_callout(Edit.problem), rx.skeleton(height="320px")),
        ),
        width=FORM_WIDTH,
    )


def _removed() -> rx.Component:
    return notice_callout(
        t(
            "This integration was deleted by {who}. What you typed is still here to copy.",
            who=Edit.removed_by,
        ),
        rx.link(t("Back to the list"), href=routes.LISTING, size="2"),
    )


def _connection() -> rx.Component:
    return rx.flex(
        rx.cond(Edit.removed_by, _removed()),
        _status_card(),
        rx.card(_form(), size="2"),
        rx.cond(Edit.provider.connects_account, account_step(Edit, disabled=_cannot_act())),
        setup_instructions(Edit.provider, open_at_first=False),
        rx.cond(Edit.uses_of == Edit.connection_uuid, uses_card(Edit)),
        rx.cond(Edit.removed_by == "", _danger_zone()),
        direction="column",
        spacing="4",
    )


def _status_card() -> rx.Component:
    return rx.card(
        rx.flex(
            provider_logo(Edit.provider.icon, Edit.provider.title, class_name="logo-large"),
            rx.flex(
                rx.flex(
                    rx.heading(
                        Edit.provider.title, as_="h2", size="4", custom_attrs=untranslated()
                    ),
                    status_word(Edit.status.status, testing=_checking()),
                    align="center",
                    spacing="3",
                    wrap="wrap",
                ),
                rx.cond(
                    Edit.status.account,
                    rx.text(Edit.status.account, size="2", custom_attrs=untranslated()),
                ),
                rx.cond(
                    Edit.status.reason,
                    rx.text(Edit.status.reason, size="2", color_scheme="gray"),
                ),
                _times(),
                rx.cond(Edit.connection_uuid, copyable(Edit.connection_uuid, label=t("the uuid"))),
                direction="column",
                spacing="2",
                min_width="0",
                style={"overflow_wrap": "anywhere"},
            ),
            spacing="4",
        ),
        size="2",
        width="100%",
    )


def _cannot_act() -> rx.Var[bool]:
    return (text(Edit.busy) != "") | (text(Edit.removed_by) != "")


def _cannot_save() -> rx.Var[bool]:
    is_busy = (text(Edit.busy) != "") & ~_checking()
    return is_busy | (text(Edit.removed_by) != "")


def _checking() -> rx.Var[bool]:
    return (text(Edit.busy) == "test") | (text(Edit.busy) == "check")


def _times() -> rx.Component:
    return rx.flex(
        rx.cond(
            Edit.status.tested_at,
            rx.text(t("Last tested "), ago(Edit.status.tested_at), size="1", color_scheme="gray"),
        ),
        rx.cond(
            text(Edit.status.connected_at).bool()
            & (Edit.status.status != Status.DISCONNECTED.value),
            rx.text(t("Connected "), ago(Edit.status.connected_at), size="1", color_scheme="gray"),
        ),
        rx.cond(
            Edit.status.next_check_at,
            rx.text(
                t("Next check "), ahead(Edit.status.next_check_at), size="1", color_scheme="gray"
            ),
        ),
        spacing="4",
        wrap="wrap",
    )


def _form() -> rx.Component:
    return secret_form(
        rx.cond(
            Edit.changed_by,
            changed_notice(
                t("{who} changed this integration while you were typing.", who=Edit.changed_by),
                on_load=Edit.load_theirs(seen(Edit.form_key)),
            ),
        ),
        rx.cond(
            Edit.provider.connects_account,
            rx.fragment(
                step_heading(
                    t("Step 1"),
                    t(
                        "The client that you registered at {provider}.",
                        provider=Edit.provider.title,
                    ),
                ),
                redirect_address(Edit.provider),
            ),
        ),
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
        problem_callout(Edit.problem),
        _buttons(),
        _outcome(),
        identity=Edit.form_key,
        provider=Edit.provider.key,
        action="save",
        on_posted=Edit.posted,
    )


def _touch() -> OnEvent:
    """Tell the server of typing until it knows; not throttled, as that could drop the only one."""
    untold = (Edit.form_key != FORM_BEGUN_AT) & (text(Edit.changed_by) == "")
    unknown = ~flag(Edit.touched) | (text(Edit.outcome) != "") | untold
    return rx.cond(unknown, Edit.touch(FORM_BEGUN_AT), rx.noop())


def _buttons() -> rx.Component:
    return rx.flex(
        rx.button(
            t("Save Changes"),
            type="submit",
            loading=Edit.busy == "save",
            disabled=_cannot_save(),
        ),
        rx.cond(
            flag(Edit.provider.testable) | flag(Edit.status.testable),
            rx.button(
                t("Test Connection"),
                type="button",
                variant="soft",
                loading=_checking(),
                disabled=_cannot_act(),
                custom_attrs=posts_form("test"),
            ),
        ),
        spacing="3",
        wrap="wrap",
    )


def _outcome() -> rx.Component:
    return rx.cond(
        flag(Edit.saved) & (text(Edit.outcome) == ""),
        outcome_callout(t("Saved"), ok=Edit.saved),
        outcome_callout(Edit.outcome, ok=Edit.outcome_ok),
    )


def _danger_zone() -> rx.Component:
    return rx.card(
        rx.el.details(
            summary(t("Danger Zone")),
            rx.flex(
                rx.cond(Edit.status.status != Status.DISCONNECTED.value, _disconnect()),
                rx.flex(
                    rx.box(
                        rx.text(t("Delete this integration"), size="2", weight="medium"),
                        rx.text(
                            t("The connection and its credentials are deleted for good."),
                            size="2",
                            color_scheme="gray",
                        ),
                    ),
                    rx.button(
                        t("Delete"),
                        type="button",
                        color_scheme="red",
                        on_click=Edit.ask_removal(seen(Edit.form_key)),
                    ),
                    justify="between",
                    align="center",
                    spacing="4",
                    wrap="wrap",
                ),
                direction="column",
                spacing="4",
                padding_top="var(--space-4)",
            ),
        ),
        removal_dialog(Edit, on_remove=Edit.remove, on_replace=Edit.replace),
        disconnect_dialog(Edit, on_disconnect=Edit.disconnect(seen(Edit.disconnecting_subject))),
        size="2",
        width="100%",
    )


def _disconnect() -> rx.Component:
    return rx.flex(
        rx.box(
            rx.text(t("Disconnect"), size="2", weight="medium"),
            rx.text(
                rx.cond(
                    Edit.provider.connects_account,
                    t("The account is disconnected; client ID and secret stay."),
                    t("The stored credentials are deleted; the connection and its uuid stay."),
                ),
                size="2",
                color_scheme="gray",
            ),
        ),
        rx.button(
            t("Disconnect"),
            type="button",
            color_scheme="red",
            variant="soft",
            on_click=Edit.ask_disconnect(seen(Edit.form_key)),
            loading=Edit.busy == "disconnect",
            disabled=_cannot_act(),
        ),
        justify="between",
        align="center",
        spacing="4",
        wrap="wrap",
    )
