"""The navigation beside every page: where one is, where one may go, who is signed in."""

import json

import reflex as rx
from reflex_components_core.el.elements.inline import A

from integrations_app import routes
from integrations_app.components.address import is_within
from integrations_app.components.reactive import text
from integrations_app.components.text import t
from integrations_app.components.translation import untranslated
from integrations_app.feature import OPERATE, Destination, destinations
from integrations_app.state.leaving import sign_out, sign_out_at
from integrations_app.state.session import AdminState

_PANEL = "navigation"
"""Id of what the menu button of a narrow window opens."""

_OPERATE = "navigation-operate"
"""Id of the heading of a group."""


def navigation() -> rx.Component:
    """A column at the left; on a narrow window a bar with a menu button."""
    return rx.el.header(
        rx.el.div(_product(), _menu_button(), class_name="navigation-bar"),
        rx.el.div(
            rx.el.nav(*_groups(), aria_label=t("Main")),
            _account(),
            id=_PANEL,
            class_name="navigation-panel",
            custom_attrs={"popover": "auto"},
        ),
        class_name="navigation",
    )


def skip_link(content: str) -> rx.Component:
    """The first stop of the keyboard, past all of the navigation.

    The router would take the address for a page of its own, and leave the focus where it is.

    Args:
        content: Id of the element that it leads to, which takes the focus.
    """
    focus = f"((event) => {{ event.preventDefault(); {focus_on(content)}; }})"
    return A.create(  # no link of the router: that one would carry the page's address
        t("Skip to content"),
        href=f"#{content}",
        on_click=rx.Var(focus, _var_type=rx.EventChain),
        class_name="skip-link",
    )


def focus_on(content: str) -> str:
    """Return the script that gives an element the focus, by its id, if it is there."""
    return f"document.getElementById({json.dumps(content)})?.focus()"


def _product() -> rx.Component:
    return rx.el.a(
        rx.el.img(src=routes.asset("mark.svg"), alt=""),
        t("Integrations"),
        href=routes.LISTING,
        class_name="product",
    )


def _menu_button() -> rx.Component:
    return rx.el.button(
        rx.icon("menu", size=18),
        type="button",
        aria_label=t("Menu"),
        class_name="icon-button menu-button",
        custom_attrs={"popoverTarget": _PANEL},
    )


def _groups() -> tuple[rx.Component, ...]:
    main, operate = tuple(destinations()), tuple(destinations(OPERATE))
    groups = [_group(*main)]
    if operate:
        groups += [
            rx.el.p(t("Operate"), id=_OPERATE, class_name="navigation-heading"),
            _group(*operate, labelled_by=_OPERATE),
        ]
    return (*groups, _way_out()) if routes.is_embedded() else tuple(groups)


def _group(*destinations: Destination, labelled_by: str = "") -> rx.Component:
    attributes = {"aria-labelledby": labelled_by} if labelled_by else {}
    return rx.el.ul(*map(_entry, destinations), custom_attrs=attributes)


def _entry(destination: Destination) -> rx.Component:
    is_here = rx.cond(is_within(destination.address), "page", "false")
    return rx.el.li(
        rx.el.a(destination.label, href=destination.address, custom_attrs={"aria-current": is_here})
    )


def _way_out() -> rx.Component:
    """From pages inside another app back to it."""
    return rx.el.ul(
        rx.el.li(rx.el.a(rx.icon("arrow-left", size=16), t("Back to the app"), href=routes.HOME))
    )


def _account() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span(text(AdminState.admin_email)[0], aria_hidden=True, class_name="initial"),
            rx.el.span(
                AdminState.admin_email,
                title=AdminState.admin_email,
                class_name="one-line",
                custom_attrs={**untranslated(), "data-person": "true"},
            ),
            class_name="person",
        ),
        rx.el.div(
            _sign_out(),
            rx.color_mode.button(size="1", aria_label=t("Switch light and dark")),
            class_name="account-actions",
        ),
        class_name="account",
    )


def _sign_out() -> rx.Component:
    if not routes.is_embedded():
        leave = sign_out()
    elif routes.SIGN_OUT is not None:
        leave = sign_out_at(routes.SIGN_OUT)
    else:
        return rx.fragment()
    return rx.button(
        t("Sign out"), variant="soft", color_scheme="gray", size="1", type="button", on_click=leave
    )
