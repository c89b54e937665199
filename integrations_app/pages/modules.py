"""`/admin/modules`: the modules, and whether their old data could be migrated."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.feedback import outcome_callout, problem_callout
from integrations_app.components.reactive import items
from integrations_app.components.relative_time import ago
from integrations_app.components.seen import seen
from integrations_app.components.shell import page_heading, shell, way_back
from integrations_app.components.text import t
from integrations_app.components.theme import TABLE, TABLE_ROOM
from integrations_app.state.modules import ModuleItem, Modules, NeedItem


def page() -> rx.Component:
    """One table, and a way to try again."""
    return shell(
        way_back(t("All integrations"), routes.LISTING),
        page_heading(
            t("Modules"),
            t("At each start, keys that they kept themselves before become integrations."),
            rx.button(
                rx.icon("refresh-cw", size=16),
                t("Run again"),
                type="button",
                on_click=Modules.run_again(seen()),
                loading=Modules.busy,
            ),
        ),
        rx.box(
            problem_callout(Modules.problem),
            problem_callout(Modules.failure),
            outcome_callout(Modules.outcome, ok=True),
        ),
        rx.cond(Modules.loaded, _table(), rx.skeleton(height="120px", width="100%")),
    )


def _table() -> rx.Component:
    table = rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th(t("Module"), scope="col"),
                rx.el.th(t("Requires"), scope="col"),
                rx.el.th(t("Old data"), scope="col"),
                rx.el.th(t("Last run"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(Modules.rows, _row)),
        class_name=TABLE,
    )
    return rx.el.div(table, class_name=TABLE_ROOM)


def _need(need: NeedItem) -> rx.Component:
    return rx.el.div(
        rx.el.span(need.title),
        rx.match(
            need.status,
            ("connected", rx.badge(t("Connected"), color_scheme="green")),
            (
                "missing",
                rx.link(
                    t("Connect"), href=f"{routes.NEW}?{routes.CHOSEN}=" + need.provider, size="2"
                ),
            ),
            rx.badge(t("Not available here"), color_scheme="red"),
        ),
        class_name="cell-status",
    )


def _row(item: ModuleItem) -> rx.Component:
    return rx.el.tr(
        rx.el.th(item.title, scope="row"),
        rx.el.td(
            rx.cond(
                items(item.needs).length() > 0,
                rx.foreach(item.needs, _need),
                rx.text(t("No integrations"), size="2", color_scheme="gray"),
            )
        ),
        rx.el.td(
            rx.cond(
                item.error,
                rx.el.div(
                    rx.badge(t("Failed"), color_scheme="red"),
                    rx.el.span(item.error),
                    class_name="cell-status",
                ),
                rx.cond(
                    item.at,
                    rx.badge(t("Up to date"), color_scheme="green"),
                    rx.badge(t("Not run yet"), color_scheme="gray"),
                ),
            )
        ),
        rx.el.td(rx.cond(item.at, rx.el.span(t("ran "), ago(item.at)))),
        key=item.key,
    )
