"""What stands around every page of an admin."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.address import is_within
from integrations_app.components.feedback import problem_callout
from integrations_app.components.reactive import Text
from integrations_app.components.text import t
from integrations_app.components.theme import CONTENT_WIDTH
from integrations_app.components.translation import untranslated
from integrations_app.state.form_answer import ANSWER_MAX_LENGTH
from integrations_app.state.leaving import FAILED, sign_out, sign_out_at
from integrations_app.state.left_forms import LeftForms
from integrations_app.state.session import AdminState


def shell(*children: rx.Component, width: str = CONTENT_WIDTH) -> rx.Component:
    """Navigation at the left, one column of content; above each other on a phone.

    Inside another app's layout the navigation is that app's.

    Args:
        children: The page.
        width: Widest the column gets.
    """
    return rx.box(
        *_navigation(),
        rx.el.main(
            rx.flex(
                _sign_out_failed(),
                *children,
                direction="column",
                spacing="5",
                max_width=width,
                margin_x="auto",
                padding_x=rx.breakpoints(initial="var(--space-4)", sm="var(--space-6)"),
                padding_y=rx.breakpoints(initial="var(--space-4)", sm="var(--space-6)"),
            ),
            id="content",
            tab_index=-1,
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
        align="end",
        spacing="4",
        wrap="wrap",
    )


def way_back(label: Text, address: Text) -> rx.Component:
    """The link above the heading of a page that a list leads to."""
    return rx.link(
        rx.flex(rx.icon("arrow-left", size=14), label, align="center", spacing="1"),
        href=address,
        size="2",
        align_self="start",
    )


def _navigation() -> tuple[rx.Component, ...]:
    if routes.has_layout():
        return ()
    return (rx.el.a(t("Skip to content"), href="#content", class_name="skip-link"), _header())


def _header() -> rx.Component:
    return rx.el.header(
        rx.flex(
            rx.link(
                rx.flex(
                    rx.el.img(
                        src=routes.asset("mark.svg"),
                        alt="",
                        style={"width": "24px", "height": "24px"},
                    ),
                    rx.text(t("Admin"), weight="bold", size="3"),
                    align="center",
                    spacing="2",
                ),
                href=routes.LISTING,
                underline="none",
                color_scheme="gray",
                high_contrast=True,
            ),
            rx.el.nav(
                _place("plug", t("Integrations"), routes.LISTING),
                *_other_places(),
                aria_label=t("Main"),
                class_name="places",
            ),
            rx.flex(
                rx.text(
                    AdminState.admin_email,
                    size="1",
                    color_scheme="gray",
                    class_name="only-wide",
                    custom_attrs={**untranslated(), "data-person": "true"},
                    style={"overflow_wrap": "anywhere"},
                ),
                rx.flex(
                    _way_out(),
                    rx.color_mode.button(size="1", aria_label=t("Switch light and dark")),
                    align="center",
                    justify="between",
                    spacing="3",
                ),
                direction="column",
                spacing="2",
            ),
            direction=rx.breakpoints(initial="row", sm="column"),
            align=rx.breakpoints(initial="center", sm="stretch"),
            spacing="4",
            padding="var(--space-4)",
        ),
    )


def _way_out() -> rx.Component:
    if not routes.is_embedded():
        leave = sign_out()
    elif routes.SIGN_OUT is not None:
        leave = sign_out_at(routes.SIGN_OUT)
    else:
        return rx.fragment()
    return rx.button(
        t("Sign out"),
        variant="soft",
        color_scheme="gray",
        size="1",
        on_click=leave,
    )


def _sign_out_failed() -> rx.Component:
    """Words that the browser shows by itself, as the server may be out of reach."""
    told = problem_callout(
        t("You are still signed in: the server could not sign you out. Try again in a moment.")
    )
    return rx.el.div(told, hidden=True, custom_attrs={FAILED: "true"})


def _other_places() -> tuple[rx.Component, ...]:
    """Where the modules of our own app are; from another app's pages, the way back to it."""
    if routes.is_embedded():
        return (_place("arrow-left", t("Back to the app"), routes.HOME, leads_out=True),)
    return (
        _place("bot", t("AI endpoints"), routes.AI_ENDPOINTS),
        _place("folder-kanban", t("Projects"), routes.PROJECTS),
    )


def _place(icon: str, label: Text, address: str, *, leads_out: bool = False) -> rx.Component:
    is_here = False if leads_out else is_within(address)
    return rx.link(
        rx.flex(rx.icon(icon, size=16), label, align="center", spacing="2"),
        href=address,
        size="2",
        underline="none",
        color_scheme="gray",
        custom_attrs={"aria-current": rx.cond(is_here, "page", "false")},
    )
