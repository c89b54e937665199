"""`/login`: for admins who come back."""

import reflex as rx

from integrations_app.components.auth_form import auth_form
from integrations_app.components.text import t
from integrations_app.http.sign_in import SIGN_IN
from integrations_app.state.login import Login


def page() -> rx.Component:
    """Email, password, and one button."""
    return auth_form(
        t("Sign in"),
        t("Integrations are for this organisation's admins."),
        submit=t("Sign in"),
        endpoint=SIGN_IN,
        on_submit=Login.sign_in,
    )
