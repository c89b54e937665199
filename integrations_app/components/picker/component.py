"""The picker as pages see it; what it does in the browser is in the files beside this one."""

from typing import Any

import reflex as rx

from integrations_app import routes
from integrations_app.components.reactive import Flag, OnEvent, Text
from integrations_app.components.status import status_words
from integrations_app.i18n import _
from integrations_app.state.picker import ConnectionChoices, PickerItem

_PARTS = (
    *("picker.css", "ages.js", "cards.js", "focus.js"),
    *("card.jsx", "drop-down.jsx", "list.jsx", "outcome.jsx"),
)
_ALL_IS_KNOWN: dict[str, Any] = {
    "loading": False,
    "forbidden": False,
    "more": False,
    "searched": "",
    "missing": [],
}


def integration_picker(  # noqa: PLR0913 - what a consumer may say
    *,
    connections: rx.Var[list[PickerItem]] | list[PickerItem],
    selected: rx.Var[list[str]] | list[str],
    on_select: OnEvent,
    provider: Text = "",
    multiple: Flag = False,
    searchable: Flag | None = None,
    compact: Flag = False,
    dropdown: Flag = False,
    empty_url: Text = "",
    sign_in_url: Text | None = None,
    id: Text = "",  # noqa: A002 - as every component calls it
    label: Text = "",
    labelled_by: Text = "",
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
        dropdown: One line that shows what is selected, and opens the list on a click.
        empty_url: Where a first connection is made.
        sign_in_url: Where whoever may see no connections can sign in; None for the page that
            `IntegrationsPlugin` names, if the app has it.
        id: The element's; unique on the page. Without one it gets one of its own.
        label: What stands above it, and what screen readers call it.
        labelled_by: Id of an element of the page that names it, in place of `label`.
        more: Of `choices_of`: `loading` until it is known what there is, `forbidden` where
            whoever looks may not see connections; `more` where the list
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
        dropdown=dropdown,
        empty_url=empty_url,
        sign_in_url=_hosts_sign_in() if sign_in_url is None else sign_in_url,
        id=id,
        label=label,
        labelled_by=labelled_by,
        words=_words(),
        **({} if searchable is None else {"searchable": searchable}),
        **{**_ALL_IS_KNOWN, **more},
    )


def choices_of(state: type[ConnectionChoices]) -> dict[str, Any]:
    """Return what a picker takes from the state that keeps its connections."""
    return {
        "connections": state.choices,
        "loading": state.choices_loading,
        "forbidden": state.choices_forbidden,
        "more": state.choices_more,
        "searched": state.choices_searched,
        "missing": state.choices_missing,
        "on_search": state.find_choices,
    }


def _hosts_sign_in() -> str:
    return routes.LOGIN if routes.is_embedded() else ""


class _Picker(rx.Component):
    """Component of picker.jsx; the file becomes a part of the app that is built."""

    tag = "IntegrationPicker"

    connections: rx.Var[list[PickerItem]]
    selected: rx.Var[list[str]]
    provider: rx.Var[str]
    multiple: rx.Var[bool]
    searchable: rx.Var[bool]
    compact: rx.Var[bool]
    dropdown: rx.Var[bool]
    empty_url: rx.Var[str]
    sign_in_url: rx.Var[str]
    label: rx.Var[str]
    labelled_by: rx.Var[str]
    words: rx.Var[dict[str, Any]]
    loading: rx.Var[bool]
    forbidden: rx.Var[bool]
    more: rx.Var[bool]
    searched: rx.Var[str]
    missing: rx.Var[list[str]]
    on_select: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, str])]
    on_search: rx.EventHandler[rx.event.passthrough_event_spec(str)]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> rx.Component:
        """Link the browser's files into the app under construction."""
        for name in _PARTS:
            rx.asset(name, shared=True)
        script = rx.asset("picker.jsx", shared=True)
        return super().create(*children, library=script.importable_path, **props)


def _words() -> dict[str, Any]:
    return {
        "label": _("Integrations"),
        "search": _("Search integrations"),
        "searching": _("Searching…"),
        "loading": _("Loading…"),
        "forbidden": _("You are not signed in, or may not see integrations."),
        "signIn": _("Sign in"),
        "choose": _("Choose an integration"),
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
