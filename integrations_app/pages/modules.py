"""`/admin/modules`: the modules, and whether their old data could be migrated."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import outcome_callout, problem_callout
from integrations_app.components.list.columns import Column
from integrations_app.components.list.table import cells, loading, table
from integrations_app.components.reactive import items
from integrations_app.components.relative_time import ago
from integrations_app.components.seen import seen
from integrations_app.components.shell import page_heading, shell, way_back
from integrations_app.components.status import sign
from integrations_app.components.text import t
from integrations_app.state.modules import ModuleItem, Modules, NeedItem


def page() -> rx.Component:
    """One table, and a way to try again."""
    columns = _columns()
    return shell(
        way_back(t("All integrations"), routes.LISTING),
        page_heading(
            t("Modules"),
            t("At each start, keys that they kept themselves before become connections."),
            rx.button(
                rx.icon("refresh-cw", size=16),
                t("Run again"),
                type="button",
                on_click=Modules.run_again(seen()),
                loading=Modules.busy,
            ),
        ),
        problem_callout(Modules.problem),
        problem_callout(Modules.failure),
        outcome_callout(Modules.outcome, ok=True),
        rx.cond(Modules.loaded, _rows(columns), loading(columns)),
    )


def _rows(columns: tuple[Column, ...]) -> rx.Component:
    def row(item: ModuleItem) -> rx.Component:
        return rx.el.tr(*cells(columns, item), key=item.key, role="row")

    return table(columns, rx.foreach(Modules.rows, row))


def _columns() -> tuple[Column, ...]:
    return (
        Column(heading=t("Module"), kind="name", cell=_title),
        Column(heading=t("Requires"), kind="text", cell=_needs, says_heading=True),
        Column(heading=t("Old data"), kind="text", cell=_old_data, says_heading=True),
        Column(heading=t("Last run"), kind="moment", cell=_last_run, says_heading=True),
    )


def _title(item: ModuleItem) -> rx.Component:
    return rx.el.span(item.title, class_name="row-name")


def _needs(item: ModuleItem) -> rx.Component:
    return rx.cond(
        items(item.needs).length() > 0,
        rx.el.div(rx.foreach(item.needs, _need), class_name="stacked"),
        rx.el.span(t("No connections"), class_name="status"),
    )


def _need(need: NeedItem) -> rx.Component:
    connect = rx.Var.create(f"{routes.NEW}?{routes.CHOSEN}=").to(str) + need.provider
    return rx.el.div(
        rx.el.span(need.title),
        rx.match(
            need.status,
            ("connected", sign("connected", t("Connected"))),
            ("missing", rx.link(t("Connect"), href=connect, size="2")),
            sign("error", t("Not available here")),
        ),
        class_name="need",
    )


def _old_data(item: ModuleItem) -> rx.Component:
    return rx.cond(
        item.error,
        rx.el.div(
            sign("error", t("Failed")),
            rx.el.span(item.error, class_name="quiet"),
            class_name="stacked",
        ),
        rx.cond(
            item.at,
            sign("connected", t("Up to date")),
            sign("configured", t("Not run yet")),
        ),
    )


def _last_run(item: ModuleItem) -> rx.Component:
    return rx.cond(item.at, ago(item.at), rx.el.span(t("never")))
