"""A storage key is made of provider and name, by the database, whatever else is stored (S-2)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from integrations_app import errors, integrations
from integrations_app.domain.connection import Connection
from tests.postgresql import DatabaseUnderTest

one_database_for_all_examples = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

KEY = re.compile(r"integration:[a-z0-9_]+:[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
OWN_COLUMNS = ["provider", "name", "storage_key", "uuid", "status", "version", "api_key"]

characters = st.sampled_from("aZ09_-:. \n\t\x00'\"\\%{}äß١\u200b\u202e😀")
names = st.one_of(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", fullmatch=True),
    st.text(characters, max_size=12),
    st.text(max_size=8),
    st.sampled_from(["default", "integration", "integration:mistral:x", "A" * 100, "A" * 101]),
)
providers = st.one_of(
    st.sampled_from(["mistral", "deepseek", "google", "mistral:x", "Mistral", "mistral\n", ""]),
    st.text(characters, max_size=6),
)
plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
keys = st.one_of(st.sampled_from(OWN_COLUMNS), plain)
json = st.dictionaries(
    keys,
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | plain | st.just("integration:evil:evil"),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=4,
)
values = st.dictionaries(keys, plain | st.just("a:b:c"), max_size=3)


def add(provider: str, name: str) -> Connection | None:
    try:
        return integrations.add_connection(provider, name)
    except errors.InvalidInput:
        return None


def rename_and_save(uuid: UUID, name: str, typed: dict[str, str]) -> None:
    changes: list[dict[str, Any]] = [{"name": name}, {"values": typed}]
    for change in (*changes, {"name": name, "values": typed}):
        try:
            integrations.update_connection(uuid, **change)
        except errors.InvalidInput:
            continue


def assert_key_is_of_provider_and_name(db: DatabaseUnderTest, uuid: UUID) -> None:
    found = integrations.get_integration_by_uuid(uuid)
    [row] = db.rows(
        "SELECT provider, name, storage_key FROM integration_connections WHERE uuid = %s", uuid
    )

    assert KEY.fullmatch(found.storage_key)
    assert found.storage_key.count(":") == 2
    assert found.storage_key == f"integration:{row['provider']}:{row['name']}" == row["storage_key"]
    assert (found.provider, found.name) == (row["provider"], row["name"])
    assert integrations.find_uuid_by_provider_name((found.provider, found.name)) == uuid


@one_database_for_all_examples
@given(
    provider=providers,
    name=names,
    renames=st.lists(names, max_size=3),
    typed=values,
    body=json,
)
@example(
    provider="mistral",
    name="main",
    renames=["a:b", "default", "main"],
    typed={"name": "x", "storage_key": "integration:evil:evil"},
    body={"provider": "evil", "name": "a:b:c", "storage_key": "integration:evil:evil"},
)
def test_nothing_but_provider_and_name_makes_a_storage_key(
    db: DatabaseUnderTest,
    provider: str,
    name: str,
    renames: list[str],
    typed: dict[str, str],
    body: dict[str, Any],
) -> None:
    added = add(provider, name)
    if added is None:
        return

    for each in renames:
        rename_and_save(added.uuid, each, typed)
        assert_key_is_of_provider_and_name(db, added.uuid)
    db.execute(
        "UPDATE integration_connections"
        " SET setup_values = %s, metadata = %s, validation_details = %s WHERE uuid = %s",
        *3 * [Jsonb(body)],
        added.uuid,
    )
    assert_key_is_of_provider_and_name(db, added.uuid)
    rename_and_save(added.uuid, "renamed", typed)
    assert_key_is_of_provider_and_name(db, added.uuid)
    assert integrations.remove_connection(added.uuid)


@one_database_for_all_examples
@given(
    provider=providers | st.from_regex(r"[a-z0-9_]+", fullmatch=True),
    name=names,
)
def test_the_database_itself_refuses_what_would_make_another_key(
    db: DatabaseUnderTest, provider: str, name: str
) -> None:
    insert = (
        "INSERT INTO integration_connections (uuid, provider, name)"
        " VALUES (gen_random_uuid(), %s, %s) RETURNING storage_key"
    )

    try:
        [row] = db.rows(insert, provider, name)
    except (psycopg.errors.CheckViolation, psycopg.errors.UniqueViolation):
        return
    except (psycopg.DataError, UnicodeEncodeError):  # NUL and lone surrogates are no text at all
        return

    assert KEY.fullmatch(row["storage_key"])
    assert row["storage_key"] == f"integration:{provider}:{name}"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE integration_connections SET storage_key = 'integration:evil:evil'",
        "INSERT INTO integration_connections (uuid, provider, name, storage_key)"
        " VALUES (gen_random_uuid(), 'a', 'a', 'integration:evil:evil')",
    ],
)
def test_nobody_can_write_a_storage_key(db: DatabaseUnderTest, statement: str) -> None:
    integrations.add_connection("mistral", "main")

    with pytest.raises(psycopg.errors.GeneratedAlways):
        db.execute(statement)
