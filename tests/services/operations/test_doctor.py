"""What an examination finds where all is well, and what where something is not."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from integrations_app import errors, integrations
from integrations_app.domain.finding import Finding, Level
from integrations_app.services.operations import doctor
from integrations_app.storage import inspection
from integrations_app.storage.engine import Database
from tests.e2e.serving import COMMAND, ROOT
from tests.postgresql import DatabaseUnderTest
from tests.world import World, key

NOWHERE = "postgresql://somebody:hunter2%25@127.0.0.1:1/nothing"


def examined() -> dict[str, Finding]:
    """The findings by subject; of several about one, the gravest."""
    gravity = list(Level)
    findings = sorted(doctor.examine(), key=lambda found: gravity.index(found.level))
    return {found.subject: found for found in findings}


def grave(level: Level = Level.PROBLEM) -> dict[str, str]:
    """What is said of each subject that something is to be done about."""
    return {
        subject: f"{found.message} {found.remedy}"
        for subject, found in examined().items()
        if found.level is level
    }


@pytest.fixture
def role(db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A role without any right to our tables, which the product uses."""
    name = f"{urlsplit(db.url).path[1:]}_role"
    db.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'hunter2'")
    known = psycopg.conninfo.conninfo_to_dict(db.url)
    known |= {"user": name, "password": "hunter2"}
    host = known.pop("host", "")
    user, password, database = (known.pop(each) for each in ("user", "password", "dbname"))
    rest = "&".join(f"{name}={value}" for name, value in known.items() if value is not None)
    monkeypatch.setenv(
        "DATABASE_URL", f"postgresql://{user}:{password}@/{database}?host={host}&{rest}"
    )
    yield name
    db.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


def test_where_all_is_well_nothing_has_to_be_done(db: DatabaseUnderTest, outside: World) -> None:
    integrations.add_connection("mistral", "main", values={"api_key": key("mistral")})

    found = examined()

    assert grave() == {}
    assert found["database.reachable"].message.startswith("PostgreSQL ")
    assert found["database.notifications"].level is Level.OK
    assert found["keys"].level is Level.OK
    assert found["outside.mistral"].message == "api.mistral.ai answers"


def test_a_provider_is_asked_without_its_credential(db: DatabaseUnderTest, outside: World) -> None:
    secret = key("openrouter", serial="doctor")
    integrations.add_connection("openrouter", "main", values={"api_key": secret})

    list(doctor.examine())

    assert outside.requests(key=secret) == []


def test_nothing_is_changed(db: DatabaseUnderTest, outside: World) -> None:
    list(doctor.examine())

    assert db.rows("SELECT * FROM integration_keys") == []


