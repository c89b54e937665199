"""What callers are told when the database is gone, and that they go on when it is back."""

from __future__ import annotations

import socket
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection
from integrations_app.storage.engine import database
from tests.api.conftest import BOB, KEY, OTHER_KEY
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once

UUID = uuid4()
CALLS: dict[str, Callable[[], object]] = {
    "add_connection": lambda: integrations.add_connection("mistral", "main"),
    "update_connection": lambda: integrations.update_connection(UUID, name="x"),
    "save_setup": lambda: integrations.save_setup(UUID, {"api_key": "x"}),
    "rename_connection": lambda: integrations.rename_connection(UUID, "x"),
    "disconnect": lambda: integrations.disconnect(UUID),
    "remove_connection": lambda: integrations.remove_connection(UUID),
    "get_integration_by_uuid": lambda: integrations.get_integration_by_uuid(UUID),
    "get_integration": lambda: integrations.get_integration("mistral:main"),
    "get_credentials by uuid": lambda: integrations.get_credentials(UUID),
    "get_credentials by name": lambda: integrations.get_credentials("mistral:main"),
    "is_connected by uuid": lambda: integrations.is_connected(UUID),
    "is_connected by name": lambda: integrations.is_connected("mistral"),
    "find_uuid_by_provider_name": lambda: integrations.find_uuid_by_provider_name("mistral:main"),
    "resolve_to_uuid": lambda: integrations.resolve_to_uuid(UUID),
    "list_connections": integrations.list_connections,
    "validate_connection": lambda: integrations.validate_connection(UUID),
    "record_validation": lambda: integrations.record_validation(UUID, CheckResult(ok=True)),
    "validate_credentials": lambda: integrations.validate_credentials("mistral", {}, uuid=UUID),
    "subscribe": integrations.subscribe,
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@pytest.fixture
def nowhere(db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL names a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    url = f"postgresql://somebody:hidden-password@127.0.0.1:{port}/nothing"
    monkeypatch.setenv("DATABASE_URL", url)


@every_call
@pytest.mark.usefixtures("nowhere")
def test_without_a_database_every_call_says_so(call: Callable[[], object]) -> None:
    with pytest.raises(errors.DatabaseUnavailable) as caught:
        call()

    assert caught.value.code == "database_unavailable"
    assert "hidden-password" not in f"{caught.value!r} {caught.value.__cause__!r}"


@every_call
def test_without_tables_every_call_but_listening_says_so(
    unmigrated_db: DatabaseUnderTest, call: Callable[[], object]
) -> None:
    if call is integrations.subscribe:
        integrations.subscribe().close()
        return

    with pytest.raises(errors.DatabaseUnavailable, match="integrations migrate"):
        call()


def test_reads_go_on_when_the_server_has_cut_the_line(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    for _ in range(2):
        assert integrations.get_credentials(connection.uuid)["api_key"] == KEY
        assert integrations.list_connections() == [connection]

        assert db.cut_connections() >= 2

    assert integrations.get_credentials("mistral:main")["api_key"] == KEY
    assert integrations.is_connected(connection.uuid)
    assert integrations.get_integration_by_uuid(connection.uuid) == connection


def test_writes_go_on_when_the_server_has_cut_the_line(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    db.cut_connections()
    renamed = integrations.rename_connection(connection.uuid, "second", actor=BOB)
    db.cut_connections()
    saved = integrations.save_setup(connection.uuid, {"api_key": OTHER_KEY}, actor=BOB)

    assert (renamed.name, saved.version) == ("second", connection.version + 2)


def test_many_readers_go_on_when_the_server_has_cut_the_line(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    read = [lambda: integrations.get_credentials(connection.uuid)["api_key"]]
    at_once(*8 * read)
    db.cut_connections()

    assert at_once(*8 * read) == 8 * [KEY]


def test_a_locked_table_is_waited_for_by_writers_and_not_by_readers(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    with psycopg.connect(db.url) as other:
        other.execute("SELECT * FROM integration_connections FOR UPDATE")

        assert integrations.get_credentials(connection.uuid)["api_key"] == KEY


def test_no_connection_waits_long_for_a_server_that_is_silently_gone(
    db: DatabaseUnderTest,
) -> None:
    found = database()
    told: list[dict[str, str]] = []
    for engine in (found.reader, found.writer):
        with engine.connect() as connection:
            driver = connection.connection.dbapi_connection
            assert isinstance(driver, psycopg.Connection)
            told.append(driver.info.get_parameters())

    assert [each["tcp_user_timeout"] for each in told] == ["10000", "10000"]
    assert [each["keepalives_idle"] for each in told] == ["10", "10"]
