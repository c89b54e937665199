"""The controls of a setup form, drawn from the declaration of a field."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import notice_callout
from integrations_app.components.reactive import Flag, OnEvent, Text, flag, items, text
from integrations_app.components.text import t
from integrations_app.components.theme import MASKED
from integrations_app.domain.connection import NAME_MAX_LENGTH
from integrations_app.i18n import _
from integrations_app.state.form_answer import ANSWER_MAX_LENGTH
from integrations_app.state.setup_form import NAME_FIELD, SetupForm, field_id
from integrations_app.state.views import FieldItem

FORM_ID = "connection-form"
FORM_VALUES = rx.Var(
    f"Object.fromEntries(new FormData(document.getElementById('{FORM_ID}')))",
    _var_type=dict[str, str],
)
"""What stands in the form at the moment of the click."""

FORM_BEGUN_AT = rx.Var("window.integrationsFormBegunAt()", _var_type=str)
"""Identity of the form that what is typed now was begun in."""

GIVES_UP = {"data-gives-up": "true"}
"""Props of a button that gives up what is typed."""

SENDS_FORM = {"data-sends-form": "true"}
"""Props of a button other than the form's own that sends `FORM_VALUES`."""


def posts_form(action: Text, *, over: int | None = None) -> dict[str, Any]:
    """Return the props of a button, other than the form's own, that posts the form.

    Args:
        action: What the endpoint is to do with it.
        over: The version that is saved over; None for the form's own.
    """
    props: dict[str, Any] = {**SENDS_FORM, "data-posts-form": action}
    return props if over is None else {**props, "data-over": over}


KEPT = {"data-kept": "true"}
"""Props of a field that holds no secret: what was typed is offered again; never of any other."""


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


def secret_form(
    *children: rx.Component, identity: Text, provider: Text, action: str, on_posted: OnEvent
) -> rx.Component:
    """A form whose values post-forms.js sends straight to the server, past the queue of events.

    Args:
        children: Fields, buttons and outcomes, above each other.
        identity: Another one is another form: what was typed into the old one is gone with it.
        provider: Key of the provider that declares the fields.
        action: What the endpoint is to do when the form is submitted.
        on_posted: Gets a `FormAnswer` as JSON, when something begins and when it has ended.
    """
    return rx.fragment(
        setup_form(
            *children,
            rx.el.div(
                rx.text("", size="2", color_scheme="red"),
                hidden=True,
                role="alert",
                custom_attrs={"data-post-problem": "true"},
            ),
            identity=identity,
            custom_attrs={
                "data-posts": routes.endpoint(routes.FORMS),
                "data-action": action,
                "data-provider": provider,
                "data-unreachable": _(
                    "The server did not answer. What you typed is still here; try again in a "
                    "moment."
                ),
                "data-unanswered": _(
                    "The server did not answer, so it is not known whether this was done. What "
                    "you typed is still here; look at the list before you try again."
                ),
                "data-waiting": _("The answer to your last click has not come yet. Wait for it."),
            },
        ),
        # What the script says arrives here; React hears of it as it hears of typing.
        rx.el.input(
            type="text",
            on_change=on_posted,
            hidden=True,
            aria_label=t("Answers to this form"),
            max_length=ANSWER_MAX_LENGTH,
            custom_attrs={"data-hears-posts": "true"},
        ),
    )


def setup_form(
    *children: rx.Component,
    identity: Text,
    on_submit: OnEvent | None = None,
    custom_attrs: Mapping[str, Any] | None = None,
) -> rx.Component:
    """The form itself; forms.js keeps what is typed and stops what is too large for the socket.

    Args:
        children: Fields, buttons and outcomes, above each other.
        identity: Another one is another form: what was typed into the old one is gone with it.
        on_submit: Gets what stands in the fields.
        custom_attrs: More of the form's attributes.
    """
    return rx.form(
        rx.flex(
            _typed_before(),
            *children,
            rx.el.div(
                rx.text(
                    t("This is too much to send at once: more than 500 kB. Shorten it."),
                    size="2",
                    color_scheme="red",
                ),
                hidden=True,
                role="alert",
                custom_attrs={"data-too-large": "true"},
            ),
            direction="column",
            spacing="4",
        ),
        id=FORM_ID,
        **({} if on_submit is None else {"on_submit": on_submit}),
        no_validate=True,
        reset_on_submit=False,
        key=identity,
        custom_attrs={"data-limited": "true", "data-form": identity, **(custom_attrs or {})},
    )


