"""A list whose rows stay where they are: what has become of them, and the way to their order."""

import reflex as rx

from integrations_app.components.reactive import Flag, Text, items
from integrations_app.components.text import t
from integrations_app.components.theme import GLOW, ORDER_LINE, QUIET_LINK, TABLE_ROOM
from integrations_app.components.translation import untranslated
from integrations_app.state.paged_list import PagedList

_FOCUS_ON_PAGE = "document.getElementById('content')?.focus({preventScroll: true})"
"""The button goes with its click; the keyboard would begin anew at the top of the window."""


def kept_rows(state: type[PagedList], table: rx.Component) -> rx.Component:
    """A table, and above it how many rows are not in their place; the line moves nothing.

    Args:
        state: The list's state.
        table: Its rows.
    """
    return rx.el.div(
        rx.el.div(
            rx.el.span(state.order_changes, role="status"),
            rx.cond(
                state.order_changes,
                rx.fragment(
                    rx.el.span("·", aria_hidden=True),
                    rx.el.button(
                        t("Refresh order"),
                        on_click=[state.refresh_order, rx.call_script(_FOCUS_ON_PAGE)],
                        class_name="row-action main",
                        type="button",
                    ),
                ),
            ),
            class_name=ORDER_LINE,
        ),
        table,
        class_name=f"kept-rows {TABLE_ROOM}",
    )


def kept_row(state: type[PagedList], uuid: Text, *cells: rx.Component) -> rx.Component:
    """A row that glows when it changes by itself, and is struck out when it is gone.

    Args:
        state: The list's state.
        uuid: Identity of the row.
        cells: What stands in it.
    """
    changed = items(state.changed).contains(uuid)
    gone = is_deleted(state, uuid)
    return rx.el.tr(
        *cells,
        key=uuid,
        class_name=rx.cond(gone, "deleted", rx.cond(changed, GLOW, "")),
    )


def is_deleted(state: type[PagedList], uuid: Text) -> rx.Var[bool]:
    """Return whether a row is shown that exists no more."""
    return items(state.deleted).contains(uuid)


def row_name(name: Text, address: Text, *, deleted: Flag) -> rx.Component:
    """The name that leads to the row's own page, while there is one."""
    return rx.el.th(
        rx.cond(deleted, name, rx.el.a(name, href=address, class_name=QUIET_LINK)),
        scope="row",
        custom_attrs=untranslated(),
    )


def row_actions(*actions: rx.Component, deleted: Flag) -> rx.Component:
    """Return what can be done with a row; what is deleted says so instead."""
    return rx.el.td(
        rx.cond(
            deleted,
            rx.badge(
                rx.icon("trash-2", size=13),
                t("Deleted"),
                color_scheme="gray",
                variant="soft",
                size="2",
                radius="full",
            ),
            rx.el.div(*actions, class_name="row-actions"),
        )
    )
