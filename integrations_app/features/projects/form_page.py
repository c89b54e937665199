"""`/admin/projects/new` and `/admin/projects/{uuid}`: one project or template."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.address import last_part
from integrations_app.components.copying import copyable
from integrations_app.components.feedback.confirm_dialog import confirm_dialog
from integrations_app.components.form.fields import text_field
from integrations_app.components.form.heading import breadcrumb, subject_heading
from integrations_app.components.form.row import (
    removed_notice,
    row_danger_zone,
    row_form,
    touch,
)
from integrations_app.components.form.sections import columns
from integrations_app.components.reactive import flag, text
from integrations_app.components.seen import seen
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.text import t
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
        rx.box(
            _way_back(),
            page_heading(
                _of_kind(t("Add Template"), t("Add Project")),
                rx.cond(
                    ProjectForm.from_template,
                    t("Begun with the template {name}.", name=text(ProjectForm.from_template)),
                    t("You can change everything later."),
                ),
            ),
        )
    )


def edit() -> rx.Component:
    """The form of one that is stored, and its removal."""
    kind = _of_kind(t("Template"), t("Project"))
    return _page(
        subject_heading(
            _way_back(),
            rx.cond(_is_here(), ProjectForm.name, kind),
            rx.el.span(kind),
            rx.cond(_is_here(), copyable(ProjectForm.row_uuid, label=t("the uuid"))),
        ),
        _danger_zone(),
    )


def _of_kind(of_template: rx.Var[str] | str, of_project: rx.Var[str] | str) -> rx.Var[str]:
    return text(rx.cond(ProjectForm.is_template, of_template, of_project))  # pyright: ignore[reportArgumentType]


def _is_here() -> rx.Var[bool]:
    # Another one's form could be typed into, and be gone a moment later.
    return flag(ProjectForm.loaded) & (last_part() == ProjectForm.asked)


def _way_back() -> rx.Component:
    return breadcrumb(_of_kind(t("Templates"), t("Projects")), _list())


def _list() -> rx.Var[str]:
    return _of_kind(routes.projects(templates=True), routes.projects())


def _page(heading: rx.Component, *more: rx.Component) -> rx.Component:
    return shell(
        heading,
        rx.cond(
            _is_here(),
            columns(
                removed_notice(
                    ProjectForm,
                    _of_kind(
                        t("This template was removed. You can still copy what you typed."),
                        t("This project was removed. You can still copy what you typed."),
                    ),
                    address=_list(),
                ),
                _form(),
                *more,
            ),
            rx.skeleton(height="320px"),
        ),
    )


def _form() -> rx.Component:
    return row_form(
        ProjectForm,
        text_field(
            NAME,
            t("Name"),
            value=ProjectForm.name,
            problem=ProjectForm.problems[NAME],
            help_text=_of_kind(
                t("Unique among templates; a project may be called the same."),
                t("Unique among projects; a template may be called the same."),
            ),
            required=True,
            max_length=NAME_MAX_LENGTH,
            on_change=touch(ProjectForm),
        ),
        text_field(
            DESCRIPTION,
            t("Description"),
            value=ProjectForm.description,
            problem=ProjectForm.problems[DESCRIPTION],
            help_text=t("A sentence for whoever finds it in the list. It may stay empty."),
            max_length=DESCRIPTION_MAX_LENGTH,
            on_change=touch(ProjectForm),
        ),
        create=_of_kind(t("Create Template"), t("Create Project")),
        cancel=_list(),
        changed=_of_kind(
            t("Someone changed this template while you were typing."),
            t("Someone changed this project while you were typing."),
        ),
    )


def _danger_zone() -> rx.Component:
    return rx.fragment(
        row_danger_zone(
            ProjectForm,
            _of_kind(t("Remove this template"), t("Remove this project")),
            removal_sentence(ProjectForm.is_template),
            on_remove=ProjectForm.ask_removal(seen(ProjectForm.form_key)),
        ),
        confirm_dialog(
            t("Remove {name}?", name=text(ProjectForm.name)),
            removal_sentence(ProjectForm.is_template),
            is_open=ProjectForm.asking,
            problem=ProjectForm.removal_problem,
            on_keep=ProjectForm.keep,
            on_confirm=ProjectForm.remove(seen(ProjectForm.asked_subject)),
        ),
    )
