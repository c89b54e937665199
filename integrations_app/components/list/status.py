"""The status of a row: a word, and why, in one line with the rest on demand."""

import reflex as rx

from integrations_app.components.reactive import Flag, Text, flag, text
from integrations_app.components.relative_time import ago
from integrations_app.components.status import status_word
from integrations_app.components.text import t


def status_cell(status: Text, reason: Text, *, testing: Flag, tested_at: Text) -> rx.Component:
    """A status with its reason; whole, and with the time, for whoever opens it.

    Args:
        status: A value of `Status`.
        reason: Why, in words; empty for none.
        testing: A check is under way.
        tested_at: ISO 8601; empty for never.
    """
    return rx.el.div(
        status_word(status, testing=testing),
        rx.cond(
            (text(reason) != "") & ~flag(testing),
            rx.el.details(
                rx.el.summary(rx.el.span(reason, class_name="one-line")),
                rx.cond(tested_at, rx.el.p(t("Tested "), ago(tested_at))),
                class_name="reason",
            ),
        ),
        class_name="status-cell",
    )
