"""`/admin/projects/new` and `/admin/projects/{uuid}`: one project or template."""

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
from integrations_app.components.instructions import summary
from integrations_app.components.meanwhile import changed_notice, conflict_notice
from integrations_app.components.question import question
from integrations_app.components.reactive import OnEvent, Text, flag, text
from integrations_app.components.seen import seen
from integrations_app.components.shell import page_heading, shell, way_back
from integrations_app.components.text import t
from integrations_app.components.theme import FORM_WIDTH
from integrations_app.features.projects.form_state import ProjectForm
from integrations_app.features.projects.listing_page import removal_sentence
from integrations_app.features.projects.project import (
    DESCRIPTION,
    DESCRIPTION_MAX_LENGTH,
    NAME,
    NAME_MAX_LENGTH,
)


def new() -> rx.Component:
    """The form for a new one."""
    return _page(
        _of_kind(t("Add Template"), t("Add Project")),
        rx.cond(
            ProjectForm.from_template,
            t("Begun with the template {name}.", name=text(ProjectForm.from_template)),
            t("You can change everything later."),
        ),
    )


def edit() -> rx.Component:
    """The form of one that is stored, and its removal."""
    return _page(
        _of_kind(t("Edit Template"), t("Edit Project")),
        t("Changes show at once on every open page."),
        _danger_zone(),
    )


def _of_kind(of_template: rx.Var[str] | str, of_project: rx.Var[str] | str) -> rx.Var[str]:
    return text(rx.cond(ProjectForm.is_template, of_template, of_project))  # pyright: ignore[reportArgumentType]


def _page(heading: Text, sentence: Text, *more: rx.Component) -> rx.Component:
    return shell(
        way_back(
            _of_kind(t("All templates"), t("All projects")),
            _of_kind(routes.projects(templates=True), routes.projects()),
        ),
        page_heading(heading, sentence),
        rx.cond(
            # Another one's form could be typed into, and be gone a moment later.
            flag(ProjectForm.loaded) & (last_part() == ProjectForm.asked),
            rx.flex(
                rx.cond(ProjectForm.removed_meanwhile, _removed()),
                rx.card(_form(), size="2"),
                *more,
                direction="column",
                spacing="4",
            ),
            rx.skeleton(height="320px"),
        ),
        width=FORM_WIDTH,
    )


def _form() -> rx.Component:
    return setup_form(
        rx.cond(
            ProjectForm.changed_meanwhile,
            changed_notice(
                _of_kind(
                    t("Someone changed this template while you were typing."),
                    t("Someone changed this project while you were typing."),
                ),
                on_load=ProjectForm.load_theirs(_seen()),
            ),
        ),
        text_field(
            NAME,
            t("Name"),
            value=ProjectForm.name,
            problem=ProjectForm.problems[NAME],
            help_text=_of_kind(
                t("Unique among templates; a project may be called the same."),
                t("Unique among projects; a template may be called the same."),
            ),
            max_length=NAME_MAX_LENGTH,
            on_change=_touch(),
        ),
        text_field(
            DESCRIPTION,
            t("Description"),
            value=ProjectForm.description,
            problem=ProjectForm.problems[DESCRIPTION],
            help_text=t("A sentence for whoever finds it in the list. It may stay empty."),
            max_length=DESCRIPTION_MAX_LENGTH,
            on_change=_touch(),
        ),
        rx.cond(
            ProjectForm.conflict,
            conflict_notice(
                ProjectForm.conflict,
                on_load=ProjectForm.load_theirs(_seen()),
                on_click=ProjectForm.save_over(FORM_VALUES, _seen(), ProjectForm.conflict_version),
            ),
        ),
        problem_callout(ProjectForm.problem),
        rx.box(_save_button()),
        outcome_callout(rx.cond(ProjectForm.saved, t("Saved"), ""), ok=True),
        identity=ProjectForm.form_key,
        on_submit=lambda form: ProjectForm.save(form, _seen()),
    )


def _save_button() -> rx.Component:
    return rx.button(
        rx.cond(
            ProjectForm.row_uuid,
            t("Save Changes"),
            _of_kind(t("Create Template"), t("Create Project")),
        ),
        type="submit",
        loading=ProjectForm.busy,
        disabled=flag(ProjectForm.busy) | flag(ProjectForm.removed_meanwhile),
    )


def _seen() -> rx.Var[str]:
    return seen(ProjectForm.form_key)


def _touch() -> OnEvent:
    """Tell the server of typing until it knows; not throttled, as that could drop the only one."""
    is_known = flag(ProjectForm.touched) & (ProjectForm.form_key == FORM_BEGUN_AT)
    return rx.cond(is_known, rx.noop(), ProjectForm.touch(FORM_BEGUN_AT))


def _removed() -> rx.Component:
    return notice_callout(
        _of_kind(
            t("This template was deleted meanwhile. What you typed is still here to copy."),
            t("This project was deleted meanwhile. What you typed is still here to copy."),
        ),
        rx.link(
            t("Back to the list"),
            href=_of_kind(routes.projects(templates=True), routes.projects()),
            size="2",
        ),
    )


def _danger_zone() -> rx.Component:
    return rx.card(
        rx.el.details(
            summary(t("Danger Zone")),
            rx.flex(
                rx.text(removal_sentence(ProjectForm.is_template), size="2", color_scheme="gray"),
                rx.button(
                    t("Delete"),
                    type="button",
                    color_scheme="red",
                    disabled=ProjectForm.removed_meanwhile,
                    on_click=ProjectForm.ask_removal(_seen()),
                ),
                justify="between",
                align="center",
                spacing="4",
                wrap="wrap",
                padding_top="var(--space-4)",
            ),
        ),
        question(
            t("Delete {name}?", name=text(ProjectForm.name)),
            removal_sentence(ProjectForm.is_template),
            is_open=ProjectForm.asking,
            problem=ProjectForm.removal_problem,
            on_keep=ProjectForm.keep,
            on_delete=ProjectForm.remove(seen(ProjectForm.asked_subject)),
        ),
        size="2",
        width="100%",
    )
