"""Which connections a consumer may choose from."""

from __future__ import annotations

from uuid import UUID

import pytest

from integrations_app import integrations
from integrations_app.domain.choice import ALL_LIMIT, SOME_LIMIT, ChoiceQuery
from integrations_app.domain.connection import Connection
from integrations_app.services.connections import choices
from tests.postgresql import DatabaseUnderTest

NOBODYS = UUID("0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa")


@pytest.fixture
def many(db: DatabaseUnderTest) -> DatabaseUnderTest:
    """One connection more than a browser gets at once, `n0001` to `n1001`."""
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'n' || lpad(i::text, 4, '0')"
        " FROM generate_series(1, %s) AS i",
        ALL_LIMIT + 1,
    )
    return db


def added(provider: str, name: str) -> Connection:
    return integrations.add_connection(provider, name, actor="anna")


def found(query: ChoiceQuery) -> list[str]:
    return [row.name for row in choices.find(query).rows]


def test_they_come_by_provider_and_then_by_name_in_any_case(db: DatabaseUnderTest) -> None:
    for provider, name in (("mistral", "b"), ("deepseek", "z"), ("mistral", "A")):
        added(provider, name)

    assert found(ChoiceQuery()) == ["z", "A", "b"]


def test_those_that_are_connected_come_first(db: DatabaseUnderTest) -> None:
    for provider, name in (("deepseek", "z"), ("mistral", "a"), ("mistral", "b")):
        added(provider, name)
    db.execute("UPDATE integration_connections SET status = 'connected' WHERE name = 'b'")
    db.execute("UPDATE integration_connections SET status = 'error' WHERE name = 'z'")

    assert found(ChoiceQuery()) == ["b", "z", "a"]


def test_of_too_many_the_first_ones_are_connected(many: DatabaseUnderTest) -> None:
    many.execute("UPDATE integration_connections SET status = 'connected' WHERE name > 'n0999'")

    first = found(ChoiceQuery())

    assert first[:4] == ["n1000", "n1001", "n0001", "n0002"]
    assert len(first) == SOME_LIMIT


def test_only_one_provider_can_be_asked_for(db: DatabaseUnderTest) -> None:
    added("mistral", "main")
    added("deepseek", "other")

    assert found(ChoiceQuery(provider="deepseek")) == ["other"]


def test_only_what_providers_are_capable_of_can_be_asked_for(db: DatabaseUnderTest) -> None:
    added("google", "mail")
    added("mistral", "models")

    assert found(ChoiceQuery(capabilities=frozenset({"embeddings"}))) == ["models"]
    assert found(ChoiceQuery(capabilities=frozenset({"calendar"}))) == ["mail"]
    assert found(ChoiceQuery(capabilities=frozenset({"telepathy"}))) == []
    assert found(ChoiceQuery(capabilities=frozenset({"calendar"}), provider="mistral")) == []


def test_a_thousand_come_all_at_once(many: DatabaseUnderTest) -> None:
    many.execute("DELETE FROM integration_connections WHERE name = 'n0001'")

    all_of_them = choices.find(ChoiceQuery())

    assert (len(all_of_them.rows), all_of_them.more) == (ALL_LIMIT, False)


def test_of_more_than_a_thousand_come_the_first(many: DatabaseUnderTest) -> None:
    first = choices.find(ChoiceQuery())

    assert [row.name for row in first.rows] == [f"n{i:04}" for i in range(1, SOME_LIMIT + 1)]
    assert first.more


def test_a_search_finds_what_is_further_down(many: DatabaseUnderTest) -> None:
    last = choices.find(ChoiceQuery(search="N100"))

    assert [row.name for row in last.rows] == ["n1000", "n1001"]
    assert not last.more


def test_a_search_that_finds_too_much_says_so(many: DatabaseUnderTest) -> None:
    broad = choices.find(ChoiceQuery(search="n0"))

    assert (len(broad.rows), broad.more) == (SOME_LIMIT, True)


def test_a_search_finds_accounts_and_services_too(db: DatabaseUnderTest) -> None:
    added("mistral", "main")
    added("deepseek", "other")
    db.execute("UPDATE integration_connections SET account_name = 'Zoë' WHERE name = 'other'")

    assert found(ChoiceQuery(search="zoË")) == ["other"]
    assert found(ChoiceQuery(search="Mist")) == ["main"]
    assert found(ChoiceQuery(search="eepSee")) == ["other"]


@pytest.mark.parametrize("search", ["%", "_", "\\", "'", "m.in", "x" * 100])
def test_a_search_takes_every_character_for_itself(db: DatabaseUnderTest, search: str) -> None:
    added("mistral", "main")

    assert found(ChoiceQuery(search=search)) == []


def test_what_is_selected_is_found_whatever_is_asked_for(many: DatabaseUnderTest) -> None:
    other = added("deepseek", "other")
    asked = [ChoiceQuery(), ChoiceQuery(search="n1"), ChoiceQuery(provider="mistral")]

    for query in asked:
        selected = ChoiceQuery(
            provider=query.provider, search=query.search, selected=(other.uuid, NOBODYS)
        )
        assert set(found(selected)) - set(found(query)) <= {"other"}
        assert "other" in found(selected)


def test_what_is_selected_is_found_once(db: DatabaseUnderTest) -> None:
    main = added("mistral", "main")

    assert found(ChoiceQuery(selected=(main.uuid, main.uuid))) == ["main"]


def test_changes_of_other_providers_need_no_second_look() -> None:
    chat = ChoiceQuery(capabilities=frozenset({"chat"}))

    assert choices.includes(chat, "mistral")
    assert not choices.includes(chat, "google")
    assert choices.includes(ChoiceQuery(), "no longer declared")
