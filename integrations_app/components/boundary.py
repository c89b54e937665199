"""The notice in the place of a page that failed in the browser."""

from collections.abc import Callable

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from integrations_app import routes
from integrations_app.components.text import t
from integrations_app.components.translation import steady

# Not an event: those wait for their turn, and for the server.
_RELOAD = rx.Var("(() => window.location.reload())", _var_type=rx.EventChain)
_LOADED_ANEW = {"reloadDocument": True}
"""Of a link, which otherwise goes on in the program that failed."""


def whole(page: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
    """A page that may be translated, and that says in words when it fails all the same."""
    return lambda: boundary(steady(page()))


def boundary(*children: rx.Component) -> rx.Component:
    """Children, or words and a way on where they cannot be drawn; the server's log has the cause.

    Nothing of it relies on what may have failed: plain elements, and links that load a page anew.
    """
    return ErrorBoundary.create(*children, fallback_render=rx.Var.create(_failed()))


def _failed() -> rx.Component:
    return rx.el.main(
        rx.el.h1(t("This page stopped working")),
        rx.el.p(
            t(
                "Something went wrong while showing it. What was saved is safe. "
                "Reload the page to go on."
            ),
            role="alert",
        ),
        rx.el.p(
            rx.el.button(t("Reload"), type="button", on_click=_RELOAD),
            rx.el.a(t("Back to the list"), href=routes.LISTING, custom_attrs=_LOADED_ANEW),
        ),
        class_name="failed-page",
    )
