"""Instructions for the provider's site: steps, traps, things to copy."""

import reflex as rx

from integrations_app.components.copying import copyable
from integrations_app.components.form.sections import folding_panel
from integrations_app.components.reactive import items
from integrations_app.components.text import t
from integrations_app.state.views import ProviderItem, StepItem


def setup_instructions(provider: ProviderItem, *, open_at_first: bool) -> rx.Component:
    """The steps as a panel that opens and closes; nothing where there are none."""
    return rx.cond(
        items(provider.steps).length() > 0,
        folding_panel(
            t("Setup Instructions"),
            rx.el.ol(rx.foreach(provider.steps, _step), class_name="steps"),
            rx.cond(items(provider.notes).length() > 0, _notes(provider)),
            sentence=t("What to do at {provider} first.", provider=provider.title),
            open_at_first=open_at_first,
        ),
    )


def _step(step: StepItem) -> rx.Component:
    return rx.el.li(
        rx.text(step.title, size="2", weight="medium"),
        rx.cond(step.text, rx.text(step.text, size="2", color_scheme="gray")),
        rx.cond(
            step.link_url,
            rx.link(step.link_label, href=step.link_url, is_external=True, size="2"),
        ),
        rx.cond(step.copy, copyable(step.copy, label=t("this value"))),
    )


def _notes(provider: ProviderItem) -> rx.Component:
    return rx.box(
        rx.heading(t("Good to know"), as_="h3", size="2", margin_bottom="var(--space-1)"),
        rx.el.ul(
            rx.foreach(
                provider.notes,
                lambda note: rx.el.li(rx.text(note, size="2", color_scheme="gray")),
            ),
            class_name="notes",
        ),
    )
