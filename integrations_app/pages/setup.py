"""`/setup?token=…`: once, for the first admin."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.auth_form import auth_form, card
from integrations_app.components.text import t
from integrations_app.http.sign_in import SET_UP
from integrations_app.i18n import _
from integrations_app.security.passwords import MIN_LENGTH
from integrations_app.state.login import Login


def page() -> rx.Component:
    """Return the form of the first admin's account, or the news that the link was used."""
    return rx.cond(Login.link_used, _used(), _open())


def _used() -> rx.Component:
    return card(
        t("This link has been used or replaced"),
        t(
            "It made the first admin, or a later start of the server printed a newer one. "
            "Whoever is an admin can sign in."
        ),
        rx.link(t("Sign in"), href=routes.LOGIN),
    )


def _open() -> rx.Component:
    return auth_form(
        t("Create the first admin"),
        t(
            "Nobody can sign in here yet. The admin you create now can connect services, "
            "and manages everything. This link works once."
        ),
        password_hint=_("At least {least} characters.", least=MIN_LENGTH),
        new_password=True,
        submit=t("Create Admin"),
        endpoint=SET_UP,
        on_submit=Login.create_admin,
    )
