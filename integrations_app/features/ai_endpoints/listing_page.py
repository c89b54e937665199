"""`/admin/ai/endpoints`: all AI endpoints."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import problem_callout
from integrations_app.components.feedback.confirm_dialog import confirm_dialog
from integrations_app.components.list.actions import RowAction, configure, row_actions
from integrations_app.components.list.columns import Column
from integrations_app.components.list.empty import nothing
from integrations_app.components.list.row import identity, is_deleted
from integrations_app.components.list.table import kept_table, loading
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import Flag, Text, items, text
from integrations_app.components.seen import row_seen, seen
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.status import sign, status_word
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated
from integrations_app.features.ai_endpoints.listing_state import EndpointList
from integrations_app.features.ai_endpoints.views import EndpointItem


def page() -> rx.Component:
    """The rows, or where to go from an empty list."""
    columns = _columns()
    return shell(
        page_heading(
            t("AI endpoints"),
            t("Models by the names that this organisation gives them."),
            rx.button(
                rx.el.a(rx.icon("plus", size=16), t("Add Endpoint"), href=routes.AI_ENDPOINT_NEW),
                as_child=True,
            ),
        ),
        problem_callout(EndpointList.problem),
        rx.cond(
            EndpointList.loaded,
            rx.cond(
                items(EndpointList.rows).length() == 0,
                _nothing_yet(),
                kept_table(EndpointList, columns),
            ),
            loading(columns),
        ),
        _removal(),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(heading=t("Endpoint"), kind="name", cell=_identity),
        Column(heading=t("Connection"), kind="text", cell=_connection),
        Column(heading=t("Status"), kind="status", cell=_status),
        Column(heading=t("Actions"), kind="actions", cell=_actions),
    )


def _address(item: EndpointItem) -> rx.Var[str]:
    return rx.Var.create(routes.AI_ENDPOINTS + "/").to(str) + item.uuid


def _identity(item: EndpointItem) -> rx.Component:
    return identity(
        item.name, _address(item), item.model, deleted=is_deleted(EndpointList, item.uuid)
    )


def _connection(item: EndpointItem) -> rx.Component:
    return rx.cond(
        item.connection,
        rx.el.div(
            provider_logo(item.icon, item.service, class_name="logo-small"),
            rx.el.div(
                rx.el.a(
                    item.connection,
                    href=rx.Var.create(routes.LISTING + "/").to(str) + item.integration,
                    class_name="quiet-link one-line",
                ),
                rx.el.span(item.service, class_name="quiet one-line"),
                class_name="stacked",
            ),
            class_name="identity",
            custom_attrs=untranslated(),
        ),
    )


def _status(item: EndpointItem) -> rx.Component:
    return rx.cond(
        item.connection,
        status_word(item.status),
        rx.cond(
            item.integration,
            sign("error", t("Integration deleted")),
            rx.cond(
                item.has_old_key,
                sign("urgent", t("An old key to recover")),
                sign("disconnected", t("None chosen")),
            ),
        ),
    )


def _actions(item: EndpointItem) -> rx.Component:
    remove = RowAction(
        label=t("Remove"), on_select=EndpointList.ask_removal(row_seen(item)), is_final=True
    )
    return row_actions(
        configure(_address(item)),
        [remove],
        about=item.name,
        deleted=is_deleted(EndpointList, item.uuid),
    )


def _removal() -> rx.Component:
    return confirm_dialog(
        t("Remove {name}?", name=EndpointList.removing_name),
        removal_sentence(EndpointList.removing_has_old_key),
        is_open=text(EndpointList.removing_subject) != "",
        problem=EndpointList.removal_problem,
        on_keep=EndpointList.keep,
        on_confirm=EndpointList.remove(seen(EndpointList.removing_subject)),
    )


def removal_sentence(has_old_key: Flag) -> Text:
    """Return what the removal of an endpoint means."""
    return rx.cond(
        has_old_key,
        t(
            "The endpoint is removed for good, and with it an old key that may be stored nowhere "
            "else. This cannot be undone."
        ),
        t("The endpoint is removed for good; its connection stays. This cannot be undone."),
    )


def _nothing_yet() -> rx.Component:
    return nothing(
        "bot",
        t("No AI endpoints yet"),
        t("Give a model a name, and choose the connection that it is reached through."),
    )
