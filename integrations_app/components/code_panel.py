"""Lines of Python that use a connection, to copy."""

import reflex as rx

from integrations_app.components import copying
from integrations_app.components.form.sections import panel
from integrations_app.components.reactive import Text, text
from integrations_app.components.text import t

_IMPORT = "from integrations_app import integrations\n\n"


def code_panel(uuid: Text, example_url: Text) -> rx.Component:
    """Code that works as it stands, in a program that has the database and the keys.

    Args:
        uuid: The connection's.
        example_url: Something to read from the provider; empty where programs do it themselves.
    """
    return panel(
        t("Use it"),
        rx.el.div(
            rx.el.pre(
                rx.el.code(
                    rx.cond(example_url, _request(uuid, example_url), _credentials(uuid)),
                    custom_attrs=copying.source(),
                ),
                role="region",
                aria_label=t("Code"),
                tab_index=0,  # the keyboard scrolls it, too
            ),
            rx.flex(
                rx.button(
                    rx.icon("copy", size=14),
                    t("Copy code"),
                    type="button",
                    variant="surface",
                    color_scheme="gray",
                    high_contrast=True,
                    size="1",
                    custom_attrs=copying.button(),
                ),
                copying.outcome(),
                align="center",
                spacing="3",
                wrap="wrap",
            ),
            class_name="code",
            custom_attrs=copying.group(),
        ),
    )


def _request(uuid: Text, url: Text) -> rx.Var[str]:
    begin = text(rx.Var.create(f'{_IMPORT}with integrations.client("').to(str))
    get = '") as client:\n    answer = client.get("'
    return begin + text(uuid) + get + text(url) + '")'


def _credentials(uuid: Text) -> rx.Var[str]:
    begin = text(
        rx.Var.create(f'{_IMPORT}credentials = integrations.get_credentials(\n    "').to(str)
    )
    return begin + text(uuid) + '"\n)'
