"""Pages with pickers: two side by side, one in each row of a list, and drop-downs."""

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path

import reflex as rx

from integrations_app.components import ConnectionChoices, integration_picker
from integrations_app.components.picker import choices_of

ALLOWED = "PICKER_APP_ALLOWED"
"""A file; while it exists, whoever looks may see connections."""


class Guarded(ConnectionChoices, mixin=True):
    async def _may_see_connections(self) -> bool:
        return await asyncio.to_thread(Path(os.environ[ALLOWED]).exists)


class Desk(Guarded, rx.State):
    """One picker of each kind, and what they told."""

    one: str = ""
    some: list[str] = []
    told: list[str] = []

    @rx.event
    async def load(self) -> None:
        asked = self.router.url.query_parameters
        self.one = asked.get("one", "")
        self.some = [uuid for uuid in asked.get("some", "").split(",") if uuid]

    @rx.event
    async def pick_one(self, event: dict[str, str]) -> None:
        self.told = [*self.told, f"one {event['action']} {event['uuid']}"]
        self.one = event["uuid"] if event["action"] == "select" else ""

    @rx.event
    async def pick_some(self, event: dict[str, str]) -> None:
        self.told = [*self.told, f"some {event['action']} {event['uuid']}"]
        kept = [uuid for uuid in self.some if uuid != event["uuid"]]
        self.some = [*kept, event["uuid"]] if event["action"] == "add" else kept

    def _selected_uuids(self) -> list[str]:
        return [self.one, *self.some]


@dataclass(frozen=True, kw_only=True)
class Task:
    key: str = ""
    picked: str = ""


class Tasks(Guarded, rx.State):
    """A picker in each row, all of chat models."""

    tasks: list[Task] = [Task(key="write"), Task(key="translate"), Task(key="sum-up")]

    _capability = "chat"

    @rx.event
    async def pick(self, key: str, event: dict[str, str]) -> None:
        picked = event["uuid"] if event["action"] == "select" else ""
        self.tasks = [replace(t, picked=picked) if t.key == key else t for t in self.tasks]

    def _selected_uuids(self) -> list[str]:
        return [task.picked for task in self.tasks]


def desk() -> rx.Component:
    return rx.el.main(
        integration_picker(
            **choices_of(Desk),
            selected=[Desk.one],
            on_select=Desk.pick_one,
            empty_url="/elsewhere",
            sign_in_url="/enter",
            id="one",
            label="Model",
        ),
        integration_picker(
            **choices_of(Desk),
            selected=Desk.some,
            on_select=Desk.pick_some,
            provider="mistral",
            multiple=True,
            compact=True,
            id="some",
            label="Others",
        ),
        rx.el.ol(rx.foreach(Desk.told, rx.el.li), id="told"),
        style={"display": "grid", "gap": "24px", "padding": "16px", "maxWidth": "720px"},
    )


def lines() -> rx.Component:
    return rx.el.main(
        integration_picker(
            **choices_of(Desk),
            selected=[Desk.one],
            on_select=Desk.pick_one,
            dropdown=True,
            empty_url="/elsewhere",
            sign_in_url="/enter",
            id="one",
            label="Model",
        ),
        rx.el.h2("The other models", id="others"),
        integration_picker(
            **choices_of(Desk),
            selected=Desk.some,
            on_select=Desk.pick_some,
            multiple=True,
            dropdown=True,
            id="some",
            labelled_by="others",
        ),
        rx.el.ol(rx.foreach(Desk.told, rx.el.li), id="told"),
        style={"display": "grid", "gap": "24px", "padding": "16px", "maxWidth": "420px"},
    )


def tasks() -> rx.Component:
    return rx.el.main(
        rx.foreach(
            Tasks.tasks,
            lambda task: rx.el.section(
                rx.el.h2(task.key),
                integration_picker(
                    **choices_of(Tasks),
                    selected=[task.picked],
                    on_select=lambda event: Tasks.pick(task.key, event),
                    id="picker-" + task.key,
                    label=task.key,
                ),
            ),
        )
    )


app = rx.App()
app.add_page(desk, route="/", on_load=[Desk.load, Desk.watch_choices])
app.add_page(desk, route="/waiting", on_load=Desk.load)
app.add_page(lines, route="/lines", on_load=[Desk.load, Desk.watch_choices])
app.add_page(tasks, route="/tasks", on_load=Tasks.watch_choices)
