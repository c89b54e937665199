"""Actions of a row: one link that is seen, and a menu with the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex_components_radix.themes.base import RadixThemesComponent

from integrations_app.components.reactive import Flag, OnEvent, Text
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated


class _MenuLabel(RadixThemesComponent):
    """The heading of a menu, which Reflex has no component for."""

    tag = "DropdownMenu.Label"


class _RowMenu(rx.Component):
    """Component of row-menu.jsx; the file becomes a part of the app that is built."""

    tag = "RowMenu"

    label: rx.Var[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAction:
    """An entry of a row's menu.

    Attributes:
        label: What it says.
        on_select: What it does, with the row as it was seen; None for a link.
        address: Where a link leads.
        is_offered: Whether it can be done with such a row at all.
        is_disabled: Whether it cannot be done just now.
        is_final: It takes something away for good, and stands apart.
    """

    label: Text
    on_select: OnEvent = None
    address: Text | None = None
    is_offered: Flag = True
    is_disabled: Flag = False
    is_final: bool = False


def row_actions(
    link: rx.Component, actions: Sequence[RowAction], *, about: Text, deleted: Flag
) -> rx.Component:
    """The actions of a row; one that is removed says so instead.

    Args:
        link: The action that is seen.
        actions: Those in the menu.
        about: What the menu is about, whole: the row may have no room for it.
        deleted: Whether the row exists no more.
    """
    return rx.cond(
        deleted,
        rx.el.span(t("Removed"), class_name="tag"),
        rx.el.div(link, _menu(actions, about=about), class_name="row-actions"),
    )


def configure(address: Text) -> rx.Component:
    """The link to the page where a row is changed."""
    return rx.el.a(t("Configure"), href=address, class_name="quiet-button")


def _menu(actions: Sequence[RowAction], *, about: Text) -> rx.Component:
    script = rx.asset("row-menu.jsx", shared=True)
    return _RowMenu.create(
        rx.dropdown_menu.content(
            _MenuLabel.create(about, custom_attrs=untranslated()),
            *(part for action in actions for part in _entry(action)),
            variant="soft",
            align="end",
        ),
        library=script.importable_path,
        label=t("More actions"),
        class_name="icon-button",
    )


def _entry(action: RowAction) -> list[rx.Component]:
    properties: dict[str, Any] = {"color_scheme": "red"} if action.is_final else {}
    if action.address is None:
        properties |= {"on_select": action.on_select, "disabled": action.is_disabled}
        item = rx.dropdown_menu.item(action.label, **properties)
    else:
        link = rx.el.a(action.label, href=action.address)
        item = rx.dropdown_menu.item(link, as_child=True, **properties)
    shown = item if action.is_offered is True else rx.cond(action.is_offered, item)
    return [rx.dropdown_menu.separator(), shown] if action.is_final else [shown]
