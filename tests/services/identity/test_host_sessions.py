"""Sessions that the app around us keeps leave rows that admit nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import pytest

from integrations_app.domain.admin import AdminSession, HostAdmin
from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.errors import DatabaseUnavailable
from integrations_app.events.hub import Fact
from integrations_app.services.changes import event_stream
from integrations_app.services.identity import admins, host_sessions, sessions
from tests import people
from tests.postgresql import DatabaseUnderTest

PASSWORD = "correct horse battery staple"


def hosts(session: str, *, hours: float = 1) -> AdminSession:
    """The session of an admin of another app."""
    expires_at = datetime.now(UTC) + timedelta(hours=hours)
    admin = HostAdmin(id="7", label="Ann", session=session, expires_at=expires_at)
    found = host_sessions.session_of(admin)
    assert found is not None
    return found


def rows(db: DatabaseUnderTest) -> list[dict[str, object]]:
    return db.rows("SELECT admin_uuid, expires_at FROM integration_sessions ORDER BY expires_at")


def test_a_session_leaves_no_row_until_something_has_to_refer_to_it(db: DatabaseUnderTest) -> None:
    hosts("one")

    assert rows(db) == []


def test_an_anchored_session_is_recognised_by_no_cookie_of_ours(db: DatabaseUnderTest) -> None:
    found = hosts("one")

    host_sessions.anchor(found)

    assert rows(db) == [{"admin_uuid": None, "expires_at": found.expires_at}]
    assert sessions.find(found.token) is None
    assert sessions.find("one") is None


def test_anchoring_again_prolongs_and_forgets_what_has_run_out(db: DatabaseUnderTest) -> None:
    host_sessions.anchor(hosts("other"))
    db.execute("UPDATE integration_sessions SET expires_at = now() - interval '1 second'")
    host_sessions.anchor(hosts("one"))

    longer = hosts("one", hours=2)
    host_sessions.anchor(longer)

    assert rows(db) == [{"admin_uuid": None, "expires_at": longer.expires_at}]


def test_anchoring_leaves_our_own_sessions_alone(db: DatabaseUnderTest) -> None:
    admin = people.add_admin("ada@example.com", PASSWORD)
    own = sessions.find(sessions.open_for(admin))
    assert own is not None
    before = rows(db)

    host_sessions.anchor(own)
    host_sessions.anchor(hosts("one"))

    assert rows(db)[-1:] == before
    assert sessions.find(own.token) == own


def test_an_anchor_is_no_first_admin(db: DatabaseUnderTest) -> None:
    host_sessions.anchor(hosts("one"))

    assert admins.setup_token() is not None


def test_the_end_of_sessions_is_announced(db: DatabaseUnderTest) -> None:
    heard: SimpleQueue[Fact] = SimpleQueue()
    event_stream.subscribe().close()
    event_stream.hub().add(heard.put)

    host_sessions.announce_end()

    assert heard.get(timeout=5) == Notice(kind=NoticeKind.SESSION_ENDED)


def test_without_a_database_nobody_is_known(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(DatabaseUnavailable):
        hosts("one")
