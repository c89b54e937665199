"""The frame of every page of an admin."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import problem_callout
from integrations_app.components.navigation import focus_on, navigation, skip_link
from integrations_app.components.reactive import Text
from integrations_app.components.text import t
from integrations_app.components.theme import CONTENT_WIDTH
from integrations_app.state.form_answer import ANSWER_MAX_LENGTH
from integrations_app.state.leaving import FAILED
from integrations_app.state.left_forms import LeftForms

_CONTENT = "content"
_FOCUS_AFTER_NAVIGATION = f"""
if (window.integrationsPageShown && document.activeElement === document.body)
  {focus_on(_CONTENT)};
window.integrationsPageShown = true;
"""
"""The link that was followed is gone with its page; the keyboard would begin anew at the top."""


def shell(*children: rx.Component, width: str = CONTENT_WIDTH) -> rx.Component:
    """Navigation, and one column of content beside or below it.

    Inside another app's layout the navigation is that app's.

    Args:
        children: The page.
        width: Widest the column gets, one of `theme`.
    """
    around = () if routes.has_layout() else (skip_link(_CONTENT), navigation())
    return rx.box(
        *around,
        rx.el.main(
            rx.flex(
                _sign_out_failed(),
                *children,
                direction="column",
                spacing="5",
                max_width=width,
                class_name="page",
            ),
            id=_CONTENT,
            tab_index=-1,
            on_mount=rx.call_script(_FOCUS_AFTER_NAVIGATION),
        ),
        # What becomes of a form that has been left is said wherever the person is by then.
        rx.el.input(
            type="text",
            on_change=LeftForms.answered,
            hidden=True,
            aria_label=t("Answers to forms that were left"),
            max_length=ANSWER_MAX_LENGTH,
            custom_attrs={"data-hears-of-left-forms": "true"},
        ),
        class_name="shell in-layout" if routes.has_layout() else "shell",
    )


def page_heading(title: Text, sentence: Text, *actions: rx.Component) -> rx.Component:
    """Heading, one sentence, and the page's one primary action at the right."""
    return rx.flex(
        rx.box(
            rx.heading(title, as_="h1", size="6"),
            rx.text(sentence, size="2", color_scheme="gray"),
        ),
        *actions,
        justify="between",
        align="start",
        spacing="4",
        wrap="wrap",
        class_name="page-heading",
    )


def way_back(label: Text, address: Text) -> rx.Component:
    """The link above the heading of a page that a list leads to."""
    return rx.link(
        rx.flex(rx.icon("arrow-left", size=14), label, align="center", spacing="1"),
        href=address,
        size="2",
        align_self="start",
    )


def _sign_out_failed() -> rx.Component:
    """Words that the browser shows by itself, as the server may be out of reach."""
    told = problem_callout(
        t("You are still signed in: the server could not sign you out. Try again in a moment.")
    )
    return rx.el.div(told, hidden=True, custom_attrs={FAILED: "true"})
