"""`/admin/settings/integrations`: all connections."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.disconnecting import disconnect_dialog
from integrations_app.components.feedback import notice_callout, problem_callout
from integrations_app.components.list.actions import RowAction, configure, row_actions
from integrations_app.components.list.columns import Column
from integrations_app.components.list.empty import nothing
from integrations_app.components.list.row import identity, is_deleted
from integrations_app.components.list.status import status_cell
from integrations_app.components.list.table import Sorting, kept_table, loading, turning_link
from integrations_app.components.list.toolbar import Choice, choice, search, toolbar
from integrations_app.components.provider_logo import provider_logo
from integrations_app.components.reactive import Flag, flag, items, text
from integrations_app.components.relative_time import ago
from integrations_app.components.removal import removal_dialog
from integrations_app.components.seen import row_seen, seen
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.status import status_words
from integrations_app.components.text import t
from integrations_app.domain.connection import Status
from integrations_app.domain.summary import SortKey
from integrations_app.state.listing import ALL, SEARCH_MAX_LENGTH, Listing
from integrations_app.state.views import ConnectionItem


def page() -> rx.Component:
    """Filters, the rows, and where to go from an empty list."""
    is_empty = (items(Listing.rows).length() == 0) & ~flag(Listing.filtered)
    return shell(
        page_heading(
            t("Integrations"), t("Services that this organisation's code may use."), _add_link()
        ),
        problem_callout(Listing.problem),
        problem_callout(Listing.failure),
        rx.cond(Listing.modules_failing, _about_modules()),
        rx.cond(flag(Listing.loaded) & is_empty, _nothing_yet(), _list()),
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


def _list() -> rx.Component:
    columns = _columns()
    rows = kept_table(
        Listing,
        columns,
        sorting=Sorting(
            key=Listing.sort,
            descending=Listing.descending,
            links=Listing.sort_links,
            turn_to=Listing.turn_to,
        ),
        tools=[choice(_order(), choose=Listing.choose, look="text-button")],
    )
    return rx.el.div(
        _toolbar(),
        rx.cond(
            Listing.loaded,
            rx.cond(items(Listing.rows).length() == 0, _nothing_found(), rows),
            loading(columns),
        ),
        class_name="list-page",
    )


# --- Which rows, and in which order ---


def _toolbar() -> rx.Component:
    return toolbar(
        search(
            t("Search name or account"),
            value=Listing.search,
            on_change=Listing.find,
            max_length=SEARCH_MAX_LENGTH,
        ),
        _needs_attention(),
        *(choice(each, choose=Listing.choose) for each in (_services(), _statuses())),
    )


def _needs_attention() -> rx.Component:
    is_on = Listing.status == Status.ERROR.value
    is_any = (text(Listing.attention) != "0") & (text(Listing.attention) != "")
    return turning_link(
        rx.fragment(t("Needs attention"), rx.el.span(Listing.attention, class_name="count")),
        Listing.attention_link,
        turn_to=Listing.turn_to,
        class_name=rx.cond(is_on, "chip on", rx.cond(is_any, "chip urgent", "chip")),
        **{"aria-current": rx.cond(is_on, "true", "false")},
    )


def _services() -> Choice:
    return Choice(
        part="provider",
        label=t("Service"),
        value=Listing.provider,
        unset=ALL,
        options=[
            rx.select.item(t("All services"), value=ALL),
            rx.foreach(
                Listing.providers, lambda each: rx.select.item(each.label, value=each.value)
            ),
        ],
    )


def _statuses() -> Choice:
    return Choice(
        part="status",
        label=t("Status"),
        value=Listing.status,
        unset=ALL,
        options=[
            rx.select.item(t("Every status"), value=ALL),
            *(rx.select.item(word, value=status) for status, word in status_words().items()),
        ],
    )


def _order() -> Choice:
    words = {
        SortKey.ATTENTION: t("Needs attention first"),
        SortKey.NAME: t("By name"),
        SortKey.SERVICE: t("By service"),
        SortKey.ACCOUNT: t("By account"),
        SortKey.STATUS: t("By status"),
        SortKey.TESTED: t("By last test"),
    }
    return Choice(
        part="sort",
        label=t("Order"),
        value=Listing.sort,
        options=[rx.select.item(word, value=key.value) for key, word in words.items()],
    )


# --- The rows ---


def _columns() -> tuple[Column, ...]:
    return (
        Column(heading=t("Connection"), kind="name", cell=_identity, sort=SortKey.NAME.value),
        Column(heading=t("Status"), kind="status", cell=_status, sort=SortKey.STATUS.value),
        Column(
            heading=t("Last tested"),
            kind="moment",
            cell=_tested,
            place="goes-first",
            sort=SortKey.TESTED.value,
            says_heading=True,
        ),
        Column(heading=t("Actions"), kind="actions", cell=_actions),
    )


def _address(item: ConnectionItem) -> rx.Var[str]:
    return rx.Var.create(routes.LISTING + "/").to(str) + item.uuid


def _identity(item: ConnectionItem) -> rx.Component:
    return identity(
        item.name,
        _address(item),
        item.service,
        item.account,
        deleted=is_deleted(Listing, item.uuid),
        logo=provider_logo(item.icon, item.service, class_name="logo"),
    )


def _status(item: ConnectionItem) -> rx.Component:
    return rx.cond(
        is_deleted(Listing, item.uuid),
        rx.fragment(),
        status_cell(item.status, item.reason, testing=_is_tested(item), tested_at=item.tested_at),
    )


def _tested(item: ConnectionItem) -> rx.Component:
    return rx.cond(item.tested_at, ago(item.tested_at), rx.el.span(t("never")))


def _is_tested(item: ConnectionItem) -> Flag:
    return items(Listing.testing).contains(item.uuid)


def _actions(item: ConnectionItem) -> rx.Component:
    shown = row_seen(item)
    uuid = text(item.uuid)
    copy = rx.call_script(
        rx.Var.create("window.integrationsCopy('").to(str) + uuid + "')",
        callback=Listing.tell_of_copy,
    )
    return row_actions(
        configure(_address(item)),
        (
            RowAction(
                label=t("Test Connection"),
                on_select=Listing.test(shown),
                is_offered=item.status != Status.DISCONNECTED.value,
                is_disabled=_is_tested(item),
            ),
            RowAction(
                label=t("Disconnect"),
                on_select=Listing.ask_disconnect(shown),
                is_offered=item.status == Status.CONNECTED.value,
            ),
            RowAction(label=t("Copy uuid"), on_select=copy),
            RowAction(label=t("Remove"), on_select=Listing.ask_removal(shown), is_final=True),
        ),
        about=text(item.service) + " " + item.name,
        deleted=is_deleted(Listing, item.uuid),
    )


# --- No rows ---


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
        t("No connection matches the search and the filters."),
        rx.link(t("Show all"), href=routes.LISTING, size="2"),
    )
