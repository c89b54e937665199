"""`/admin/projects`: all projects, and the templates that they are made from."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import problem_callout
from integrations_app.components.feedback.confirm_dialog import confirm_dialog
from integrations_app.components.kept_rows import (
    is_deleted,
    kept_row,
    kept_rows,
    row_actions,
    row_name,
)
from integrations_app.components.reactive import Flag, Text, flag, items, text
from integrations_app.components.relative_time import ago
from integrations_app.components.rows import nothing, pager
from integrations_app.components.seen import row_seen
from integrations_app.components.shell import page_heading, shell
from integrations_app.components.text import t
from integrations_app.components.theme import TABLE
from integrations_app.features.projects.listing_state import ProjectItem, ProjectList

_PROJECTS = routes.projects()
_TEMPLATES = routes.projects(templates=True)


def page() -> rx.Component:
    """Two lists behind two links; the table, or where to go from an empty one."""
    return shell(
        page_heading(
            t("Projects"),
            t("What this organisation works on, and templates to begin with."),
            _add(),
        ),
        rx.box(_kinds(), problem_callout(ProjectList.problem)),
        rx.cond(
            ProjectList.loaded,
            rx.cond(items(ProjectList.rows).length() == 0, _nothing_yet(), _table()),
            rx.skeleton(height="200px", width="100%", aria_label=t("Loading")),
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
    return rx.flex(
        rx.el.nav(
            _kind(t("Projects"), _PROJECTS, active=~flag(ProjectList.of_templates)),
            _kind(t("Templates"), _TEMPLATES, active=flag(ProjectList.of_templates)),
            aria_label=t("Kinds"),
            class_name="kinds",
        ),
        rx.text(ProjectList.count, size="2", color_scheme="gray", role="status"),
        justify="between",
        align="center",
        class_name="kinds-line",
    )


def _kind(label: Text, address: str, *, active: rx.Var[bool]) -> rx.Component:
    return rx.link(
        label,
        href=address,
        on_click=ProjectList.turn_to(address).prevent_default,
        size="2",
        underline="none",
        color_scheme="gray",
        custom_attrs={"aria-current": rx.cond(active, "page", "false")},
    )


def _table() -> rx.Component:
    return rx.fragment(
        kept_rows(
            ProjectList,
            rx.el.table(
                rx.el.thead(rx.el.tr(*(rx.el.th(each, scope="col") for each in _columns()))),
                rx.el.tbody(rx.foreach(ProjectList.rows, _row)),
                class_name=TABLE,
            ),
        ),
        pager(
            previous_link=ProjectList.previous_link,
            next_link=ProjectList.next_link,
            turn_to=ProjectList.turn_to,
        ),
    )


def _columns() -> tuple[Text, ...]:
    return t("Name"), t("Description"), t("Last change"), t("Actions")


def _row(item: ProjectItem) -> rx.Component:
    address = routes.PROJECTS + "/" + item.uuid
    deleted = is_deleted(ProjectList, item.uuid)
    return kept_row(
        ProjectList,
        item.uuid,
        row_name(item.name, address, deleted=deleted),
        rx.el.td(
            rx.cond(item.description, rx.el.span(item.description, class_name="cell-account"))
        ),
        rx.el.td(rx.el.span(t("changed "), ago(item.updated_at), class_name="cell-moment")),
        row_actions(
            rx.cond(
                ProjectList.of_templates,
                rx.el.a(
                    t("Use template"),
                    href=routes.PROJECT_NEW + f"?{routes.FROM_TEMPLATE}=" + item.uuid,
                    class_name="row-action main",
                ),
            ),
            rx.el.a(t("Configure"), href=address, class_name="row-action main"),
            rx.el.button(
                t("Remove"),
                on_click=ProjectList.ask_removal(row_seen(item)),
                class_name="row-action danger",
                type="button",
            ),
            deleted=deleted,
        ),
    )


def _removal() -> rx.Component:
    asked = ProjectList.removing
    return confirm_dialog(
        t("Remove {name}?", name=asked.name),
        removal_sentence(ProjectList.of_templates),
        is_open=text(asked.uuid) != "",
        problem=ProjectList.removal_problem,
        on_keep=ProjectList.keep,
        on_confirm=ProjectList.remove(row_seen(asked)),
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
