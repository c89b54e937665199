"""What whoever watches over the server is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.postgresql import DatabaseUnderTest

Browser = Callable[..., TestClient]


def test_a_migrated_database_is_ready(browser: Browser) -> None:
    answer = browser().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_an_older_revision_is_not_ready_but_alive(browser: Browser, db: DatabaseUnderTest) -> None:
    db.execute("UPDATE integrations_alembic_version SET version_num = '101'")

    assert browser().get("/readyz").status_code == 503
    assert browser().get("/healthz").status_code == 200


def test_a_lost_database_is_not_ready_but_alive(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    assert browser().get("/readyz").status_code == 503
    assert browser().get("/healthz").status_code == 200
