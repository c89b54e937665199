"""A module with rows of its own that use connections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from integrations_app.domain.action import Action
from integrations_app.domain.actor import Actor
from integrations_app.domain.usage import Usage
from integrations_app.modules import Module
from integrations_app.services.changes import facts
from integrations_app.storage.engine import database
from tests.postgresql import DatabaseUnderTest

TITLES = sa.text("SELECT title FROM newsletters WHERE connection = :uuid ORDER BY title")
REPOINT = sa.text(
    "UPDATE newsletters SET connection = :new WHERE connection = :old RETURNING title"
)
REPOINTED = Action(key="newsletter_repointed", subject="newsletter")


class Newsletters(Module):
    """Newsletters, each sent by way of a connection."""

    key = "newsletters"
    actions = (REPOINTED,)

    def usages(self, uuid: UUID) -> Sequence[Usage]:
        rows = database().fetch(TITLES, {"uuid": uuid})
        return [Usage(label=row.title, url=f"/newsletters/{row.title}") for row in rows]

    def repoint(self, old: UUID, new: UUID, *, transaction: Session, actor: Actor) -> int:
        titles = transaction.execute(REPOINT, {"old": old, "new": new}).scalars().all()
        at = datetime.now(UTC)
        for title in titles:
            facts.record_module_change(
                transaction, self.key, REPOINTED, actor=actor, at=at, name=title
            )
        return len(titles)


def set_up(db: DatabaseUnderTest) -> None:
    db.execute("CREATE TABLE newsletters (title text PRIMARY KEY, connection uuid)")


def write(db: DatabaseUnderTest, title: str, connection: UUID) -> None:
    db.execute("INSERT INTO newsletters VALUES (%s, %s)", title, connection)


def users(db: DatabaseUnderTest, connection: UUID) -> list[str]:
    """The titles of the newsletters that use a connection."""
    rows = db.rows("SELECT title FROM newsletters WHERE connection = %s ORDER BY 1", connection)
    return [row["title"] for row in rows]
