"""Sessions that the app around us keeps, as ours know them.

It alone says who is signed in. A row of ours only anchors what a session's way to a provider
refers to; no cookie is recognised by it.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from integrations_app.domain.admin import AdminSession, HostAdmin
from integrations_app.domain.event import NoticeKind
from integrations_app.security import passwords
from integrations_app.services.changes import facts
from integrations_app.services.identity import sessions
from integrations_app.storage.engine import database
from integrations_app.storage.tables import SessionRow

LOOK_AGAIN_S = 5.0
"""How often an open page asks whether its session lasts, if nobody announces its end."""


def session_of(admin: HostAdmin) -> AdminSession | None:
    """The session of someone whom the app around us has signed in; None if it has run out.

    Raises:
        DatabaseUnavailable: The database cannot be reached, so there is nothing to do in it.
    """
    if admin.expires_at <= datetime.now(UTC):
        return None
    database().fetch(sa.text("SELECT 1"))
    return AdminSession(
        admin=admin,
        token=token_of(admin),
        expires_at=admin.expires_at,
        look_again_s=LOOK_AGAIN_S,
    )


def token_of(admin: HostAdmin) -> str:
    """Return what the browser is recognised by."""
    return f"host:{admin.session}"


def anchor(found: AdminSession) -> None:
    """Let rows refer to a session; our own has its row since it was opened.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    if not isinstance(found.admin, HostAdmin):
        return
    row = insert(SessionRow).values(
        token_hash=passwords.token_hash(found.token), expires_at=found.expires_at
    )
    prolonged = row.on_conflict_do_update(
        index_elements=["token_hash"], set_={"expires_at": row.excluded.expires_at}
    )
    with database().transaction() as session:
        sessions.sweep(session)
        session.execute(prolonged)


def announce_end() -> None:
    """Have every open page look after its session now.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    with database().transaction() as session:
        facts.notify(session, NoticeKind.SESSION_ENDED)
