"""The buttons of a form, and how it ended what they did."""

import reflex as rx

from integrations_app.components.feedback import outcome_callout, problem_callout
from integrations_app.components.reactive import Flag, Text
from integrations_app.components.text import t


def actions(
    submit: Text,
    *others: rx.Component,
    cancel: Text,
    loading: Flag,
    disabled: Flag,
    problem: Text,
    outcome: Text,
    outcome_ok: Flag,
) -> rx.Component:
    """One primary button, others, the way out; beneath them how it ended.

    Args:
        submit: What the primary button does.
        others: Further buttons.
        cancel: Address to go to without saving.
        loading: Whether what it does is under way.
        disabled: Whether it cannot be done now.
        problem: What went wrong that is not about a field.
        outcome: How it ended.
        outcome_ok: Whether it ended well.
    """
    return rx.el.div(
        rx.el.div(
            rx.button(submit, type="submit", loading=loading, disabled=disabled),
            *others,
            rx.link(t("Cancel"), href=cancel, size="2", class_name="cancel"),
            class_name="form-buttons",
        ),
        problem_callout(problem),
        outcome_callout(outcome, ok=outcome_ok),
        class_name="form-actions",
    )


def test_button(*, action: dict[str, str], loading: Flag, disabled: Flag) -> rx.Component:
    """The button that asks the provider whether what is typed works.

    Args:
        action: Props by which the form's script knows what to ask for.
        loading: Whether it is being asked.
        disabled: Whether it cannot be asked now.
    """
    return rx.button(
        t("Test Connection"),
        type="button",
        variant="surface",
        color_scheme="gray",
        high_contrast=True,
        loading=loading,
        disabled=disabled,
        custom_attrs=action,
    )
