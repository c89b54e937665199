"""`/admin/ai/endpoints/new` and `/admin/ai/endpoints/{uuid}`: one AI endpoint."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.address import last_part
from integrations_app.components.feedback import notice_callout, outcome_callout, problem_callout
from integrations_app.components.fields import (
    FORM_BEGUN_AT,
    FORM_VALUES,
    setup_form,
    text_field,
)
from integrations_app.components.instructions import copyable, summary
from integrations_app.components.meanwhile import changed_notice, conflict_notice
from integrations_app.components.picker import choices_of, integration_picker
from integrations_app.components.question import question
from integrations_app.components.reactive import OnEvent, flag, items, text
from integrations_app.components.seen import seen
from integrations_app.components.shell import page_heading, shell, way_back
from integrations_app.components.text import t
from integrations_app.components.theme import FORM_WIDTH
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
        page_heading(t("Add Endpoint"), t("A model, and the integration it is reached through."))
    )


def edit() -> rx.Component:
    """The form of an endpoint that is stored, its old key if it has one, and its removal."""
    return _page(
        page_heading(t("Edit Endpoint"), t("Changes show at once wherever this endpoint is used.")),
        before=old_key_card(),
        after=_danger_zone(),
    )


def _page(
    heading: rx.Component,
    *,
    before: rx.Component | None = None,
    after: rx.Component | None = None,
) -> rx.Component:
    is_here = flag(EndpointForm.loaded) & (last_part() == EndpointForm.asked)
    return shell(
        way_back(t("All AI endpoints"), routes.AI_ENDPOINTS),
        heading,
        rx.cond(
            is_here,
            rx.flex(
                rx.cond(EndpointForm.removed_meanwhile, _removed()),
                before or rx.fragment(),
                rx.card(_form(), size="2"),
                direction="column",
                spacing="4",
            ),
            rx.cond(
                EndpointForm.problem,
                problem_callout(EndpointForm.problem),
                rx.skeleton(height="320px"),
            ),
        ),
        # Beside what comes and goes with the line to the server: a prompt that is typed stays.
        rx.box(prompt_card(), display=rx.cond(is_here, "block", "none")),
        rx.cond(is_here, after or rx.fragment()),
        width=FORM_WIDTH,
    )


def _form() -> rx.Component:
    return setup_form(
        rx.cond(
            EndpointForm.changed_meanwhile,
            changed_notice(
                t("Someone changed this endpoint while you were typing."),
                on_load=EndpointForm.load_theirs(_seen()),
            ),
        ),
        text_field(
            NAME,
            t("Name"),
            value=EndpointForm.name,
            problem=EndpointForm.problems[NAME],
            help_text=t("What people call it. You can change it any time."),
            max_length=NAME_MAX_LENGTH,
            on_change=_touch(),
        ),
        text_field(
            MODEL,
            t("Model"),
            value=EndpointForm.model,
            problem=EndpointForm.problems[MODEL],
            help_text=t("As the service spells it, such as mistral-small-latest."),
            max_length=MODEL_MAX_LENGTH,
            on_change=_touch(),
        ),
        _picker(),
        rx.cond(
            EndpointForm.conflict,
            conflict_notice(
                EndpointForm.conflict,
                on_load=EndpointForm.load_theirs(_seen()),
                on_click=EndpointForm.save_over(
                    FORM_VALUES, _seen(), EndpointForm.conflict_version
                ),
            ),
        ),
        problem_callout(EndpointForm.problem),
        _buttons(),
        rx.cond(EndpointForm.row_uuid, copyable(EndpointForm.row_uuid, label=t("the uuid"))),
        identity=EndpointForm.form_key,
        on_submit=lambda form: EndpointForm.save(form, _seen()),
    )


def _picker() -> rx.Component:
    problem = EndpointForm.problems[INTEGRATION]
    picked = rx.cond(items(EndpointForm.picked).length() > 0, EndpointForm.picked[0], "")
    return rx.flex(
        rx.box(
            integration_picker(
                **choices_of(EndpointForm),
                selected=EndpointForm.picked,
                on_select=lambda event: EndpointForm.pick(event, _seen()),
                compact=True,
                empty_url=routes.NEW,
                id="endpoint-integration",
                label=t("Integration"),
            ),
            id=field_id(INTEGRATION),
            custom_attrs={"tabIndex": -1},
        ),
        # What is picked goes with the form, as it was seen.
        rx.el.input(type="hidden", name=INTEGRATION, value=picked, read_only=True),
        rx.box(rx.cond(problem, rx.text(problem, size="1", color_scheme="red")), role="alert"),
        direction="column",
        spacing="1",
    )


def _seen() -> rx.Var[str]:
    return seen(EndpointForm.form_key)


def _touch() -> OnEvent:
    """Tell the server of typing until it knows; not throttled, as that could drop the only one."""
    is_known = flag(EndpointForm.touched) & (EndpointForm.form_key == FORM_BEGUN_AT)
    return rx.cond(is_known, rx.noop(), EndpointForm.touch(FORM_BEGUN_AT))


def _buttons() -> rx.Component:
    is_new = text(EndpointForm.row_uuid) == ""
    return rx.flex(
        rx.button(
            rx.cond(is_new, t("Create Endpoint"), t("Save Changes")),
            type="submit",
            loading=EndpointForm.busy,
            disabled=flag(EndpointForm.busy) | flag(EndpointForm.removed_meanwhile),
        ),
        rx.box(outcome_callout(rx.cond(EndpointForm.saved, t("Saved"), ""), ok=True), flex="1"),
        align="center",
        spacing="3",
        wrap="wrap",
    )


def _removed() -> rx.Component:
    return notice_callout(
        t("This endpoint was deleted meanwhile. What you typed is still here to copy."),
        rx.link(t("Back to the list"), href=routes.AI_ENDPOINTS, size="2"),
    )


def _danger_zone() -> rx.Component:
    return rx.card(
        rx.el.details(
            summary(t("Danger Zone")),
            rx.flex(
                rx.text(
                    t("The endpoint is deleted for good; its integration stays."),
                    size="2",
                    color_scheme="gray",
                ),
                rx.button(
                    t("Delete"),
                    type="button",
                    color_scheme="red",
                    disabled=EndpointForm.removed_meanwhile,
                    on_click=EndpointForm.ask_question("remove", _seen()),
                ),
                justify="between",
                align="center",
                spacing="4",
                wrap="wrap",
                padding_top="var(--space-4)",
            ),
        ),
        _question(
            "remove",
            t("Delete {name}?", name=EndpointForm.name),
            removal_sentence(EndpointForm.has_old_key),
            EndpointForm.remove(seen(EndpointForm.asked_subject)),
        ),
        _question(
            "forget",
            t("Delete the old key?"),
            t("If it is stored nowhere else, nobody can recover it afterwards."),
            EndpointForm.forget_key(seen(EndpointForm.asked_subject)),
        ),
        size="2",
        width="100%",
    )


def _question(
    asked: str, title: rx.Var[str], sentence: rx.Var[str] | str, on_delete: OnEvent
) -> rx.Component:
    return question(
        title,
        sentence,
        is_open=text(EndpointForm.question) == asked,
        problem=EndpointForm.question_problem,
        on_keep=EndpointForm.keep,
        on_delete=on_delete,
    )
