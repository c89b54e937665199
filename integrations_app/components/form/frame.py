"""The form itself: keeps what is typed, says what went wrong on the way, asks before it is left."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import notice_callout
from integrations_app.components.form.attributes import FORM_ID
from integrations_app.components.form.leave_guard import leave_guard
from integrations_app.components.reactive import OnEvent, Text
from integrations_app.components.text import t
from integrations_app.i18n import _
from integrations_app.state.form_answer import ANSWER_MAX_LENGTH


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
    return rx.fragment(
        rx.form(
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
                spacing="5",
            ),
            id=FORM_ID,
            **({} if on_submit is None else {"on_submit": on_submit}),
            no_validate=True,
            reset_on_submit=False,
            key=identity,
            custom_attrs={"data-limited": "true", "data-form": identity, **(custom_attrs or {})},
        ),
        leave_guard(),
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
    return rx.button(
        label,
        type="button",
        size="1",
        variant="surface",
        color_scheme="gray",
        high_contrast=True,
        custom_attrs=marks,
    )
