"""`/admin/ai/endpoints`: all AI endpoints."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import problem_callout
from integrations_app.components.feedback.confirm_dialog import confirm_dialog
from integrations_app.components.kept_rows import (
    is_deleted,
    kept_row,
    kept_rows,
    row_actions,
    row_name,
)
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import Flag, Text, items, text
from integrations_app.components.rows import loading, nothing, pager
from integrations_app.components.seen import row_seen
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.status import status_word
from integrations_app.components.text import t
from integrations_app.components.theme import QUIET_LINK, TABLE
from integrations_app.components.translation import untranslated
from integrations_app.features.ai_endpoints.listing_state import EndpointList
from integrations_app.features.ai_endpoints.views import EndpointItem


def page() -> rx.Component:
    """The table, or where to go from an empty one."""
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
            rx.cond(items(EndpointList.rows).length() == 0, _nothing_yet(), _table()),
            loading(),
        ),
        _removal(),
    )


def _table() -> rx.Component:
    return rx.fragment(
        rx.text(EndpointList.count, size="2", color_scheme="gray", role="status"),
        kept_rows(
            EndpointList,
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        *(
                            rx.el.th(each, scope="col")
                            for each in (t("Name"), t("Model"), t("Integration"), t("Actions"))
                        )
                    )
                ),
                rx.el.tbody(rx.foreach(EndpointList.rows, _row)),
                class_name=TABLE,
            ),
        ),
        pager(
            previous_link=EndpointList.previous_link,
            next_link=EndpointList.next_link,
            turn_to=EndpointList.turn_to,
        ),
    )


def _row(item: EndpointItem) -> rx.Component:
    address = routes.AI_ENDPOINTS + "/" + item.uuid
    deleted = is_deleted(EndpointList, item.uuid)
    return kept_row(
        EndpointList,
        item.uuid,
        row_name(item.name, address, deleted=deleted),
        rx.el.td(rx.el.span(item.model, class_name="cell-account", custom_attrs=untranslated())),
        rx.el.td(_integration(item)),
        row_actions(
            rx.el.a(t("Configure"), href=address, class_name="row-action main"),
            rx.el.button(
                t("Remove"),
                on_click=EndpointList.ask_removal(row_seen(item)),
                class_name="row-action danger",
                type="button",
            ),
            deleted=deleted,
        ),
    )


def _integration(item: EndpointItem) -> rx.Component:
    return rx.el.div(
        rx.cond(
            item.connection,
            rx.fragment(
                rx.el.div(
                    provider_logo(item.icon, item.service, class_name="logo-small"),
                    rx.el.a(
                        item.connection,
                        href=routes.LISTING + "/" + item.integration,
                        class_name=QUIET_LINK,
                    ),
                    rx.el.span(item.service, custom_attrs=untranslated()),
                    class_name="cell-service",
                ),
                status_word(item.status),
            ),
            rx.cond(
                item.integration,
                _sign("red", "circle-alert", t("Integration deleted")),
                rx.cond(
                    item.has_old_key,
                    _sign("amber", "key-round", t("An old key to recover")),
                    _sign("gray", "circle-dashed", t("None picked")),
                ),
            ),
        ),
        class_name="cell-status with-service",
    )


def _sign(colour: str, icon: str, word: Text) -> rx.Component:
    return rx.badge(
        rx.icon(icon, size=13),
        word,
        color_scheme=colour,  # pyright: ignore[reportArgumentType]
        variant="soft",
        size="2",
        radius="full",
    )


def _removal() -> rx.Component:
    asked = EndpointList.removing
    return confirm_dialog(
        t("Remove {name}?", name=asked.name),
        removal_sentence(asked.has_old_key),
        is_open=text(asked.uuid) != "",
        problem=EndpointList.removal_problem,
        on_keep=EndpointList.keep,
        on_confirm=EndpointList.remove(row_seen(asked)),
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
        t("Give a model a name, and pick the integration that it is reached through."),
    )
