"""`/admin/projects`: all projects, and the templates that they are made from."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import problem_callout
from integrations_app.components.feedback.confirm_dialog import confirm_dialog
from integrations_app.components.list.actions import RowAction, configure, row_actions
from integrations_app.components.list.columns import Column
from integrations_app.components.list.empty import nothing
from integrations_app.components.list.row import identity, is_deleted
from integrations_app.components.list.table import kept_table, loading, turning_link
from integrations_app.components.reactive import Flag, Text, flag, items, text
from integrations_app.components.relative_time import ago
from integrations_app.components.seen import row_seen, seen
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.text import t
from integrations_app.features.projects.listing_state import ProjectItem, ProjectList

_PROJECTS = routes.projects()
_TEMPLATES = routes.projects(templates=True)


def page() -> rx.Component:
    """Two lists behind two links; the rows, or where to go from an empty list."""
    columns = _columns()
    return shell(
        page_heading(
            t("Projects"),
            t("What this organisation works on, and templates to begin with."),
            _add(),
        ),
        problem_callout(ProjectList.problem),
        _kinds(),
        rx.cond(
            ProjectList.loaded,
            rx.cond(
                items(ProjectList.rows).length() == 0,
                _nothing_yet(),
                kept_table(ProjectList, columns),
            ),
            loading(columns),
        ),
        _removal(),
    )


def _add() -> rx.Component:
    return rx.button(
        rx.el.a(
            rx.icon("plus", size=16),
            rx.cond(ProjectList.of_templates, t("Add Template"), t("Add Project")),
            href=rx.cond(
                ProjectList.of_templates, routes.new_project(template=True), routes.new_project()
            ),
        ),
        as_child=True,
    )


def _kinds() -> rx.Component:
    return rx.el.nav(
        _kind(t("Projects"), _PROJECTS, active=~flag(ProjectList.of_templates)),
        _kind(t("Templates"), _TEMPLATES, active=flag(ProjectList.of_templates)),
        aria_label=t("Kinds"),
        class_name="kinds",
    )


def _kind(label: Text, address: str, *, active: rx.Var[bool]) -> rx.Component:
    return turning_link(
        label,
        address,
        turn_to=ProjectList.turn_to,
        class_name="kind",
        **{"aria-current": rx.cond(active, "page", "false")},
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(heading=t("Name"), kind="name", cell=_identity),
        Column(heading=t("Description"), kind="text", cell=_description, place="goes-second"),
        Column(
            heading=t("Last change"),
            kind="moment",
            cell=lambda item: ago(item.updated_at),
            place="goes-first",
            says_heading=True,
        ),
        Column(heading=t("Actions"), kind="actions", cell=_actions),
    )


def _address(item: ProjectItem) -> rx.Var[str]:
    return rx.Var.create(routes.PROJECTS + "/").to(str) + item.uuid


def _identity(item: ProjectItem) -> rx.Component:
    return identity(item.name, _address(item), deleted=is_deleted(ProjectList, item.uuid))


def _description(item: ProjectItem) -> rx.Component:
    return rx.el.span(item.description, title=item.description, class_name="quiet one-line")


def _actions(item: ProjectItem) -> rx.Component:
    return row_actions(
        configure(_address(item)),
        (
            RowAction(
                label=t("Use template"),
                address=routes.PROJECT_NEW + f"?{routes.FROM_TEMPLATE}=" + item.uuid,
                is_offered=ProjectList.of_templates,
            ),
            RowAction(
                label=t("Remove"), on_select=ProjectList.ask_removal(row_seen(item)), is_final=True
            ),
        ),
        about=item.name,
        deleted=is_deleted(ProjectList, item.uuid),
    )


def _removal() -> rx.Component:
    return confirm_dialog(
        t("Remove {name}?", name=ProjectList.removing_name),
        removal_sentence(ProjectList.of_templates),
        is_open=text(ProjectList.removing_subject) != "",
        problem=ProjectList.removal_problem,
        on_keep=ProjectList.keep,
        on_confirm=ProjectList.remove(seen(ProjectList.removing_subject)),
    )


def removal_sentence(is_template: Flag) -> Text:
    """Return what a removal means."""
    return rx.cond(
        is_template,
        t("The template is removed for good; projects made from it stay. This cannot be undone."),
        t("The project is removed for good. This cannot be undone."),
    )


def _nothing_yet() -> rx.Component:
    of_templates = ProjectList.of_templates
    return nothing(
        "folder-kanban",
        rx.cond(of_templates, t("No templates yet"), t("No projects yet")),
        rx.cond(
            of_templates,
            t("A template saves typing: new projects begin with what stands in it."),
            t("Begin with an empty one, or make a template first."),
        ),
    )
