"""What has to be right before the app serves."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from integrations_app import integrations
from integrations_app.domain.actor import Actor, Origin
from integrations_app.errors import (
    DatabaseUnavailable,
    InvalidSetting,
    KeyRingMismatch,
    StartRefused,
)
from integrations_app.services.identity import admins
from integrations_app.services.operations import startup
from tests import redis_server
from tests.postgresql import DatabaseUnderTest

OPERATOR = Actor(kind="system", id="tests", label="system:tests", origin=Origin.CLI)


def test_the_first_start_gives_a_link_that_makes_the_first_admin(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "https://admin.example.com/")

    link = startup.prepare().first_admin_link or ""

    origin, _, token = link.partition("/setup?token=")
    assert origin == "https://admin.example.com"
    assert admins.create_first(token, "ada@example.com", "correct horse battery")


def test_there_is_no_link_once_there_is_an_admin(db: DatabaseUnderTest) -> None:
    admins.create("ada@example.com", "correct horse battery", OPERATOR)

    assert startup.prepare().first_admin_link is None


def test_an_empty_database_is_migrated(unmigrated_db: DatabaseUnderTest) -> None:
    assert not startup.is_ready()

    startup.prepare()

    assert startup.is_ready()


def test_a_start_changes_no_data(db: DatabaseUnderTest) -> None:
    integrations.add_connection("mistral", "main", values={"api_key": "a-secret-of-mistral"})
    before = db.rows("SELECT * FROM integration_connections")

    startup.prepare()

    assert db.rows("SELECT * FROM integration_connections") == before


def test_a_key_that_is_not_at_hand_is_named_with_how_many_secrets_need_it(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup.prepare()
    integrations.add_connection("mistral", "main", values={"api_key": "a-secret-of-mistral"})
    [older] = db.rows("SELECT id FROM integration_keys")
    newer = base64.b64encode(b"n" * 32).decode()
    both = f"{newer},{os.environ['INTEGRATIONS_ENCRYPTION_KEYS']}"
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", both)
    assert startup.prepare().warnings == ()
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", newer)

    [warning] = startup.prepare().warnings

    assert older["id"] in warning
    assert "1 stored secret needs it" in warning


def test_a_ring_without_the_newest_key_refuses_to_start(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup.prepare()
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", base64.b64encode(b"x" * 32).decode())

    with pytest.raises(KeyRingMismatch) as refused:
        startup.prepare()

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [("PORT", "many"), ("SSL_CERT_FILE", "/missing.pem")])
def test_a_wrong_setting_refuses_to_start_and_names_itself(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(InvalidSetting, match=f"^{name}: "):
        startup.prepare()


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost:6379/0?nonsense=1",
        "redis://localhost:6379/0?socket_timeout=soon",
        "rediss://localhost:6379/0?ssl_cert_reqs=perhaps",
    ],
)
def test_a_redis_url_that_its_client_cannot_read_refuses_to_start_in_one_line(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("REDIS_URL", url.replace("//", "//:a-password@"))

    with pytest.raises(StartRefused, match="REDIS_URL") as refused:
        startup.prepare()

    assert "\n" not in str(refused.value)
    assert "a-password" not in str(refused.value)


def test_workers_without_a_redis_are_warned_of(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "4")

    [warning] = startup.prepare().warnings

    assert warning == "WEB_CONCURRENCY has no effect without REDIS_URL; one process serves."


def test_a_redis_that_may_not_be_configured_is_warned_of(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with redis_server.running(tmp_path, "--rename-command", "CONFIG", "") as redis:
        monkeypatch.setenv("REDIS_URL", redis.url)

        [warning] = startup.prepare().warnings

    assert "K$sgxe" in warning


def test_a_redis_that_is_away_refuses_to_start_in_one_line(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:a-password@127.0.0.1:1/0")

    with pytest.raises(StartRefused, match="REDIS_URL") as refused:
        startup.prepare()

    assert "\n" not in str(refused.value)
    assert "a-password" not in str(refused.value)


def test_a_database_of_a_newer_program_refuses_to_start_in_one_line(
    db: DatabaseUnderTest,
) -> None:
    db.execute("UPDATE integrations_alembic_version SET version_num = '999'")

    with pytest.raises(StartRefused, match="999") as refused:
        startup.prepare()

    assert "\n" not in str(refused.value)
    assert not startup.is_ready()


def test_a_database_that_is_away_is_not_ready_and_refuses_to_start(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    assert not startup.is_ready()
    with pytest.raises(DatabaseUnavailable):
        startup.prepare()
