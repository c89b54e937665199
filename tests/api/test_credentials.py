"""Handing out credentials, and nothing else."""

from __future__ import annotations

import copy
import json
import logging
import pprint
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.connection import Connection
from integrations_app.security.vault import KeyRing
from integrations_app.settings import load
from tests.api.conftest import BOB, KEY, Register
from tests.api.providers import SELF_HOSTED, Contributing
from tests.postgresql import DatabaseUnderTest


def seal(db: DatabaseUnderTest, connection: Connection, field: str, secret: str) -> None:
    """Store a secret as the product would."""
    ring = KeyRing(load().encryption_keys)
    sealed = ring.seal(secret, uuid=connection.uuid, field=field)
    db.execute(
        "INSERT INTO integration_secrets VALUES (%s, %s, %s, %s)",
        connection.uuid,
        field,
        sealed,
        ring.newest.id,
    )


def test_credentials_are_had_by_every_form_of_reference(connection: Connection) -> None:
    for ref in (connection.uuid, str(connection.uuid), "mistral:main"):
        assert dict(integrations.get_credentials(ref)) == {"api_key": KEY}
        assert integrations.is_connected(ref)


def test_credentials_hold_setup_values_and_secrets(
    db: DatabaseUnderTest, register: Register
) -> None:
    register(Contributing(SELF_HOSTED))
    values = {"base_url": "https://forge.example", "api_key": "abc"}
    added = integrations.add_connection("forge", "main", values=values)

    assert dict(integrations.get_credentials(added.uuid)) == values


def test_an_api_key_has_no_end_that_anyone_knows(connection: Connection) -> None:
    assert integrations.get_credentials(connection.uuid).expires_at is None


def test_credentials_of_a_removed_uuid_are_deleted(connection: Connection) -> None:
    integrations.remove_connection(connection.uuid, actor=BOB)

    with pytest.raises(errors.Deleted) as caught:
        integrations.get_credentials(connection.uuid)

    assert caught.value.code == "deleted"
    assert not integrations.is_connected(connection.uuid)


def test_credentials_of_an_unknown_uuid_are_deleted(db: DatabaseUnderTest) -> None:
    with pytest.raises(errors.Deleted):
        integrations.get_credentials(str(uuid4()))


@pytest.mark.parametrize(
    ("look_up", "error"),
    [
        (lambda: integrations.get_credentials(uuid4()), errors.Deleted),
        (lambda: integrations.get_credentials("mistral:main"), errors.NotConfigured),
        (lambda: integrations.get_integration("mistral:main"), errors.NotConfigured),
        (lambda: integrations.get_integration_by_uuid(uuid4()), errors.NotFound),
        (lambda: integrations.resolve_to_uuid("mistral:main"), errors.NotFound),
    ],
)
def test_whatever_is_missing_says_in_which_database(
    db: DatabaseUnderTest, look_up: Callable[[], object], error: type[errors.Missing]
) -> None:
    with pytest.raises(error) as caught:
        look_up()

    name = urlsplit(db.url).path[1:]
    assert caught.value.place.startswith(f"database {name} on ")
    assert caught.value.place in str(caught.value)


@pytest.mark.parametrize("ref", ["mistral:other", "mistral", "unknown:main", "a b", ":"])
def test_credentials_of_a_missing_name_are_not_configured(connection: Connection, ref: str) -> None:
    with pytest.raises(errors.NotConfigured) as caught:
        integrations.get_credentials(ref)

    assert caught.value.code == "not_configured"


def test_a_connection_without_credentials_is_not_configured(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("mistral", "main")

    for ref in (added.uuid, "mistral:main"):
        with pytest.raises(errors.NotConfigured):
            integrations.get_credentials(ref)
        assert not integrations.is_connected(ref)


def test_a_provider_that_is_no_longer_declared_is_named(
    db: DatabaseUnderTest, connection: Connection
) -> None:
    db.execute("UPDATE integration_connections SET provider = 'gone'")

    with pytest.raises(errors.ProviderNotDeclared):
        integrations.get_credentials(connection.uuid)


def test_oauth2_without_a_token_is_not_configured(db: DatabaseUnderTest) -> None:
    step_1 = {"client_id": "id", "client_secret": "secret"}
    added = integrations.add_connection("google", "main", values=step_1)

    with pytest.raises(errors.NotConfigured):
        integrations.get_credentials(added.uuid)


def test_oauth2_gives_the_access_token_and_no_other_secret(db: DatabaseUnderTest) -> None:
    step_1 = {"client_id": "id", "client_secret": "secret"}
    added = integrations.add_connection("google", "main", values=step_1)
    seal(db, added, "access_token", "token")
    seal(db, added, "refresh_token", "refresh")
    db.execute("UPDATE integration_connections SET status = 'connected'")

    found = integrations.get_credentials(added.uuid)

    assert dict(found) == {"client_id": "id", "access_token": "token"}


def test_disconnecting_oauth2_removes_its_tokens_and_leaves_the_version(
    db: DatabaseUnderTest,
) -> None:
    step_1 = {"client_id": "id", "client_secret": "secret"}
    added = integrations.add_connection("google", "main", values=step_1)
    seal(db, added, "access_token", "token")

    integrations.disconnect(added.uuid, actor=BOB)

    left = integrations.get_integration_by_uuid(added.uuid)
    assert left.saved_secrets == ("client_secret",)
    assert left.version == added.version


# What credentials show


def test_credentials_show_no_value(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    found = integrations.get_credentials(connection.uuid)

    with caplog.at_level(logging.DEBUG):
        logging.getLogger("a.consumer").warning("%s %r", found, found)

    shown = f"{found} {found!r} {[found]} {pprint.pformat(found)} {caplog.text}"
    assert KEY not in shown
    assert "api_key" in repr(found)


def test_credentials_cannot_be_changed(connection: Connection) -> None:
    found: Any = integrations.get_credentials(connection.uuid)

    with pytest.raises(TypeError):
        found["api_key"] = "other"
    with pytest.raises(TypeError):
        del found["api_key"]
    with pytest.raises(AttributeError):
        found.api_key = "other"


def test_credentials_are_a_mapping_like_any_other(connection: Connection) -> None:
    found = integrations.get_credentials(connection.uuid)

    assert found == {"api_key": KEY}
    assert list(found) == ["api_key"]
    assert found.get("nothing") is None
    assert copy.copy(found) == found
    assert json.loads(json.dumps(dict(found))) == {"api_key": KEY}


def test_each_caller_has_credentials_of_its_own(connection: Connection) -> None:
    first = integrations.get_credentials(connection.uuid)
    integrations.save_setup(connection.uuid, {"api_key": "newer"}, actor=BOB)

    second = integrations.get_credentials(connection.uuid)

    assert (first["api_key"], second["api_key"]) == (KEY, "newer")
