"""Old data of modules: having it migrated, and remembering how that ended."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from integrations_app.domain import action
from integrations_app.domain.actor import Actor, Origin
from integrations_app.domain.event import NoticeKind
from integrations_app.domain.module_run import ModuleRun
from integrations_app.modules import registry
from integrations_app.modules.registry import OK
from integrations_app.services.changes import facts
from integrations_app.storage import queries
from integrations_app.storage.engine import database
from integrations_app.storage.tables import ModuleRunRow

AT_START = Actor(kind="system", id="start", label="system:start", origin=Origin.CLI)
"""Whoever has old data migrated because the program starts."""

_LOCK = "migration of old data"
_TURN_WITHIN_S = 60.0


def migrate(*, actor: Actor) -> dict[str, str]:
    """Have every module migrate its old data, in one process at a time; safe to run again.

    Args:
        actor: Who asks; admins are remembered each time, a start only where something failed that
            did not before, or the other way round.

    Returns:
        Each module's key, with "ok" or what may be said of its error.

    Raises:
        DatabaseUnavailable: It cannot be reached, or another process is at it for too long.
    """
    with database().single_flight(_LOCK, timeout_s=_TURN_WITHIN_S):
        outcomes = registry.run_all_legacy_migrations()
        with database().transaction() as session:
            _remember(session, outcomes, actor=actor, at=datetime.now(UTC))
    return outcomes


def runs() -> list[ModuleRun]:
    """Every module of this program, by title."""
    rows_by_module = {row.module: row for row in database().fetch(queries.module_runs)}
    module_runs = [
        ModuleRun(
            module=module.key,
            title=module.title or module.key,
            at=row.at.astimezone(UTC) if (row := rows_by_module.get(module.key)) else None,
            error=row.error if row else None,
        )
        for module in registry.all()
    ]
    return sorted(module_runs, key=lambda run: (run.title.casefold(), run.module))


def failed() -> int:
    """Return how many modules of this program could not migrate their old data."""
    return sum(run.error is not None for run in runs())


def _remember(session: Session, outcomes: Mapping[str, str], *, actor: Actor, at: datetime) -> None:
    before = {row.module: row.error for row in session.execute(queries.module_runs)}
    for module, outcome in outcomes.items():
        error = None if outcome == OK else outcome
        values = {"error": error, "at": at}
        session.execute(
            insert(ModuleRunRow)
            .values(module=module, **values)
            .on_conflict_do_update(index_elements=["module"], set_=values)
        )
        if actor.origin is Origin.WEB or (before.get(module) is None) != (error is None):
            done = action.LEGACY_DATA_MIGRATED if error is None else action.LEGACY_DATA_FAILED
            facts.audit(session, done, actor=actor, at=at, name=module)
    facts.notify(session, NoticeKind.MODULE_CHANGED)
