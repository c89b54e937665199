"""The card of an endpoint that has a key of its own from of old.

What it shows on a click never passes through state: `assets/old-key.js` asks `old_key_post` for
it, and puts it into the field.
"""

import reflex as rx

from integrations_app import routes
from integrations_app.components import copying
from integrations_app.components.reactive import flag, text
from integrations_app.components.seen import seen
from integrations_app.components.text import t
from integrations_app.features.ai_endpoints.form_state import EndpointForm
from integrations_app.i18n import _

SCRIPT = "old-key.js"
_FIELD = "old-key"


def old_key_card() -> rx.Component:
    """Return what is there and what to do about it; nothing where there is no old key."""
    return rx.cond(
        EndpointForm.has_old_key,
        rx.card(
            rx.flex(
                rx.flex(
                    rx.icon("key-round", size=18, color=rx.color("amber", 11)),
                    rx.heading(t("An old key is stored here"), as_="h2", size="3"),
                    align="center",
                    spacing="2",
                ),
                rx.cond(EndpointForm.can_recover, _recovery(), _leftover()),
                _forget(),
                direction="column",
                spacing="3",
            ),
            size="2",
            width="100%",
        ),
    )


def _recovery() -> rx.Component:
    return rx.flex(
        rx.text(
            t(
                "This endpoint kept a key of its own before there were connections. Copy it, add "
                "a connection with it, and choose that below."
            ),
            size="2",
        ),
        rx.cond(
            text(EndpointForm.old_provider) != "",
            rx.text(
                t("It was noted down for “{provider}”.", provider=EndpointForm.old_provider),
                size="2",
                color_scheme="gray",
                style={"overflow_wrap": "anywhere"},
            ),
        ),
        _shown_on_a_click(),
        rx.link(t("Add Integration"), href=routes.NEW, size="2", align_self="start"),
        direction="column",
        spacing="3",
    )


def _shown_on_a_click() -> rx.Component:
    return rx.flex(
        rx.el.label(rx.text(t("Old key"), size="2", weight="medium"), html_for=_FIELD),
        rx.flex(
            rx.input(
                id=_FIELD,
                read_only=True,
                placeholder=t("Hidden until you show it"),
                auto_complete="off",
                spell_check=False,
                flex="1",
                custom_attrs=copying.source(),
            ),
            _button("eye", t("Show the key"), {"data-shows-old-key": "true"}),
            _button("copy", t("Copy the key"), copying.button()),
            spacing="2",
            wrap="wrap",
        ),
        rx.text(role="alert", size="1", color_scheme="red"),
        copying.outcome(),
        direction="column",
        spacing="1",
        # Another endpoint's card is another card: what this one showed goes with it.
        key=EndpointForm.row_uuid,
        class_name="old-key",
        custom_attrs={
            "data-old-key": routes.endpoint(routes.AI_ENDPOINT_OLD_KEY),
            "data-uuid": EndpointForm.row_uuid,
            **copying.group(),
            "data-unreachable": _("The server cannot be reached. Try again in a moment."),
        },
    )


def _button(icon: str, label: rx.Var[str], marks: dict[str, str]) -> rx.Component:
    return rx.button(
        rx.icon(icon, size=14),
        label,
        type="button",
        variant="soft",
        custom_attrs=marks,
    )


def _leftover() -> rx.Component:
    return rx.text(
        t(
            "This endpoint uses a connection by now, but the key that it kept before is still "
            "stored with it, unprotected. Remove it once you are sure that nobody needs it."
        ),
        size="2",
    )


def _forget() -> rx.Component:
    return rx.button(
        t("Remove the old key"),
        type="button",
        variant="soft",
        color_scheme="red",
        size="1",
        align_self="start",
        disabled=flag(EndpointForm.removed_meanwhile),
        on_click=EndpointForm.ask_question("forget", seen(EndpointForm.form_key)),
    )
