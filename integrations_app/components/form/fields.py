"""The controls of a form: label, help, and what is wrong, each where it belongs."""

from typing import Any

import reflex as rx

from integrations_app.components.form.attributes import KEPT
from integrations_app.components.reactive import Flag, Text, flag, items, text
from integrations_app.components.text import t
from integrations_app.components.theme import MASKED
from integrations_app.domain.connection import NAME_MAX_LENGTH
from integrations_app.state.setup_form import NAME_FIELD, SetupForm, field_id
from integrations_app.state.views import FieldItem

_LEFT_ALONE = {
    "auto_complete": "off",
    "spell_check": False,
    "auto_correct": "off",
    "auto_capitalize": "off",
    "data-1p-ignore": "true",
    "data-lpignore": "true",
    "data-bwignore": "true",
    "data-form-type": "other",
}
"""Says to password managers and spell-checkers that this is none of theirs."""


def name_field(state: type[SetupForm], *, value: Text, **props: Any) -> rx.Component:
    """The connection's name, always asked for."""
    return text_field(
        NAME_FIELD,
        t("Connection Name"),
        value=value,
        problem=state.problems[NAME_FIELD],
        help_text=t(
            "Letters, digits, - and _, such as main or marketing-eu. You can change it any time."
        ),
        required=True,
        max_length=NAME_MAX_LENGTH,
        **props,
    )


def text_field(
    key: str,
    label: Text,
    *,
    value: Text,
    problem: Text,
    help_text: Text,
    required: bool = False,
    **props: Any,
) -> rx.Component:
    """One line of text with label, help and what is wrong with it.

    Args:
        key: Name of the field in the form.
        label: What it is called.
        value: What stands in it at first.
        problem: What is wrong with it.
        help_text: One sentence beneath it.
        required: It cannot stay empty.
        props: More of the input, `max_length` among them.
    """
    return labelled(
        field_id(key),
        label,
        rx.input(
            id=field_id(key),
            name=key,
            default_value=value,
            required=required,
            width="100%",
            **described(field_id(key), problem),
            **_LEFT_ALONE,
            **KEPT,
            **props,
        ),
        help_text=help_text,
        problem=problem,
        required=required,
    )


def setup_field(state: type[SetupForm], field: FieldItem, **props: Any) -> rx.Component:
    """One declared field with label, help and what is wrong with it."""
    problem = state.problems[field.key]
    control_id = text(field_id("")) + field.key
    required = flag(field.required) & ~flag(field.saved)
    common: dict[str, Any] = {
        "id": control_id,
        "name": field.key,
        "required": required,
        **described(control_id, problem),
        **props,
    }
    return labelled(
        control_id,
        field.label,
        rx.cond(
            field.secret,
            _secret(state, field, common),
            rx.cond(field.kind == "select", _select(field, common), _text(field, common)),
        ),
        help_text=field.help,
        problem=problem,
        removed=state.removed[field.key],
        required=required,
        optional=~flag(field.required),
    )


def _text(field: FieldItem, common: dict[str, Any]) -> rx.Component:
    return rx.input(
        default_value=field.value,
        placeholder=field.placeholder,
        max_length=field.max_length,
        input_mode=rx.cond(field.kind == "number", "numeric", "text"),
        width="100%",
        **_LEFT_ALONE,
        **KEPT,
        **common,
    )


def _select(field: FieldItem, common: dict[str, Any]) -> rx.Component:
    of_root = ("on_change", "name", "required")
    of_trigger = {key: value for key, value in common.items() if key not in of_root}
    return rx.select.root(
        rx.select.trigger(width="100%", **of_trigger),
        rx.select.content(
            rx.foreach(field.options, lambda each: rx.select.item(each.label, value=each.value))
        ),
        name=field.key,
        required=common["required"],
        default_value=field.value,
        on_change=[common["on_change"]] if "on_change" in common else [],
    )


def _secret(state: type[SetupForm], field: FieldItem, common: dict[str, Any]) -> rx.Component:
    shown = items(state.revealed).contains(field.key)
    return rx.box(
        rx.input(
            rx.input.slot(
                rx.icon_button(
                    rx.cond(shown, rx.icon("eye-off", size=14), rx.icon("eye", size=14)),
                    type="button",
                    variant="ghost",
                    color_scheme="gray",
                    size="1",
                    aria_label=rx.cond(
                        shown,
                        t("Hide {label}", label=field.label),
                        t("Show {label}", label=field.label),
                    ),
                    on_click=state.reveal(field.key),
                ),
                side="right",
            ),
            type="text",
            placeholder=rx.cond(
                field.saved, t("Saved. Type a new one to replace it."), field.placeholder
            ),
            max_length=field.max_length,
            width="100%",
            **_LEFT_ALONE,
            **common,
        ),
        class_name=rx.cond(shown, "", MASKED),
        width="100%",
    )


def described(control_id: Text, problem: Text) -> dict[str, Any]:
    """Return the props by which screen readers find a control's help and what is wrong with it.

    Args:
        control_id: The control's.
        problem: What is wrong with it; none while nothing is.
    """
    return {
        "aria_invalid": text(problem).is_not_none(),
        "aria_describedby": text(control_id) + "-help " + text(control_id) + "-problem",
    }


def labelled(  # noqa: PLR0913 - each a part of what people see
    control_id: Text,
    label: Text,
    control: rx.Component,
    *,
    help_text: Text = "",
    problem: Text | None = None,
    removed: Text | None = None,
    required: Flag = False,
    optional: Flag = False,
) -> rx.Component:
    """A control with its label above, and beneath it what is wrong and what helps.

    Args:
        control_id: The control's; the control has the props of `described`.
        label: What it is called.
        control: The control itself.
        help_text: One sentence.
        problem: What is wrong, said when it comes; None where nothing is ever said.
        removed: What was left out of what was pasted, said likewise.
        required: It cannot stay empty; the control says so itself, too.
        optional: It may stay empty, among others that may not.
    """
    return rx.el.div(
        rx.el.div(
            rx.el.label(label, html_for=control_id),
            rx.cond(
                required,
                # The control says it to screen readers.
                rx.el.span(t("Required"), class_name="field-note", aria_hidden="true"),
                rx.cond(optional, rx.el.span(t("Optional"), class_name="field-note")),
            ),
            class_name="field-head",
        ),
        control,
        *(() if problem is None else (problem_line(control_id, problem),)),
        rx.cond(help_text, rx.el.p(help_text, id=text(control_id) + "-help")),
        *(() if removed is None else (_removed_line(removed),)),
        class_name="field",
    )


def _removed_line(removed: Text) -> rx.Component:
    return rx.el.p(removed, aria_live="polite", class_name="field-removed")


def problem_line(control_id: Text, problem: Text) -> rx.Component:
    """The problem of a control, beneath it; its place is there before there is anything."""
    return rx.el.div(
        rx.cond(
            problem,
            rx.fragment(rx.icon("circle-alert", size=14), rx.el.span(problem)),
            rx.fragment(),
        ),
        id=text(control_id) + "-problem",
        role="alert",
        class_name="field-problem",
    )
