"""Pages of the list, also for addresses that nobody made."""

import base64
import json

import pytest
from sqlalchemy import text

from integrations_app import integrations
from integrations_app.domain.actor import Actor
from integrations_app.domain.connection import Status
from integrations_app.domain.summary import FAILING_LIMIT, PageQuery, SortKey
from integrations_app.errors import Conflict
from integrations_app.services.connections import edit, list_pages
from integrations_app.storage.engine import database
from tests.postgresql import DatabaseUnderTest

pytestmark = pytest.mark.usefixtures("db")


def cursor(*texts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode()


@pytest.mark.parametrize("sort", list(SortKey))
def test_pages_follow_each_other_and_come_back_in_every_order(sort: SortKey) -> None:
    for number in range(5):
        integrations.add_connection("mistral", f"n{number}", actor="anna")

    first = list_pages.page(PageQuery(sort=sort, limit=2))
    second = list_pages.page(PageQuery(sort=sort, limit=2, after=first.next_cursor))
    third = list_pages.page(PageQuery(sort=sort, limit=2, after=second.next_cursor))
    back = list_pages.page(PageQuery(sort=sort, limit=2, before=third.previous_cursor))

    seen = [row.uuid for page in (first, second, third) for row in page.rows]
    assert len(seen) == len(set(seen)) == 5
    assert back.rows == second.rows


def test_what_fails_comes_first_and_then_all_by_service_and_name(db: DatabaseUnderTest) -> None:
    for provider, name in (("mistral", "b"), ("deepseek", "z"), ("mistral", "A"), ("mistral", "c")):
        integrations.add_connection(provider, name, actor="anna")
    db.execute("UPDATE integration_connections SET status = 'error' WHERE name IN ('c', 'A')")

    page = list_pages.page(PageQuery())

    assert [row.name for row in page.rows] == ["A", "c", "z", "b"]
    assert list_pages.page(PageQuery(status=Status.ERROR)).rows == page.rows[:2]


def test_pages_that_begin_with_what_fails_follow_each_other(db: DatabaseUnderTest) -> None:
    for number in range(7):
        integrations.add_connection("mistral", f"n{number}", actor="anna")
    db.execute("UPDATE integration_connections SET status = 'error' WHERE name > 'n3'")
    seen: list[str] = []
    cursor = ""

    for _ in range(4):
        page = list_pages.page(PageQuery(limit=2, after=cursor))
        seen += [row.name for row in page.rows]
        cursor = page.next_cursor

    assert (seen, cursor) == (["n4", "n5", "n6", "n0", "n1", "n2", "n3"], "")


def test_what_fails_is_counted_over_all_and_not_further_than_anyone_wants_to_know(
    db: DatabaseUnderTest,
) -> None:
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name, status)"
        " SELECT gen_random_uuid(), 'mistral', 'n' || i, 'error' FROM generate_series(1, 150) AS i"
    )

    assert list_pages.page(PageQuery(search="nobody")).failing == FAILING_LIMIT + 1


@pytest.mark.parametrize(
    "made_up",
    [
        "x",
        "[" * 30_000,
        base64.urlsafe_b64encode(b"[" * 1_500).decode(),
        cursor("a", "b", "c"),
        cursor("a\0", "b", "0191f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"),
        cursor("\ud800", "b", "0191f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"),
        cursor("999999-01-01", "0191f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"),
        cursor(1, 2, 3),
        cursor("maybe", "mistral", "a", "0191f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"),
    ],
)
@pytest.mark.parametrize("sort", [SortKey.ATTENTION, SortKey.SERVICE, SortKey.TESTED])
def test_a_cursor_that_nobody_made_means_the_first_page(made_up: str, sort: SortKey) -> None:
    integrations.add_connection("mistral", "main", actor="anna")

    page = list_pages.page(PageQuery(sort=sort, after=made_up))

    assert [row.name for row in page.rows] == ["main"]


@pytest.mark.parametrize("version", [-1, 10**30])
def test_a_version_that_no_connection_can_have_is_stale(version: int) -> None:
    uuid = integrations.add_connection("mistral", "main", actor="anna").uuid

    with pytest.raises(Conflict):
        edit.update(uuid, name="b", expected_version=version, actor=Actor.of("ben"))


def test_a_search_is_planned_for_its_own_words_however_often_it_is_made() -> None:
    integrations.add_connection("mistral", "n1", actor="anna")

    for number in range(12):
        list_pages.page(PageQuery(search=f"n{number}"))

    planned = database().fetch(
        text(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%LIKE%ESCAPE%'"
        )
    )
    assert planned
    assert all(row.custom_plans and not row.generic_plans for row in planned)


def test_a_reason_that_only_a_newer_version_knows_keeps_nothing_from_being_shown(
    db: DatabaseUnderTest,
) -> None:
    """Two versions run at once while one is replaced by the other."""
    uuid = integrations.add_connection("mistral", "main", values={"api_key": "k"}).uuid
    db.execute("UPDATE integration_connections SET status = 'error', validation_reason = 'moon'")

    assert [row.name for row in list_pages.page(PageQuery()).rows] == ["main"]
    assert integrations.list_connections()[0].status is Status.ERROR
    assert integrations.get_credentials(uuid)["api_key"] == "k"