def _typed_before() -> rx.Component:
    """The offer of what was typed here before and not saved; drafts.js shows it."""
    return rx.el.div(
        notice_callout(
            t("You typed something here that was not saved."),
            rx.flex(
                _choice(t("Put it back"), {"data-puts-back": "true"}),
                _choice(t("Discard it"), {"data-forgets": "true"}),
                spacing="3",
                wrap="wrap",
            ),
        ),
        hidden=True,
        custom_attrs={"data-typed-before": "true"},
    )


def _choice(label: Text, marks: dict[str, str]) -> rx.Component:
    return rx.button(label, type="button", size="1", variant="soft", custom_attrs=marks)


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
        max_length=NAME_MAX_LENGTH,
        **props,
    )


def text_field(
    key: str, label: Text, *, value: Text, problem: Text, help_text: Text, **props: Any
) -> rx.Component:
    """One line of text with label, help and what is wrong with it.

    Args:
        key: Name of the field in the form.
        label: What it is called.
        value: What stands in it at first.
        problem: What is wrong with it.
        help_text: One sentence beneath it.
        props: More of the input, `max_length` among them.
    """
    return _labelled(
        field_id(key),
        label,
        rx.input(
            id=field_id(key),
            name=key,
            default_value=value,
            aria_invalid=text(problem).is_not_none(),
            aria_describedby=f"{field_id(key)}-help {field_id(key)}-problem",
            width="100%",
            **_LEFT_ALONE,
            **KEPT,
            **props,
        ),
        help_text=help_text,
        problem=problem,
    )


def setup_field(state: type[SetupForm], field: FieldItem, **props: Any) -> rx.Component:
    """One declared field with label, help and what is wrong with it."""
    problem = state.problems[field.key]
    control_id = text(field_id("")) + field.key
    common: dict[str, Any] = {
        "id": control_id,
        "name": field.key,
        "aria_invalid": text(problem).is_not_none(),
        "aria_describedby": control_id + "-help " + control_id + "-problem",
        **props,
    }
    return _labelled(
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
    described = {key: value for key, value in common.items() if key not in ("on_change", "name")}
    return rx.select.root(
        rx.select.trigger(width="100%", **described),
        rx.select.content(
            rx.foreach(field.options, lambda each: rx.select.item(each.label, value=each.value))
        ),
        name=field.key,
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


def _labelled(
    control_id: Text,
    label: Text,
    control: rx.Component,
    *,
    help_text: Text,
    problem: Text,
    removed: Text = "",
    optional: Flag = False,
) -> rx.Component:
    return rx.flex(
        rx.flex(
            rx.el.label(rx.text(label, size="2", weight="medium"), html_for=control_id),
            rx.cond(optional, rx.text(t("Optional"), size="1", color_scheme="gray")),
            justify="between",
            align="baseline",
        ),
        control,
        rx.cond(
            help_text,
            rx.text(help_text, size="1", color_scheme="gray", id=text(control_id) + "-help"),
        ),
        rx.box(
            rx.cond(problem, rx.text(problem, size="1", color_scheme="red")),
            id=text(control_id) + "-problem",
            role="alert",
        ),
        rx.box(
            rx.cond(removed, rx.text(removed, size="1", color_scheme="gray")),
            aria_live="polite",
        ),
        direction="column",
        spacing="1",
        width="100%",
    )
