"""`/admin/settings/integrations`: all connections."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.disconnecting import disconnect_dialog
from integrations_app.components.feedback import notice_callout, problem_callout
from integrations_app.components.kept_rows import (
    is_deleted,
    kept_row,
    kept_rows,
    row_actions,
    row_name,
)
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import Flag, OnEvent, Text, flag, items, text
from integrations_app.components.relative_time import ago
from integrations_app.components.removal import removal_dialog
from integrations_app.components.rows import loading, nothing, pager
from integrations_app.components.seen import row_seen, seen
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.status import status_word
from integrations_app.components.text import t
from integrations_app.components.theme import TABLE
from integrations_app.components.translation import untranslated
from integrations_app.domain.connection import Status
from integrations_app.domain.summary import SortKey
from integrations_app.state.listing import SEARCH_MAX_LENGTH, Listing
from integrations_app.state.views import ConnectionItem


def page() -> rx.Component:
    """Filters, the table, and where to go from an empty one."""
    return shell(
        page_heading(
            t("Integrations"),
            t("Services that this organisation's code may use."),
            _add_link(),
        ),
        rx.box(problem_callout(Listing.problem), problem_callout(Listing.failure)),
        rx.cond(Listing.modules_failing, _about_modules()),
        rx.cond(
            Listing.loaded,
            rx.cond(
                (items(Listing.rows).length() == 0) & ~flag(Listing.filtered),
                _nothing_yet(),
                rx.fragment(_filters(), _table_or_nothing()),
            ),
            loading(),
        ),
        removal_dialog(Listing, on_remove=Listing.remove, on_replace=Listing.replace),
        disconnect_dialog(
            Listing, on_disconnect=Listing.disconnect(seen(Listing.disconnecting_subject))
        ),
    )


def _about_modules() -> rx.Component:
    if routes.is_embedded():  # where the page of the modules is not
        return notice_callout(Listing.modules_failing)
    return notice_callout(
        Listing.modules_failing, rx.link(t("See which and why"), href=routes.MODULES, size="2")
    )


def _add_link() -> rx.Component:
    return rx.button(
        rx.el.a(rx.icon("plus", size=16), t("Add Integration"), href=routes.NEW), as_child=True
    )


def _filters() -> rx.Component:
    failing = routes.listing(status=Status.ERROR.value)
    return rx.flex(
        rx.input(
            rx.input.slot(rx.icon("search", size=14)),
            type="search",
            placeholder=t("Search by name or account"),
            aria_label=t("Search"),
            value=Listing.search,
            on_change=Listing.find,
            max_length=SEARCH_MAX_LENGTH,
            width=rx.breakpoints(initial="100%", sm="260px"),
        ),
        _choice(
            t("Service"),
            t("All services"),
            rx.foreach(
                Listing.providers, lambda each: rx.select.item(each.label, value=each.value)
            ),
            value=Listing.provider,
            on_change=Listing.choose_provider,
        ),
        _choice(
            t("Status"),
            t("Every status"),
            rx.select.item(t("Connected"), value=Status.CONNECTED.value),
            rx.select.item(t("Not tested"), value=Status.CONFIGURED.value),
            rx.select.item(t("Error"), value=Status.ERROR.value),
            rx.select.item(t("Not connected"), value=Status.DISCONNECTED.value),
            value=Listing.status,
            on_change=Listing.choose_status,
        ),
        rx.flex(
            rx.text(Listing.count, size="2", color_scheme="gray", role="status"),
            rx.cond(
                (text(Listing.attention) != "") & (Listing.status != Status.ERROR.value),
                rx.link(
                    Listing.attention,
                    href=failing,
                    on_click=Listing.turn_to(failing).prevent_default,
                    size="2",
                    color_scheme="red",
                ),
            ),
            spacing="3",
            style={"margin_inline_start": "auto"},
        ),
        spacing="3",
        wrap="wrap",
        align="center",
    )


def _choice(
    label: Text,
    everything: Text,
    *items: rx.Component,
    value: Text,
    on_change: OnEvent,
) -> rx.Component:
    return rx.select.root(
        rx.select.trigger(aria_label=label, variant="surface"),
        rx.select.content(rx.select.item(everything, value="all"), *items),
        value=value,
        on_change=on_change,
    )


def _table_or_nothing() -> rx.Component:
    return rx.cond(
        items(Listing.rows).length() == 0,
        _nothing_found(),
        rx.fragment(
            kept_rows(Listing, _table()),
            pager(
                previous_link=Listing.previous_link,
                next_link=Listing.next_link,
                turn_to=Listing.turn_to,
            ),
        ),
    )


def _table() -> rx.Component:
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                _sortable(t("Service"), SortKey.SERVICE),
                _sortable(t("Name"), SortKey.NAME),
                _sortable(t("Account"), SortKey.ACCOUNT),
                _sortable(t("Status"), SortKey.STATUS),
                rx.el.th(t("Actions"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(Listing.rows, _row)),
        class_name=TABLE,
    )


def _sortable(label: Text, key: SortKey) -> rx.Component:
    active = Listing.sort == key.value
    return rx.el.th(
        rx.link(
            label,
            rx.cond(
                active,
                rx.cond(
                    Listing.descending,
                    rx.icon("arrow-down", size=12),
                    rx.icon("arrow-up", size=12),
                ),
            ),
            href=Listing.sort_links[key.value],
            on_click=Listing.turn_to(Listing.sort_links[key.value]).prevent_default,
            underline="hover",
            display="inline-flex",
            style={"gap": "var(--space-1)", "align_items": "center"},
        ),
        scope="col",
        aria_sort=rx.cond(active, rx.cond(Listing.descending, "descending", "ascending"), "none"),
    )


def _row(item: ConnectionItem) -> rx.Component:
    """A row of plain elements: 25 of them are drawn anew with every click."""
    testing = items(Listing.testing).contains(item.uuid)
    deleted = is_deleted(Listing, item.uuid)
    address = routes.LISTING + "/" + item.uuid
    return kept_row(
        Listing,
        item.uuid,
        rx.el.td(
            rx.el.div(
                provider_logo(item.icon, item.service, class_name="logo-small"),
                rx.el.span(item.service, custom_attrs=untranslated()),
                class_name="cell-service",
            )
        ),
        row_name(item.name, address, deleted=deleted),
        rx.el.td(rx.el.span(item.account, class_name="cell-account", custom_attrs=untranslated())),
        rx.el.td(rx.cond(deleted, rx.el.div(class_name="cell-status"), _status(item, testing))),
        row_actions(
            rx.el.a(t("Configure"), href=address, class_name="row-action main"),
            rx.cond(
                item.status != Status.DISCONNECTED.value,
                _action(t("Test Connection"), Listing.test(row_seen(item)), disabled=testing),
            ),
            rx.cond(
                item.status == Status.CONNECTED.value,
                _action(t("Disconnect"), Listing.ask_disconnect(row_seen(item))),
            ),
            _action(t("Remove"), Listing.ask_removal(row_seen(item)), danger=True),
            deleted=deleted,
        ),
    )


def _status(item: ConnectionItem, testing: Flag) -> rx.Component:
    """The word and one line beneath it, so that no row below moves when the status changes."""
    return rx.el.div(
        status_word(item.status, testing=testing),
        rx.cond(
            (text(item.reason) != "") & ~flag(testing),
            rx.el.span(item.reason, title=item.reason, class_name="one-line"),
            rx.cond(item.tested_at, rx.el.span(t("tested "), ago(item.tested_at))),
        ),
        class_name="cell-status",
    )


def _action(
    label: Text, on_click: OnEvent, *, danger: bool = False, disabled: Flag = False
) -> rx.Component:
    return rx.el.button(
        label,
        on_click=on_click,
        class_name="row-action danger" if danger else "row-action",
        disabled=disabled,
        type="button",
    )


def _nothing_yet() -> rx.Component:
    return nothing(
        "plug",
        t("No integrations configured"),
        t("Connect a service such as {providers}.", providers=Listing.provider_names),
    )


def _nothing_found() -> rx.Component:
    return nothing(
        "search-x",
        t("Nothing found"),
        t("No integration matches the search and the filters."),
        rx.link(t("Show all"), href=routes.LISTING, size="2"),
    )
