"""The table of a list, and what stands in its place and around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from integrations_app.components.list.columns import Column
from integrations_app.components.list.row import kept_row
from integrations_app.components.reactive import Flag, OnEvent, Text, text
from integrations_app.components.text import t
from integrations_app.components.theme import TABLE, TABLE_ROOM
from integrations_app.state.paged_list import PagedList

_SKELETON_ROWS = 8
_FOCUS_ON_PAGE = "document.getElementById('content')?.focus({preventScroll: true})"
"""The button goes with its click; the keyboard would begin anew at the top of the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """The order of the rows, and the ways to sort them otherwise.

    Attributes:
        key: `Column.sort` of the column that they are sorted by.
        descending: They begin with the last.
        links: Address of each order by its key; the other way round for the present one.
        turn_to: Handler that gets such an address and shows its rows.
    """

    key: Text
    descending: Flag
    links: Mapping[str, str]
    turn_to: Callable[..., OnEvent]


def kept_table(
    state: type[PagedList],
    columns: Sequence[Column],
    *,
    sorting: Sorting | None = None,
    tools: Sequence[rx.Component] = (),
) -> rx.Component:
    """Rows that stay where they are, with how many have changed and where in the list they are.

    Args:
        state: The list's state, which has `rows`.
        columns: What a row shows, the one that identifies it first.
        sorting: How columns with a `sort` are sorted; None if none is.
        tools: What stands beside the position.
    """

    def row(item: Any) -> rx.Component:
        return kept_row(state, item.uuid, *cells(columns, item))

    return rx.el.div(
        _about_rows(state, *tools),
        table(columns, rx.foreach(state.rows, row), sorting=sorting),  # pyright: ignore[reportAttributeAccessIssue]
        _pager(state.previous_link, state.next_link, turn_to=state.turn_to),
        class_name="list",
    )


def table(
    columns: Sequence[Column], rows: rx.Component, *, sorting: Sorting | None = None
) -> rx.Component:
    """The table alone; cards where the columns have no room."""
    # Said in so many words, since browsers forget what elements are that are laid out otherwise.
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(*(_heading(column, sorting) for column in columns), role="row"),
                role="rowgroup",
            ),
            rx.el.tbody(rows, role="rowgroup"),
            role="table",
            class_name=TABLE,
        ),
        class_name=TABLE_ROOM,
    )


def cells(columns: Sequence[Column], item: Any) -> list[rx.Component]:
    """The cells of a row, the first of which names it."""
    return [_cell(column, item, is_first=at == 0) for at, column in enumerate(columns)]


def loading(columns: Sequence[Column]) -> rx.Component:
    """Rows of the same shape, where rows are about to be."""
    rows = [
        rx.el.tr(
            *(
                rx.el.td(_bones(column), role="cell", class_name=column.class_name)
                for column in columns
            ),
            role="row",
        )
        for _at in range(_SKELETON_ROWS)
    ]
    return rx.el.div(
        rx.el.div(class_name="about-rows"),
        rx.el.div(table(columns, rx.fragment(*rows)), aria_hidden="true"),
        role="status",
        aria_busy="true",
        aria_label=t("Loading"),
        class_name="list",
    )


def _bones(column: Column) -> rx.Component:
    match column.kind:
        case "name":
            logo = rx.el.div(class_name="bone bone-logo")
            lines = (rx.el.div(class_name="bone"), rx.el.div(class_name="bone bone-short"))
            return rx.el.div(logo, rx.el.div(*lines, class_name="stacked"), class_name="identity")
        case "actions":
            return rx.el.div(class_name="bone bone-button")
        case _other:
            return rx.el.div(class_name="bone")


def _heading(column: Column, sorting: Sorting | None) -> rx.Component:
    if sorting is not None and column.sort:
        return _sortable(column, sorting)
    is_heard = column.kind == "actions"
    words = rx.el.span(column.heading, class_name="only-heard") if is_heard else column.heading
    return rx.el.th(words, scope="col", role="columnheader", class_name=column.class_name)


def _sortable(column: Column, sorting: Sorting) -> rx.Component:
    active = text(sorting.key) == column.sort
    arrow = rx.cond(
        sorting.descending, rx.icon("arrow-down", size=12), rx.icon("arrow-up", size=12)
    )
    return rx.el.th(
        turning_link(
            rx.fragment(column.heading, rx.cond(active, arrow)),
            sorting.links[column.sort],
            turn_to=sorting.turn_to,
            class_name="sorts",
        ),
        scope="col",
        role="columnheader",
        aria_sort=rx.cond(active, rx.cond(sorting.descending, "descending", "ascending"), "none"),
        class_name=column.class_name,
    )


def _cell(column: Column, item: Any, *, is_first: bool) -> rx.Component:
    content = column.cell(item)
    if is_first:
        return rx.el.th(content, scope="row", role="rowheader", class_name=column.class_name)
    label = [rx.el.span(column.heading, class_name="cell-heading")] if column.says_heading else []
    return rx.el.td(*label, content, role="cell", class_name=column.class_name)


def _about_rows(state: type[PagedList], *tools: rx.Component) -> rx.Component:
    """One line of the same height whatever it says, so that no row moves."""
    return rx.el.div(
        rx.el.span(state.order_changes, role="status"),
        rx.cond(
            state.order_changes,
            rx.el.button(
                t("Refresh order"),
                on_click=[state.refresh_order, rx.call_script(_FOCUS_ON_PAGE)],
                class_name="text-button",
                type="button",
            ),
        ),
        rx.el.span(class_name="spring"),
        *tools,
        rx.el.span(state.position, role="status", class_name="position"),
        class_name="about-rows",
    )


def _pager(previous_link: Text, next_link: Text, *, turn_to: Callable[..., Any]) -> rx.Component:
    """Links to the pages before and behind; each only if there is one."""

    def turn(label: Text, link: Text) -> rx.Component:
        return rx.cond(link, turning_link(label, link, turn_to=turn_to, class_name="text-button"))

    return rx.cond(
        (text(next_link) != "") | (text(previous_link) != ""),
        rx.el.nav(
            turn(t("Previous"), previous_link),
            turn(t("Next"), next_link),
            aria_label=t("Pages"),
            class_name="pager",
        ),
    )


def turning_link(
    label: Text | rx.Component,
    address: Text,
    *,
    turn_to: Callable[..., OnEvent],
    class_name: Text,
    **attributes: Text,
) -> rx.Component:
    """A link whose rows are shown before the browser goes there; in a new tab, like any other.

    Args:
        label: What it says.
        address: Where it leads.
        turn_to: Handler that gets the address and shows its rows.
        class_name: How it looks.
        attributes: What it says of itself.
    """
    return rx.el.a(
        label,
        href=address,
        on_click=turn_to(address).prevent_default,
        class_name=class_name,
        custom_attrs={"data-turns": "true", **attributes},
    )
