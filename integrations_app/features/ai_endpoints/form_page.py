"""`/admin/ai/endpoints/new` and `/admin/ai/endpoints/{uuid}`: one AI endpoint."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.address import last_part
from integrations_app.components.copying import copyable
from integrations_app.components.feedback import problem_callout
from integrations_app.components.feedback.confirm_dialog import confirm_dialog
from integrations_app.components.form.fields import problem_line, text_field
from integrations_app.components.form.heading import breadcrumb, subject_heading
from integrations_app.components.form.row import (
    removed_notice,
    row_danger_zone,
    row_form,
    touch,
)
from integrations_app.components.form.sections import columns
from integrations_app.components.picker import choices_of, integration_picker
from integrations_app.components.reactive import OnEvent, Text, flag, items, text
from integrations_app.components.seen import seen
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.text import t
from integrations_app.features.ai_endpoints.drafts import INTEGRATION, MODEL, NAME
from integrations_app.features.ai_endpoints.endpoint import MODEL_MAX_LENGTH, NAME_MAX_LENGTH
from integrations_app.features.ai_endpoints.form_state import EndpointForm
from integrations_app.features.ai_endpoints.listing_page import removal_sentence
from integrations_app.features.ai_endpoints.old_key_card import old_key_card
from integrations_app.features.ai_endpoints.prompt_card import prompt_card
from integrations_app.state.setup_form import field_id


def new() -> rx.Component:
    """The form for another endpoint."""
    return _page(
        rx.box(
            _way_back(),
            page_heading(
                t("Add Endpoint"), t("A model, and the connection it is reached through.")
            ),
        )
    )


def edit() -> rx.Component:
    """The form of an endpoint that is stored, its old key if it has one, and its removal."""
    return _page(
        subject_heading(
            _way_back(),
            rx.cond(_is_here(), EndpointForm.name, t("AI endpoint")),
            rx.el.span(t("AI endpoint")),
            rx.cond(_is_here(), copyable(EndpointForm.row_uuid, label=t("the uuid"))),
        ),
        before=old_key_card(),
        after=_danger_zone(),
    )


def _way_back() -> rx.Component:
    return breadcrumb(t("AI endpoints"), routes.AI_ENDPOINTS)


def _is_here() -> rx.Var[bool]:
    return flag(EndpointForm.loaded) & (last_part() == EndpointForm.asked)


def _page(
    heading: rx.Component,
    *,
    before: rx.Component | None = None,
    after: rx.Component | None = None,
) -> rx.Component:
    return shell(
        heading,
        columns(
            rx.cond(
                _is_here(),
                rx.fragment(
                    removed_notice(
                        EndpointForm,
                        t("This endpoint was removed. You can still copy what you typed."),
                        address=routes.AI_ENDPOINTS,
                    ),
                    before or rx.fragment(),
                    _form(),
                    after or rx.fragment(),
                ),
                rx.cond(
                    EndpointForm.problem,
                    problem_callout(EndpointForm.problem),
                    rx.skeleton(height="320px"),
                ),
            ),
            # Beside what comes and goes with the line to the server: a typed prompt stays.
            after=rx.box(prompt_card(), display=rx.cond(_is_here(), "block", "none")),
        ),
    )


def _form() -> rx.Component:
    return row_form(
        EndpointForm,
        text_field(
            NAME,
            t("Name"),
            value=EndpointForm.name,
            problem=EndpointForm.problems[NAME],
            help_text=t("What people call it. You can change it any time."),
            required=True,
            max_length=NAME_MAX_LENGTH,
            on_change=touch(EndpointForm),
        ),
        text_field(
            MODEL,
            t("Model"),
            value=EndpointForm.model,
            problem=EndpointForm.problems[MODEL],
            help_text=t("As the service spells it, such as mistral-small-latest."),
            required=True,
            max_length=MODEL_MAX_LENGTH,
            on_change=touch(EndpointForm),
        ),
        _picker(),
        create=t("Create Endpoint"),
        cancel=routes.AI_ENDPOINTS,
        changed=t("Someone changed this endpoint while you were typing."),
    )


def _picker() -> rx.Component:
    picked = rx.cond(items(EndpointForm.picked).length() > 0, EndpointForm.picked[0], "")
    return rx.el.div(
        rx.box(
            integration_picker(
                **choices_of(EndpointForm),
                selected=EndpointForm.picked,
                on_select=lambda event: EndpointForm.pick(event, _seen()),
                compact=True,
                empty_url=routes.NEW,
                id="endpoint-integration",
                label=t("Connection"),
            ),
            id=field_id(INTEGRATION),
            custom_attrs={"tabIndex": -1},
        ),
        # What is chosen goes with the form, as it was seen.
        rx.el.input(
            type="hidden",
            name=INTEGRATION,
            value=picked,
            read_only=True,
            custom_attrs={"data-edited": EndpointForm.touched},
        ),
        problem_line(field_id(INTEGRATION), EndpointForm.problems[INTEGRATION]),
        class_name="field",
    )


def _seen() -> rx.Var[str]:
    return seen(EndpointForm.form_key)


def _danger_zone() -> rx.Component:
    return rx.fragment(
        row_danger_zone(
            EndpointForm,
            t("Remove this endpoint"),
            t("The endpoint is removed for good; its connection stays."),
            on_remove=EndpointForm.ask_question("remove", _seen()),
        ),
        _question(
            "remove",
            t("Remove {name}?", name=EndpointForm.name),
            removal_sentence(EndpointForm.has_old_key),
            EndpointForm.remove(seen(EndpointForm.asked_subject)),
        ),
        _question(
            "forget",
            t("Remove the old key?"),
            t("If it is stored nowhere else, nobody can recover it afterwards."),
            EndpointForm.forget_key(seen(EndpointForm.asked_subject)),
        ),
    )


def _question(asked: str, title: Text, sentence: Text, on_confirm: OnEvent) -> rx.Component:
    return confirm_dialog(
        title,
        sentence,
        is_open=text(EndpointForm.question) == asked,
        problem=EndpointForm.question_problem,
        on_keep=EndpointForm.keep,
        on_confirm=on_confirm,
    )
