"""The modules, and how the migration of their old data ended."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import reflex as rx

from integrations_app.domain.event import Event, Notice, NoticeKind
from integrations_app.domain.module_run import ModuleRun
from integrations_app.domain.requirement import Requirement
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.i18n import _
from integrations_app.services.blocking_pool import run_long
from integrations_app.services.connections import requirements
from integrations_app.services.operations import legacy_migrations
from integrations_app.state import wording
from integrations_app.state.seen import read_only
from integrations_app.state.session import AdminState, Batch, watching


@dataclass(frozen=True, kw_only=True)
class NeedItem:
    """A service that a module requires; its status is `connected`, `missing` or `undeclared`."""

    provider: str = ""
    title: str = ""
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class ModuleItem:
    """A row of the page."""

    key: str = ""
    title: str = ""
    at: str = ""
    error: str = ""
    needs: list[NeedItem] = field(default_factory=list)


class Modules(AdminState):
    """All modules, kept up while the page is open."""

    rows: list[ModuleItem] = []
    loaded: bool = False
    busy: bool = False
    problem: str = ""
    """Why the rows may be out of date."""
    failure: str = ""
    """Why the last run could not be completed; it stays until the next one, or the page is left."""
    outcome: str = ""

    @rx.event
    @read_only
    async def load(self) -> None:
        """Show what is known."""
        await self._actor()
        if not self._is_back():
            self.outcome = self.failure = ""
        await self._reload()

    @rx.event(background=True)
    @read_only
    async def watch(self) -> AsyncIterator[None]:
        """Keep the rows up until the page is left or the session ends."""
        async for batch in watching(self):
            async with self:
                if is_about_modules(batch) or _is_about_connections(batch):
                    await self._reload()
            yield

    @rx.event(background=True)
    async def run_again(self, seen: str) -> AsyncIterator[None]:
        """Have every module look at its old data once more.

        Args:
            seen: The page that was shown at the click.
        """
        del seen  # the guard has looked at it
        async with self:
            actor = await self._actor()
            if self.busy:
                return
            self.busy, self.failure, self.outcome = True, "", ""
        yield
        failure = ""
        try:
            await run_long(actor, legacy_migrations.migrate, actor=actor)
        except IntegrationError as error:
            failure = wording.of_error(error)
        finally:
            async with self:
                self.busy = False
        async with self:
            await self._reload()
            self.failure = failure
            if not (failure or self.problem or any(row.error for row in self.rows)):
                self.outcome = _("All old data is up to date.")

    def _leave_behind(self) -> None:
        self.busy = False

    async def _reload(self) -> None:
        try:
            runs, needs = await asyncio.to_thread(
                lambda: (legacy_migrations.runs(), requirements.by_module())
            )
        except DatabaseUnavailable as error:
            self.problem, self._behind = wording.of_error(error), True
            return
        self.rows = [_item(run, needs.get(run.module, ())) for run in runs]
        self.problem, self.loaded = "", True


def is_about_modules(batch: Batch) -> bool:
    """Return whether modules may look different now; their rows' changes carry their key."""
    return not batch.complete or any(
        isinstance(fact, Notice) and fact.kind is NoticeKind.MODULE_CHANGED and fact.module is None
        for fact in batch.facts
    )


def _is_about_connections(batch: Batch) -> bool:
    """Say whether a connection may have begun or ceased to be connected."""
    return any(
        isinstance(fact, Event)
        or (isinstance(fact, Notice) and fact.kind is NoticeKind.CHECK_RECORDED)
        for fact in batch.facts
    )


def _item(run: ModuleRun, needs: Sequence[Requirement]) -> ModuleItem:
    return ModuleItem(
        key=run.module,
        title=run.title,
        at=run.at.isoformat() if run.at else "",
        error=run.error or "",
        needs=[_need(need) for need in needs],
    )


def _need(need: Requirement) -> NeedItem:
    status = "connected" if need.is_connected else "missing"
    return NeedItem(
        provider=need.provider,
        title=need.title,
        status=status if need.is_declared else "undeclared",
    )
