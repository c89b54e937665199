"""Connections are found by any part of their name or account, in any case and any locale."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations_app import integrations
from integrations_app.domain.summary import PageQuery, SortKey
from integrations_app.services.connections import list_pages
from integrations_app.storage import migrations, search
from tests.conftest import used_by_the_product
from tests.postgresql import DatabaseUnderTest, Server

NEITHER_NUL_NOR_HALF = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


@pytest.fixture
def plain_db(
    postgresql_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseUnderTest]:
    """A database whose locale knows no letters beyond ASCII."""
    with postgresql_server.database(locale="C") as fresh:
        for db in used_by_the_product(fresh, tmp_path, monkeypatch):
            migrations.upgrade()
            yield db


@pytest.fixture(scope="module")
def folding(postgresql_server: Server, migrated_template: str) -> Iterator[DatabaseUnderTest]:
    """A database whose functions are asked directly."""
    with postgresql_server.database(template=migrated_template) as fresh:
        yield fresh


@pytest.fixture
def crowd(db: DatabaseUnderTest) -> DatabaseUnderTest:
    """More connections than are looked through at once: `a0000` to `a1199`, `late0` to `late39`."""
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name, account_name, status)"
        " SELECT gen_random_uuid(), 'mistral', name, upper(name) || ' Ltd', 'configured' FROM"
        " (SELECT 'a' || to_char(i, 'FM0000') FROM generate_series(0, 1199) AS i"
        "  UNION ALL SELECT 'late' || i FROM generate_series(0, 39) AS i) AS made (name)"
    )
    return db


def found(part: str, **query: object) -> list[str]:
    return [row.name for row in list_pages.page(PageQuery(search=part, **query)).rows]  # type: ignore[arg-type]


def walked(first: PageQuery) -> list[str]:
    """The names on all pages, forwards, and the same backwards."""
    names: list[str] = []
    page = list_pages.page(first)
    names += [row.name for row in page.rows]
    while page.next_cursor:
        before = page
        page = list_pages.page(replace(first, after=page.next_cursor))
        back = list_pages.page(replace(first, before=page.previous_cursor))
        assert back.rows == before.rows
        names += [row.name for row in page.rows]
    return names


@pytest.mark.parametrize("part", ["main", "MAI", "ain", "n", "in-m"])
def test_any_part_of_a_name_finds_it(db: DatabaseUnderTest, part: str) -> None:
    integrations.add_connection("mistral", "Main-mail", actor="anna")
    integrations.add_connection("mistral", "other", actor="anna")

    assert found(part) == ["Main-mail"]


@pytest.mark.parametrize(
    "part", ["ärzte", "ÄRZ", "rzte o", "ohne", "straße", "ЖЁЛ", "жёл", "日本", "🙂"]
)
def test_letters_of_any_script_are_found_where_the_locale_knows_none(
    plain_db: DatabaseUnderTest, part: str
) -> None:
    integrations.add_connection("mistral", "main", actor="anna")
    integrations.add_connection("mistral", "other", actor="anna")
    account = "Ärzte ohne Straße Жёлтый 日本語 🙂"
    plain_db.execute(
        "UPDATE integration_connections SET account_name = %s WHERE name = 'main'", account
    )

    assert found(part) == ["main"]


def test_what_is_written_in_another_way_is_found_too(db: DatabaseUnderTest) -> None:
    integrations.add_connection("mistral", "main", actor="anna")
    db.execute("UPDATE integration_connections SET account_name = 'Zoë'")

    assert found("zoe\N{COMBINING DIAERESIS}") == ["main"]


@pytest.mark.parametrize("part", ["%", "_", "\\", "'", "m_in", "x" * 100])
def test_every_character_stands_for_itself(db: DatabaseUnderTest, part: str) -> None:
    integrations.add_connection("mistral", "main", actor="anna")

    assert found(part) == []


def test_a_name_is_found_as_it_is_now(db: DatabaseUnderTest) -> None:
    uuid = integrations.add_connection("mistral", "before", actor="anna").uuid

    integrations.rename_connection(uuid, "after", actor="anna")

    assert (found("befo"), found("fter")) == ([], ["after"])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(SortKey))
@pytest.mark.parametrize(("part", "limit"), [("a0", 100), ("late", 25), ("9", 25), ("LTD", 100)])
def test_pages_of_what_is_found_follow_each_other(
    crowd: DatabaseUnderTest, part: str, limit: int, sort: SortKey, descending: bool
) -> None:
    everything = crowd.rows("SELECT name, account_name FROM integration_connections")
    expected = {
        row["name"]
        for row in everything
        if part.lower() in f"{row['name']}\n{row['account_name']}".lower()
    }

    names = walked(PageQuery(search=part, sort=sort, descending=descending, limit=limit))

    assert set(names) == expected
    assert len(names) == len(expected)
    if sort is SortKey.NAME:
        assert names == sorted(names, reverse=descending)


def test_what_is_found_is_counted(crowd: DatabaseUnderTest) -> None:
    pages = {
        part: list_pages.page(PageQuery(search=part)) for part in ("late", "a0", "a", "nobody")
    }

    counts = {part: (page.count, page.counted_all) for part, page in pages.items()}
    assert counts == {
        "late": (40, True),
        "a0": (1_000, True),
        "a": (1_000, False),
        "nobody": (0, True),
    }


@given(st.text(NEITHER_NUL_NOR_HALF, max_size=60))
def test_the_database_reads_a_text_as_this_code_does(folding: DatabaseUnderTest, text: str) -> None:
    (row,) = folding.rows(
        "SELECT folded, coalesce(integration_grams(folded), '{}') AS grams"
        " FROM integration_folded(%s) AS folded",
        unicodedata.normalize("NFC", text),
    )

    assert row["folded"] == search.fold(text)
    assert set(search.grams(text)) <= set(row["grams"])


def test_a_search_asks_only_for_what_is_there(folding: DatabaseUnderTest) -> None:
    """All parts of a text are found by their grams, the shortest as well."""
    text = "".join(random.Random(1).choices("abcäß日🙂-_1", k=40))
    (row,) = folding.rows("SELECT integration_grams(integration_folded(%s)) AS grams", text)

    for begin in range(len(text)):
        for end in range(begin + 1, len(text) + 1):
            assert set(search.grams(text[begin:end])) <= set(row["grams"])
