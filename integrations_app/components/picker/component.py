"""The picker as pages see it; what it does in the browser is in the files beside this one."""

from typing import Any

import reflex as rx

from integrations_app.components.reactive import Flag, OnEvent, Text
from integrations_app.components.status import status_words
from integrations_app.i18n import _
from integrations_app.state.picker import ConnectionChoices, PickerItem


def integration_picker(  # noqa: PLR0913 - what a consumer may say
    *,
    connections: rx.Var[list[PickerItem]] | list[PickerItem],
    selected: rx.Var[list[str]] | list[str],
    on_select: OnEvent,
    provider: Text = "",
    multiple: Flag = False,
    searchable: Flag | None = None,
    compact: Flag = False,
    empty_url: Text = "",
    id: Text = "",  # noqa: A002 - as every component calls it
    label: Text = "",
    **more: Any,
) -> rx.Component:
    """Connections to choose from; shows what is stored and selects nothing by itself.

    A state with `ConnectionChoices` keeps the connections; `choices_of` hands over all of them:

        integration_picker(
            **choices_of(Endpoints), selected=Endpoints.picked, on_select=Endpoints.pick
        )

    Args:
        connections: What there is to choose from.
        selected: The uuids that the consumer has stored; empty texts are passed over.
        on_select: Gets `{"uuid": …, "action": …}` for each click: `select` or `deselect`, with
            `multiple` `add` or `remove`. What comes from a browser is to be checked.
        provider: Key of the only provider to show, besides what is selected; empty for all.
        multiple: Any number may be selected.
        searchable: Whether there is a search field; None for when there are more than 6.
        compact: One line each.
        empty_url: Where a first connection is made.
        id: The element's; unique on the page. Without one it gets one of its own.
        label: What the list is called by screen readers.
        more: Of `choices_of`: `loading` until it is known what there is; `more` where the list
            is not all there is, `searched` what it was searched for, `missing` which uuids of
            `selected` are known to exist no more, and `on_search`, which gets what to search for.
    """
    return _Picker.create(
        connections=connections,
        selected=selected,
        on_select=on_select,
        provider=provider,
        multiple=multiple,
        compact=compact,
        empty_url=empty_url,
        id=id,
        label=label,
        words=_words(),
        **({} if searchable is None else {"searchable": searchable}),
        **{"loading": False, "more": False, "searched": "", "missing": [], **more},
    )


def choices_of(state: type[ConnectionChoices]) -> dict[str, Any]:
    """What a picker takes from the state that keeps its connections."""
    return {
        "connections": state.choices,
        "loading": state.choices_loading,
        "more": state.choices_more,
        "searched": state.choices_searched,
        "missing": state.choices_missing,
        "on_search": state.find_choices,
    }


class _Picker(rx.Component):
    """What picker.jsx exports; the file becomes a part of the app that is built."""

    tag = "IntegrationPicker"

    connections: rx.Var[list[PickerItem]]
    selected: rx.Var[list[str]]
    provider: rx.Var[str]
    multiple: rx.Var[bool]
    searchable: rx.Var[bool]
    compact: rx.Var[bool]
    empty_url: rx.Var[str]
    label: rx.Var[str]
    words: rx.Var[dict[str, Any]]
    loading: rx.Var[bool]
    more: rx.Var[bool]
    searched: rx.Var[str]
    missing: rx.Var[list[str]]
    on_select: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, str])]
    on_search: rx.EventHandler[rx.event.passthrough_event_spec(str)]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> rx.Component:
        """Link the browser's files into the app under construction."""
        for name in ("picker.css", "ages.js", "cards.js", "focus.js"):
            rx.asset(name, shared=True)
        script = rx.asset("picker.jsx", shared=True)
        return super().create(*children, library=script.importable_path, **props)


def _words() -> dict[str, Any]:
    return {
        "label": _("Integrations"),
        "search": _("Search integrations"),
        "searching": _("Searching…"),
        "loading": _("Loading…"),
        "found": _("Found: {number}"),
        "unmatched": _("No integration matches."),
        "more": _("There are more; search to find them."),
        "empty": _("No integrations yet."),
        "add": _("Add Integration"),
        "deleted": _("Integration deleted"),
        "unknown": _("Looking it up…"),
        "tested": _("Tested {age}"),
        "justTested": _("Tested just now"),
        "untested": _("Never tested"),
        "status": status_words(),
    }
