"""The notice of a form when somebody else changed what it shows."""

from typing import Any

import reflex as rx

from integrations_app.components.feedback.callouts import notice_callout
from integrations_app.components.form.attributes import GIVES_UP, SENDS_FORM
from integrations_app.components.reactive import OnEvent, Text
from integrations_app.components.text import t


def changed_notice(sentence: Text, *, on_load: OnEvent) -> rx.Component:
    """While somebody types: says so, and offers the new values.

    Args:
        sentence: Who changed what.
        on_load: Gives up what is typed.
    """
    return notice_callout(sentence, _load(on_load))


def conflict_notice(fields: Text, *, on_load: OnEvent, **save_over: Any) -> rx.Component:
    """After a save that was refused: both ways on.

    Args:
        fields: What somebody else changed.
        on_load: Gives up what is typed.
        save_over: Props of the button that saves it all the same.
    """
    return notice_callout(
        t("Someone else changed {fields} meanwhile. What you typed is still here.", fields=fields),
        rx.flex(
            _load(on_load),
            rx.button(
                t("Save over them"),
                type="button",
                size="1",
                color_scheme="red",
                variant="surface",
                **{"custom_attrs": dict(SENDS_FORM), **save_over},
            ),
            spacing="3",
            wrap="wrap",
        ),
    )


def _load(on_load: OnEvent) -> rx.Component:
    return rx.button(
        t("Load the new values"),
        type="button",
        size="1",
        variant="surface",
        color_scheme="gray",
        high_contrast=True,
        align_self="start",
        on_click=on_load,
        custom_attrs=dict(GIVES_UP),
    )
