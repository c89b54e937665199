"""Trying an endpoint as it stands in the form, saved or not."""

import reflex as rx

from integrations_app.components.feedback import problem_callout
from integrations_app.components.form.attributes import FORM_VALUES
from integrations_app.components.reactive import flag, text
from integrations_app.components.seen import seen
from integrations_app.components.text import t
from integrations_app.features.ai_endpoints.form_state import EndpointForm
from integrations_app.features.ai_endpoints.prompting import PROMPT, PROMPT_MAX_LENGTH
from integrations_app.state.setup_form import field_id

_TYPED = rx.Var(f"document.getElementById('{field_id(PROMPT)}').value", _var_type=str)


def prompt_card() -> rx.Component:
    """A prompt, and what the model makes of it."""
    problem = EndpointForm.problems[PROMPT]
    return rx.card(
        rx.flex(
            rx.box(
                rx.heading(t("Try it"), as_="h2", size="3"),
                rx.text(
                    t("Asks the model in this form, saved or not. Nothing is kept."),
                    size="2",
                    color_scheme="gray",
                    id="prompt-help",
                ),
            ),
            rx.flex(
                rx.el.label(
                    rx.text(t("Test prompt"), size="2", weight="medium"), html_for=field_id(PROMPT)
                ),
                rx.text_area(
                    id=field_id(PROMPT),
                    max_length=PROMPT_MAX_LENGTH,
                    rows="3",
                    aria_invalid=text(problem).is_not_none(),
                    aria_describedby="prompt-help prompt-problem",
                ),
                rx.box(
                    rx.cond(problem, rx.text(problem, size="1", color_scheme="red")),
                    id="prompt-problem",
                    role="alert",
                ),
                direction="column",
                spacing="1",
            ),
            rx.button(
                t("Send a test prompt"),
                type="button",
                variant="soft",
                align_self="start",
                on_click=EndpointForm.ask(FORM_VALUES, _TYPED, seen(EndpointForm.form_key)),
                loading=EndpointForm.asking,
            ),
            rx.box(
                rx.box(_answer(), role="status", aria_live="polite"),
                problem_callout(EndpointForm.answer_problem),
            ),
            direction="column",
            spacing="3",
        ),
        size="2",
    )


def _answer() -> rx.Component:
    return rx.cond(
        EndpointForm.answer,
        rx.card(
            rx.text(EndpointForm.answer, size="2", class_name="answer"),
            rx.cond(
                flag(EndpointForm.answer_shortened),
                rx.text(
                    t("The model said more; this is the beginning."), size="1", color_scheme="gray"
                ),
            ),
            aria_label=t("Answer"),
        ),
    )
