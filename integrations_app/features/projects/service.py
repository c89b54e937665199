"""Changing projects and templates; each function is one transaction that tells its facts."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from integrations_app.domain.action import Action
from integrations_app.domain.actor import Actor
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import Conflict
from integrations_app.features.projects import actions
from integrations_app.features.projects.drafts import checked, differing
from integrations_app.features.projects.errors import NameTaken, ProjectMissing
from integrations_app.features.projects.lookup import project_of
from integrations_app.features.projects.project import DESCRIPTION, KEY, NAME, Draft, Project
from integrations_app.features.projects.table import (
    NAME_OF_PROJECT,
    NAME_OF_TEMPLATE,
    ProjectRow,
)
from integrations_app.services.changes import facts
from integrations_app.services.rows import writing
from integrations_app.storage.engine import database

_UNIQUE = (NAME_OF_PROJECT, NAME_OF_TEMPLATE)


def add(draft: Draft, *, is_template: bool = False, actor: Actor) -> Project:
    """Create a project, or a template.

    Raises:
        InvalidFields: A text that cannot be saved.
        NameTaken: Another one of the kind is called like this.
    """
    draft = checked(draft)
    now = datetime.now(UTC)
    row = ProjectRow(
        uuid=uuid7(),
        name=draft.name,
        description=draft.description,
        is_template=is_template,
        created_at=now,
        updated_at=now,
    )
    fields = (NAME, DESCRIPTION) if draft.description else (NAME,)
    with database().transaction() as session:
        session.add(row)
        writing.flush(session, unique=_UNIQUE, taken=NameTaken(draft.name))
        _record(session, row, actions.ADDED, actor=actor, at=now, fields=fields)
        return project_of(row)


def update(uuid: object, draft: Draft, *, seen: Project | None = None, actor: Actor) -> Project:
    """Change a project or a template; what is stored already is no change.

    Args:
        uuid: Its uuid.
        draft: What it shall be.
        seen: It as the caller read it; None saves over anything.
        actor: Who does it.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        ProjectMissing: There is none.
        InvalidFields: A text that cannot be saved.
        NameTaken: Another one of the kind is called like this.
        Conflict: Someone changed it since; nothing is changed now.
    """
    parsed, draft = parse_uuid(uuid), checked(draft)
    now = datetime.now(UTC)
    with database().transaction() as session:
        row = session.get(ProjectRow, parsed, with_for_update=True)
        if row is None:
            raise ProjectMissing(parsed)
        stored = project_of(row)
        if seen is not None and seen.version != stored.version:
            raise Conflict(fields=differing(seen.draft, stored.draft), version=stored.version)
        changed = differing(stored.draft, draft)
        if not changed:
            return stored
        row.name, row.description = draft.name, draft.description
        row.version, row.updated_at = row.version + 1, now
        writing.flush(session, unique=_UNIQUE, taken=NameTaken(draft.name))
        _record(session, row, actions.CHANGED, actor=actor, at=now, fields=changed)
        return project_of(row)


def remove(uuid: object, *, actor: Actor, expected_version: int | None = None) -> bool:
    """Delete a project or a template; projects that were made from it stay.

    Args:
        uuid: Its uuid.
        actor: Who does it.
        expected_version: The version that the actor has seen; None for any.

    Returns:
        Whether it was there.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        Conflict: Someone changed it since `expected_version`; nothing is done.
    """
    return writing.delete(
        ProjectRow,
        uuid,
        expected_version=expected_version,
        record=lambda session, row: _record(
            session, row, actions.REMOVED, actor=actor, at=datetime.now(UTC)
        ),
    )


def _record(
    session: Session,
    row: ProjectRow,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    fields: tuple[str, ...] = (),
) -> None:
    done = actions.on(action, is_template=row.is_template)
    facts.record_module_change(session, KEY, done, actor=actor, at=at, name=row.name, fields=fields)
