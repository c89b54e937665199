"""Finding a connection: exactly the one that is meant, or none."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.connection import Connection
from tests.api.conftest import BOB
from tests.postgresql import DatabaseUnderTest

NOT_REFERENCES = [None, "", " ", "\n", 7, 1.5, b"mistral", [], {}, object()]
NAMELESS = [":", "mistral:", ":main", "mistral::main", "mistral:main:x", "mistral:a b", "\x00", "ä"]


@pytest.fixture
def default(db: DatabaseUnderTest) -> Connection:
    """A connection that happens to be named `default`."""
    return integrations.add_connection("mistral", "default", actor=BOB)


def test_every_form_of_a_reference_finds_its_connection(
    connection: Connection, default: Connection
) -> None:
    uuid = connection.uuid

    for ref in (uuid, str(uuid), str(uuid).upper(), "mistral:main"):
        assert integrations.get_integration(ref) == connection
        assert integrations.resolve_to_uuid(ref) == uuid
    assert integrations.get_integration("mistral") == default


def test_a_reference_without_a_connection_is_not_configured(connection: Connection) -> None:
    for ref in (uuid4(), str(uuid4()), "mistral:other", "deepseek:main", *NAMELESS):
        with pytest.raises(errors.NotConfigured) as caught:
            integrations.get_integration(ref)
        assert caught.value.code == "not_configured"


def test_a_reference_without_a_row_resolves_to_nothing(connection: Connection) -> None:
    for ref in (uuid4(), str(uuid4()), "mistral:other", *NAMELESS):
        with pytest.raises(errors.NotFound) as caught:
            integrations.resolve_to_uuid(ref)
        assert caught.value.code == "not_found"


@pytest.mark.parametrize("ref", NOT_REFERENCES)
def test_what_is_neither_uuid_nor_text_is_invalid(db: DatabaseUnderTest, ref: Any) -> None:
    for call in (
        integrations.get_integration,
        integrations.get_credentials,
        integrations.resolve_to_uuid,
        integrations.find_uuid_by_provider_name,
    ):
        with pytest.raises(errors.InvalidReference) as caught:
            call(ref)
        assert caught.value.code == "invalid"
    assert integrations.is_connected(ref) is False


def test_the_only_connection_is_not_found_by_its_provider_alone(connection: Connection) -> None:
    with pytest.raises(errors.NotConfigured):
        integrations.get_integration("mistral")

    assert not integrations.is_connected("mistral")


def test_a_connection_once_named_default_is_not_found_by_its_provider_alone(
    default: Connection,
) -> None:
    integrations.rename_connection(default.uuid, "other")

    with pytest.raises(errors.NotConfigured):
        integrations.get_integration("mistral")


def test_a_name_is_found_in_its_own_case_only(connection: Connection) -> None:
    with pytest.raises(errors.NotConfigured):
        integrations.get_integration("mistral:Main")


def test_a_uuid_that_is_a_name_too_is_a_uuid(connection: Connection) -> None:
    named = integrations.add_connection("mistral", str(connection.uuid), actor=BOB)

    assert integrations.get_integration(str(connection.uuid)) == connection
    assert integrations.get_integration(f"mistral:{connection.uuid}") == named


def test_provider_and_name_find_the_uuid_in_both_forms(connection: Connection) -> None:
    for form in ("mistral:main", ("mistral", "main")):
        assert integrations.find_uuid_by_provider_name(form) == connection.uuid


@pytest.mark.parametrize("form", ["mistral:other", ("mistral", "other"), "mistral", *NAMELESS])
def test_an_unknown_name_finds_nothing(connection: Connection, form: Any) -> None:
    with pytest.raises(errors.NotFound) as caught:
        integrations.find_uuid_by_provider_name(form)

    assert caught.value.code == "not_found"


@pytest.mark.parametrize("form", [("mistral",), ("a", "b", "c"), (1, 2), ("", "main"), ()])
def test_another_tuple_is_invalid(db: DatabaseUnderTest, form: Any) -> None:
    with pytest.raises(errors.InvalidReference):
        integrations.find_uuid_by_provider_name(form)


def test_a_uuid_is_no_provider_and_name(connection: Connection) -> None:
    uuid: Any = connection.uuid

    with pytest.raises(errors.InvalidReference):
        integrations.find_uuid_by_provider_name(uuid)


def test_what_is_known_of_an_account_beside_its_name_is_read(
    connection: Connection, db: DatabaseUnderTest
) -> None:
    assert connection.metadata == {}

    db.execute("""UPDATE integration_connections SET metadata = '{"plan": "free"}'""")

    assert integrations.get_integration(connection.uuid).metadata == {"plan": "free"}
