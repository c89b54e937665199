"""The question before a connection is removed."""

import reflex as rx

from integrations_app.components.feedback import problem_callout
from integrations_app.components.feedback.confirm_dialog import answers, dialog, keep_button
from integrations_app.components.picker import integration_picker
from integrations_app.components.reactive import OnEvent, Text, items, number, text
from integrations_app.components.seen import seen
from integrations_app.components.text import sentence, t
from integrations_app.components.uses import uses_list
from integrations_app.state.removal import Removal


def removal_dialog(
    state: type[Removal], *, on_remove: OnEvent, on_replace: OnEvent
) -> rx.Component:
    """Names the connection, says who uses it, offers another; removes only on the second click.

    Args:
        state: Whose copy of the question is shown.
        on_remove: Handler of the connection as it was seen, and the places that were named.
        on_replace: The same, with the uuid of the other connection between them.
    """
    return dialog(
        sentence(
            "Remove {service} {name}?",
            service=text(state.removing_service),
            name=text(state.removing_name),
        ),
        t("The connection and its credentials are removed for good. This cannot be undone."),
        rx.cond(_is_used(state), _uses(state), _unused()),
        problem_callout(
            rx.cond(state.removal_problem, state.removal_problem, state.removing_blocked)
        ),
        _answers(state, on_remove, on_replace),
        is_open=text(state.removing_subject) != "",
        on_keep=state.keep,
        max_width="600px",
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
    return answers(
        keep_button(t("Keep it"), on_keep=state.keep),
        rx.cond(
            text(state.removing_blocked) == "",
            rx.button(
                rx.cond(_is_used(state), _anyway(state), t("Remove for good")),
                color_scheme="red",
                variant=rx.cond(_is_used(state), "soft", "solid"),
                type="button",
                on_click=on_remove(asked, state.removing_fingerprint),
            ),
        ),
        rx.cond(
            _is_chosen(state),
            rx.button(
                t("Replace and remove"),
                color_scheme="red",
                type="button",
                on_click=on_replace(asked, state.replacement[0], state.removing_fingerprint),
            ),
        ),
    )


def _anyway(state: type[Removal]) -> Text:
    count = number(state.removing_count)
    return rx.cond(
        count == 1,
        t("Remove anyway – 1 place loses it"),
        t("Remove anyway – {number} places lose it", number=count.to_string()),
    )
