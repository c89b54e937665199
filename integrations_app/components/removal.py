"""The question before a connection is deleted."""

import reflex as rx

from integrations_app.components.feedback import problem_callout
from integrations_app.components.reactive import OnEvent, items, text
from integrations_app.components.text import t
from integrations_app.state.removal import Removal
from integrations_app.state.views import UsageItem

_KEEP_ID = "keep"

# Radix would move the keyboard between its own trigger and cancel button; here are neither.
_FOCUS_IN = f"""
window.askedFrom = document.activeElement;
document.getElementById("{_KEEP_ID}")?.focus();
"""
_FOCUS_BACK = """
(window.askedFrom?.isConnected ? window.askedFrom : document.getElementById("content"))?.focus();
"""


def removal_dialog(state: type[Removal], *, on_remove: OnEvent) -> rx.Component:
    """Names the connection, says who uses it, and deletes only on the second click."""
    return rx.alert_dialog.root(
        rx.alert_dialog.content(
            rx.alert_dialog.title(t("Remove {name}?", name=state.removing_name)),
            rx.alert_dialog.description(
                t(
                    "The connection and its credentials are deleted for good. "
                    "This cannot be undone."
                ),
                size="2",
            ),
            _usages(state.removing_usages),
            problem_callout(state.removal_problem),
            rx.flex(
                rx.button(
                    t("Keep it"),
                    id=_KEEP_ID,
                    variant="soft",
                    color_scheme="gray",
                    type="button",
                    on_click=state.keep,
                ),
                rx.button(
                    t("Delete for good"), color_scheme="red", type="button", on_click=on_remove
                ),
                spacing="3",
                justify="end",
                wrap="wrap",
            ),
            max_width="480px",
            display="flex",
            style={"flex_direction": "column", "gap": "var(--space-3)"},
            on_escape_key_down=state.keep,
            on_open_auto_focus=rx.call_script(_FOCUS_IN),
            on_close_auto_focus=rx.call_script(_FOCUS_BACK),
        ),
        open=text(state.removing_uuid) != "",
    )


def _usages(usages: list[UsageItem]) -> rx.Component:
    return rx.cond(
        items(usages).length() > 0,
        rx.box(
            rx.text(t("It is used by:"), size="2", weight="medium"),
            rx.el.ul(
                rx.foreach(
                    usages,
                    lambda usage: rx.el.li(
                        rx.cond(
                            usage.url,
                            rx.link(usage.label, href=usage.url, size="2"),
                            rx.text(usage.label, size="2", as_="span"),
                        )
                    ),
                ),
                style={"padding_left": "var(--space-5)", "margin": "0", "list_style": "disc"},
            ),
        ),
        rx.text(t("Nothing that this app knows of uses it."), size="2", color_scheme="gray"),
    )
