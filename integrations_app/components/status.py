"""The status of a connection: a word, its colour, and why."""

import reflex as rx

from integrations_app.components.reactive import Flag, Text
from integrations_app.components.text import t
from integrations_app.domain.connection import Status
from integrations_app.i18n import _


def status_words() -> dict[str, str]:
    """The word for each status."""
    return {
        Status.CONNECTED.value: _("Connected"),
        Status.CONFIGURED.value: _("Not tested"),
        Status.ERROR.value: _("Error"),
        Status.DISCONNECTED.value: _("Not connected"),
    }


def status_word(status: Text, *, testing: Flag = False) -> rx.Component:
    """The word for a status, and a dot; never the colour alone.

    Args:
        status: A value of `Status`.
        testing: A check is under way.
    """
    words = status_words()
    return rx.cond(
        testing,
        rx.el.span(rx.spinner(size="1"), t("Testing…"), class_name="status"),
        rx.match(
            status,
            *((value, sign(value, word)) for value, word in words.items()),
            sign(Status.DISCONNECTED.value, words[Status.DISCONNECTED.value]),
        ),
    )


def sign(look: str, word: Text) -> rx.Component:
    """A word with a dot.

    Args:
        look: A value of `Status`, or `urgent`, whose colour it has.
        word: What it says.
    """
    dot = rx.el.span(aria_hidden=True, class_name="dot")
    return rx.el.span(dot, word, class_name=f"status {look}")
