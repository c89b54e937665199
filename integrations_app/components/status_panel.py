"""The status of a connection, beside its form."""

import reflex as rx

from integrations_app.components.form.sections import panel
from integrations_app.components.reactive import Flag, text
from integrations_app.components.relative_time import ago, ahead
from integrations_app.components.status import status_word
from integrations_app.components.text import t
from integrations_app.domain.connection import Status
from integrations_app.state.edit import Edit


def status_panel(*, testing: Flag) -> rx.Component:
    """The status in a word, why, and when it was found.

    Args:
        testing: A check is under way.
    """
    return panel(
        t("Status"),
        rx.flex(
            rx.box(status_word(Edit.status.status, testing=testing)),
            rx.cond(Edit.status.reason, rx.text(Edit.status.reason, size="2")),
            _moments(),
            direction="column",
            spacing="2",
            style={"overflow_wrap": "anywhere"},
        ),
    )


def _moments() -> rx.Component:
    is_connected = Edit.status.status != Status.DISCONNECTED.value
    return rx.el.div(
        rx.cond(Edit.status.tested_at, _moment(t("Last tested "), ago(Edit.status.tested_at))),
        rx.cond(
            text(Edit.status.connected_at).bool() & is_connected,
            _moment(t("Connected "), ago(Edit.status.connected_at)),
        ),
        rx.cond(
            Edit.status.next_check_at, _moment(t("Next check "), ahead(Edit.status.next_check_at))
        ),
    )


def _moment(label: rx.Var[str], at: rx.Component) -> rx.Component:
    return rx.text(label, at, size="1", color_scheme="gray")
