"""The forms of whoever is not signed in."""

from typing import Any

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import notice_callout, problem_callout
from integrations_app.components.form.fields import labelled
from integrations_app.components.reactive import Text
from integrations_app.components.text import t
from integrations_app.security.passwords import MAX_LENGTH
from integrations_app.state.login import FORM_ID, Login

_EMAIL_MAX_LENGTH = 254


def auth_form(
    title: Text,
    sentence: Text,
    *,
    password_hint: str = "",
    new_password: bool = False,
    submit: Text,
    endpoint: str,
    on_submit: Any,
) -> rx.Component:
    """Mark, heading, a sentence, email and password, and one button.

    Args:
        title: The heading.
        sentence: What this is.
        password_hint: What the password must be like.
        new_password: Whether a password manager should offer to make one.
        submit: The button's word.
        endpoint: Where the browser posts the form should it be quicker than the page's scripts.
        on_submit: Event that posts it.
    """
    return card(
        title,
        sentence,
        why_here(),
        rx.form(
            _fields(password_hint=password_hint, new_password=new_password),
            rx.button(submit, type="submit", size="3", width="100%", loading=Login.busy),
            rx.box(problem_callout(Login.problem), margin_top="var(--space-4)"),
            id=FORM_ID,
            method="post",
            action=routes.endpoint(endpoint),
            on_submit=on_submit,
        ),
    )


def card(title: Text, sentence: Text, *children: rx.Component) -> rx.Component:
    """Mark, heading, a sentence, and what there is to do."""
    # Not in the middle: it would jump when a message makes the card grow.
    return rx.flex(
        rx.card(
            rx.el.main(
                rx.flex(
                    rx.el.img(
                        src=routes.asset("mark.svg"),
                        alt="",
                        style={"width": "40px", "height": "40px"},
                    ),
                    rx.box(
                        rx.heading(title, as_="h1", size="6", margin_bottom="var(--space-1)"),
                        rx.text(sentence, size="2", color_scheme="gray"),
                    ),
                    *children,
                    direction="column",
                    spacing="5",
                )
            ),
            size="4",
            width="100%",
            max_width="420px",
        ),
        justify="center",
        align="start",
        padding="12vh var(--space-4) var(--space-4)",
    )


def why_here() -> rx.Component:
    """The reasons why somebody may have to sign in again; sign-in.js shows the one that is so."""
    reasons = {
        "ended": t("Your session ended. Sign in to go on."),
        "kept": t("Your session ended. Sign in to go on; what you typed is kept."),
        "returned": t(
            "You were signed out while you were at the provider, so the account was not "
            "connected. Sign in, then connect again."
        ),
    }
    return rx.el.div(
        *(
            rx.el.div(notice_callout(words), hidden=True, custom_attrs={"data-because": reason})
            for reason, words in reasons.items()
        ),
        custom_attrs={"data-why": "true"},
    )


def _fields(*, password_hint: str, new_password: bool) -> rx.Component:
    return rx.flex(
        _field(
            "email",
            t("Email"),
            type="email",
            auto_complete="username",
            auto_focus=True,
            max_length=_EMAIL_MAX_LENGTH,
        ),
        _field(
            "password",
            t("Password"),
            hint=password_hint,
            type="password",
            auto_complete="new-password" if new_password else "current-password",
            max_length=MAX_LENGTH,
        ),
        direction="column",
        spacing="4",
        margin_bottom="var(--space-5)",
    )


def _field(name: str, label: Text, *, hint: str = "", **props: Any) -> rx.Component:
    return labelled(
        name,
        label,
        rx.input(
            id=name,
            name=name,
            required=True,
            size="3",
            width="100%",
            **({"aria_describedby": f"{name}-help"} if hint else {}),
            **props,
        ),
        help_text=hint,
    )
