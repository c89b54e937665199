"""How an open page learns that the database has gone, however it goes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from integrations_app.services.changes import event_stream
from integrations_app.state.watching import DatabaseWatch, following
from integrations_app.storage.engine import database
from tests import postgresql
from tests.conftest import ENCRYPTION_KEY
from tests.postgresql import StoppableServer

KNOWN_WITHIN_S = 5


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StoppableServer]:
    """A database that goes away."""
    with postgresql.stoppable() as stoppable:
        monkeypatch.setenv("DATABASE_URL", stoppable.db.url)
        monkeypatch.setenv("INTEGRATIONS_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
        yield stoppable
        event_stream.stop()
        database().dispose()


def test_a_last_answer_on_its_way_does_not_hide_that_the_database_has_gone(
    server: StoppableServer,
) -> None:
    """The listener is told first; a page that asks at once may still be answered, once."""
    gone_at: list[float] = []
    known = asyncio.Event()

    async def asked() -> bool:
        if gone_at and gone_at.pop():
            return True
        await asyncio.to_thread(database().fetch, text("SELECT 1"))
        return True

    async def admitted(line: DatabaseWatch) -> datetime | None:
        until = datetime.now(UTC) + timedelta(minutes=5)
        return until if await line.ask(asked, until=None) else None

    async def told(is_up: bool) -> None:
        if not is_up:
            known.set()

    async def watch() -> None:
        state: Any = SimpleNamespace(_behind=False)
        async for _batch in following(state, admitted=admitted, on_line=told):
            watching.set()

    async def scene() -> None:
        watcher = asyncio.create_task(watch())
        await watching.wait()
        gone_at.append(1.0)
        await asyncio.to_thread(server.stop)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(known.wait(), KNOWN_WITHIN_S)
        watcher.cancel()

    watching = asyncio.Event()
    asyncio.run(scene())

    assert known.is_set()
