"""The question before a connection is deleted."""

import reflex as rx

from integrations_app.components.feedback import problem_callout
from integrations_app.components.picker import integration_picker
from integrations_app.components.reactive import OnEvent, Text, items, number, text
from integrations_app.components.seen import seen
from integrations_app.components.text import sentence, t
from integrations_app.components.theme import QUESTION
from integrations_app.components.uses import uses_list
from integrations_app.state.removal import Removal

_KEEP_ID = "keep"

# Radix would move the keyboard between its own trigger and cancel button; here are neither.
_FOCUS_IN = f"""
window.askedFrom = document.activeElement;
document.getElementById("{_KEEP_ID}")?.focus();
"""
_FOCUS_BACK = """
(window.askedFrom?.isConnected ? window.askedFrom : document.getElementById("content"))?.focus();
"""


def removal_dialog(
    state: type[Removal], *, on_remove: OnEvent, on_replace: OnEvent
) -> rx.Component:
    """Names the connection, says who uses it, offers another; deletes only on the second click.

    Args:
        state: Whose copy of the question is shown.
        on_remove: Handler of the connection as it was seen, and the places that were named.
        on_replace: The same, with the uuid of the other connection between them.
    """
    return rx.alert_dialog.root(
        rx.alert_dialog.content(
            rx.alert_dialog.title(
                sentence(
                    "Delete {service} {name}?",
                    service=text(state.removing_service),
                    name=text(state.removing_name),
                )
            ),
            rx.alert_dialog.description(
                t(
                    "The connection and its credentials are deleted for good. "
                    "This cannot be undone."
                ),
            ),
            rx.cond(_is_used(state), _uses(state), _unused()),
            problem_callout(
                rx.cond(state.removal_problem, state.removal_problem, state.removing_blocked)
            ),
            _answers(state, on_remove, on_replace),
            max_width="600px",
            display="flex",
            style={"flex_direction": "column", "gap": "var(--space-3)"},
            class_name=QUESTION,
            on_escape_key_down=state.keep,
            on_open_auto_focus=rx.call_script(_FOCUS_IN),
            on_close_auto_focus=rx.call_script(_FOCUS_BACK),
        ),
        open=text(state.removing_subject) != "",
    )


def _is_used(state: type[Removal]) -> rx.Var[bool]:
    return number(state.removing_count) > 0


def _unused() -> rx.Component:
    return rx.text(t("Nothing that this app knows of uses it."), size="2", color_scheme="gray")


def _uses(state: type[Removal]) -> rx.Component:
    return rx.flex(
        rx.text(t("It is used by:"), size="2", weight="medium"),
        uses_list(state.removing_usages, more=state.removing_more),
        _replacement(state),
        direction="column",
        spacing="2",
    )


def _replacement(state: type[Removal]) -> rx.Component:
    """The choice of another connection for all these places; nothing is chosen beforehand."""
    return rx.cond(
        (items(state.replacements).length() > 0) | (text(state.replacements_searched) != ""),
        rx.flex(
            integration_picker(
                connections=state.replacements,
                selected=state.replacement,
                on_select=state.choose_replacement,
                on_search=state.find_replacement,
                more=state.replacements_more,
                searched=state.replacements_searched,
                compact=True,
                id="replacement",
                label=t("Replace with"),
            ),
            rx.text(
                rx.cond(
                    state.replacement_is_foreign,
                    t("That is another service: look at these places afterwards."),
                    rx.cond(_is_chosen(state), t("All these places use it from then on."), ""),
                ),
                size="1",
                color_scheme="gray",
                role="status",
            ),
            direction="column",
            spacing="1",
            padding_top="var(--space-2)",
        ),
    )


def _is_chosen(state: type[Removal]) -> rx.Var[bool]:
    return items(state.replacement).length() > 0


def _answers(state: type[Removal], on_remove: OnEvent, on_replace: OnEvent) -> rx.Component:
    asked = seen(state.removing_subject)
    return rx.flex(
        rx.button(
            t("Keep it"),
            id=_KEEP_ID,
            variant="soft",
            color_scheme="gray",
            type="button",
            on_click=state.keep,
        ),
        rx.cond(
            text(state.removing_blocked) == "",
            rx.button(
                rx.cond(_is_used(state), _anyway(state), t("Delete for good")),
                color_scheme="red",
                variant=rx.cond(_is_used(state), "soft", "solid"),
                type="button",
                on_click=on_remove(asked, state.removing_fingerprint),
            ),
        ),
        rx.cond(
            _is_chosen(state),
            rx.button(
                t("Replace and delete"),
                color_scheme="red",
                type="button",
                on_click=on_replace(asked, state.replacement[0], state.removing_fingerprint),
            ),
        ),
        spacing="3",
        justify="end",
        wrap="wrap",
    )


def _anyway(state: type[Removal]) -> Text:
    count = number(state.removing_count)
    return rx.cond(
        count == 1,
        t("Delete anyway – 1 place loses it"),
        t("Delete anyway – {number} places lose it", number=count.to_string()),
    )
