"""A row of a list, which stays where it is while others work on what it shows."""

import reflex as rx

from integrations_app.components.reactive import Flag, Text, items, text
from integrations_app.components.theme import GLOW
from integrations_app.components.translation import untranslated
from integrations_app.state.paged_list import PagedList


def kept_row(state: type[PagedList], uuid: Text, *cells: rx.Component) -> rx.Component:
    """A row that glows when it changes by itself, and is struck out when it is gone.

    Args:
        state: The list's state.
        uuid: Identity of the row.
        cells: What stands in it.
    """
    changed = items(state.changed).contains(uuid)
    return rx.el.tr(
        *cells,
        key=uuid,
        role="row",
        class_name=rx.cond(is_deleted(state, uuid), "deleted", rx.cond(changed, GLOW, "")),
    )


def is_deleted(state: type[PagedList], uuid: Text) -> rx.Var[bool]:
    """Return whether a row is shown that exists no more."""
    return items(state.deleted).contains(uuid)


def identity(
    name: Text,
    address: Text,
    *beneath: Text,
    deleted: Flag,
    logo: rx.Component | None = None,
) -> rx.Component:
    """The name in weight, which leads to the row's own page while there is one.

    Args:
        name: The name; what there is no room for is in the row's menu.
        address: The row's own page.
        beneath: What stands below it, in one line; the first part is never empty.
        deleted: Whether the row exists no more.
        logo: What stands before it.
    """
    link = rx.el.a(name, href=address, title=name, class_name="row-name one-line")
    first, *rest = beneath or ("",)
    line = [rx.el.span(first), *(_further(each) for each in rest)]
    return rx.el.div(
        *([logo] if logo else []),
        rx.el.div(
            rx.cond(deleted, rx.el.span(name, class_name="row-name one-line"), link),
            *([rx.el.span(*line, class_name="quiet one-line")] if beneath else []),
            class_name="stacked",
        ),
        class_name="identity",
        custom_attrs=untranslated(),
    )


def one_line(value: Text, *, class_name: str = "") -> rx.Component:
    """A text that is cut where there is no more room."""
    return rx.el.span(
        value, title=value, class_name=f"one-line {class_name}", custom_attrs=untranslated()
    )


def _further(value: Text) -> rx.Component:
    return rx.cond(value, rx.el.span(" · ", text(value)))
