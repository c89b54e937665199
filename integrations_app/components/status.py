"""The status of a connection: a word, its colour, and why."""

import reflex as rx

from integrations_app.components.reactive import Flag, Text
from integrations_app.components.text import t
from integrations_app.components.theme import Colour
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
    """The word for a status; never the colour alone.

    Args:
        status: A value of `Status`.
        testing: A check is under way.
    """
    words = status_words()
    return rx.cond(
        testing,
        _badge("gray", rx.spinner(size="1"), t("Testing…")),
        rx.match(
            status,
            ("connected", _badge("green", rx.icon("circle-check", size=13), words["connected"])),
            ("configured", _badge("amber", rx.icon("circle-dashed", size=13), words["configured"])),
            ("error", _badge("red", rx.icon("circle-alert", size=13), words["error"])),
            _badge("gray", rx.icon("circle-off", size=13), words["disconnected"]),
        ),
    )


def _badge(colour: Colour, sign: rx.Component, word: Text) -> rx.Component:
    return rx.badge(sign, word, color_scheme=colour, variant="soft", size="2", radius="full")