def test_a_database_that_cannot_be_reached_is_said_without_its_password(
    db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", NOWHERE)

    found = examined()

    assert found["database.reachable"].level is Level.PROBLEM
    assert "hunter2" not in repr(found)


def test_a_database_without_our_tables_is_to_be_migrated(
    unmigrated_db: DatabaseUnderTest, outside: World
) -> None:
    assert "integrations migrate" in grave()["database.revision"]


def test_a_database_that_a_newer_release_migrated_is_left_to_it(
    db: DatabaseUnderTest, outside: World
) -> None:
    db.execute("UPDATE integrations_alembic_version SET version_num = '999'")

    assert (
        "A newer release has migrated the database to revision 999."
        in (grave()["database.revision"])
    )


def test_a_read_only_database_is_found(db: DatabaseUnderTest, outside: World) -> None:
    name = urlsplit(db.url).path[1:]
    db.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")

    assert "refuses writes" in grave()["database.writable"]


def test_a_role_without_rights_is_told_which_it_lacks(
    db: DatabaseUnderTest, outside: World, role: str
) -> None:
    db.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    db.execute(f"GRANT ALL ON projects TO {role}")

    said = grave()["database.privileges"]

    assert "integration_connections" in said
    assert "projects" not in said
    assert "INSERT" in said


def test_a_role_without_any_right_is_told_so_and_the_rest_is_examined(
    db: DatabaseUnderTest, outside: World, role: str
) -> None:
    said = grave()

    assert "integrations_alembic_version" in said["database.privileges"]
    assert "cannot read" in said["database.revision"]
    assert "database.notifications" in examined()


def test_a_program_whose_role_lacks_a_right_is_told_where_to_look(
    db: DatabaseUnderTest, outside: World, role: str
) -> None:
    with pytest.raises(errors.DatabaseUnavailable, match="integrations doctor"):
        integrations.list_connections()
    with pytest.raises(errors.DatabaseUnavailable, match="integrations doctor"):
        integrations.get_credentials("0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa")


def test_a_container_that_only_listens_to_itself_is_warned_of(
    db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("container", "podman")

    assert "INTEGRATIONS_PUBLIC_URL" in grave(Level.WARNING)["web.listening"]


def test_a_role_that_may_write_and_not_migrate_is_warned(
    db: DatabaseUnderTest, outside: World, role: str
) -> None:
    db.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    db.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")

    assert "GRANT CREATE ON SCHEMA public" in grave(Level.WARNING)["database.privileges"]


def test_more_connections_than_the_role_may_have_are_warned_of(
    db: DatabaseUnderTest, outside: World, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    db.execute(f"ALTER ROLE {role} CONNECTION LIMIT 30")
    assert "up to 20 connections" in examined()["database.connections"].message
    monkeypatch.setenv("INTEGRATIONS_DB_CONNECTIONS", "31")

    said = grave(Level.WARNING)["database.connections"]

    assert "up to 31 connections (INTEGRATIONS_DB_CONNECTIONS=31, 1 serving) of the 30" in said


def test_a_notification_that_goes_astray_is_missed(
    db: DatabaseUnderTest, unmigrated_db: DatabaseUnderTest
) -> None:
    with psycopg.connect(db.url, autocommit=True) as listening:
        elsewhere = inspection.notification_round_trip(
            listening, Database(unmigrated_db.url, connections=6).notify, within_s=0.2
        )
        here = inspection.notification_round_trip(
            listening, Database(db.url, connections=6).notify, within_s=5
        )

    assert elsewhere is None
    assert here is not None


def test_a_key_that_secrets_need_is_missed(
    db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    integrations.add_connection("mistral", "main", values={"api_key": key("mistral")})
    another = base64.b64encode(b"another key of 32 bytes, not it!").decode()
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", another)

    assert "INTEGRATIONS_ENCRYPTION_KEYS" in grave()["keys"]


def test_a_setting_with_nonsense_is_named(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")

    assert "PORT" in grave()["settings"]


def test_certificates_that_cannot_be_read_are_found(
    db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))

    assert "SSL_CERT_FILE" in grave()["outside.certificates"]


def test_a_provider_that_nobody_answers_for_is_found(
    db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    integrations.add_connection("mistral", "main", values={"api_key": key("mistral")})
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed.getsockname()[1]}")

        assert "api.mistral.ai could not be reached" in grave()["outside.mistral"]


def test_a_redis_that_does_not_answer_is_found(
    db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@127.0.0.1:1/0")

    said = grave()["web.redis"]

    assert "REDIS_URL" in said
    assert "hunter2" not in said


def test_an_address_that_is_not_encrypted_is_warned_of(
    db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "http://integrations.example")

    assert "not encrypted" in grave(Level.WARNING)["web.address"]


def test_the_command_prints_what_was_found_and_ends_accordingly(
    db: DatabaseUnderTest, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [*COMMAND, "doctor", "--output", "json"]

    well = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    unwell = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (well.returncode, unwell.returncode) == (0, 1)
    assert json.loads(well.stdout)["healthy"] is True
    subjects = {found["subject"]: found["level"] for found in json.loads(unwell.stdout)["findings"]}
    assert subjects["database.reachable"] == "problem"
    assert {"versions", "web.build", "disk"} <= subjects.keys()
