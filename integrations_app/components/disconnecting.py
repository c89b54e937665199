"""The question before a connection is disconnected."""

import reflex as rx

from integrations_app.components.feedback.confirm_dialog import confirm_dialog
from integrations_app.components.reactive import OnEvent, flag, text
from integrations_app.components.text import t
from integrations_app.state.disconnecting import Disconnecting


def disconnect_dialog(state: type[Disconnecting], *, on_disconnect: OnEvent) -> rx.Component:
    """Names the connection, says what stays, and disconnects only on the second click."""
    return confirm_dialog(
        t(
            "Disconnect {service} {name}?",
            service=text(state.disconnecting_service),
            name=text(state.disconnecting_name),
        ),
        rx.cond(
            flag(state.disconnecting_keeps_client),
            t(
                "Whatever uses it loses its access until an account is connected again. The "
                "client ID and secret stay."
            ),
            t(
                "Whatever uses it loses its access. The stored credentials are removed; the "
                "connection and its uuid stay."
            ),
        ),
        is_open=text(state.disconnecting_subject) != "",
        problem="",
        on_keep=state.keep_connected,
        on_confirm=on_disconnect,
        keep=t("Keep it connected"),
        confirm=t("Disconnect"),
    )
