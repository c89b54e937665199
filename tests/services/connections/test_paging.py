"""Pages of every list: places that nobody made, and pages of which nothing is left."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from integrations_app import integrations
from integrations_app.domain.actor import Actor
from integrations_app.domain.paging import Page
from integrations_app.domain.summary import PageQuery, SortKey
from integrations_app.features.ai_endpoints import lookup as endpoints
from integrations_app.features.ai_endpoints import service as endpoint_service
from integrations_app.features.ai_endpoints.endpoint import Draft as Endpoint
from integrations_app.features.projects import lookup as projects
from integrations_app.features.projects import service as project_service
from integrations_app.features.projects.project import Draft as Project
from integrations_app.services.connections import list_pages
from tests.postgresql import DatabaseUnderTest

ANN = Actor.of("ann")
UUID = "0191f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"


@dataclass(frozen=True, kw_only=True)
class List:
    """A list that is read in pages; each function as its module has it."""

    page: Callable[..., Page[Any]]
    add: Callable[[str], Any]
    remove: Callable[[Any], object]

    def names(self, **place: Any) -> list[str]:
        return [_name(row) for row in self.page(**place).rows]


def _name(row: Any) -> str:
    return row.draft.name if hasattr(row, "draft") else row.name


def _connections(sort: SortKey, *, descending: bool = False) -> List:
    return List(
        page=lambda **place: list_pages.page(PageQuery(sort=sort, descending=descending, **place)),
        add=lambda name: integrations.add_connection("mistral", name).uuid,
        remove=integrations.remove_connection,
    )


LISTS = {
    **{f"connections by {sort}": _connections(sort) for sort in SortKey},
    "connections from the end": _connections(SortKey.NAME, descending=True),
    "endpoints": List(
        page=endpoints.page,
        add=lambda name: endpoint_service.add(Endpoint(name=name, model="small"), actor=ANN).uuid,
        remove=lambda uuid: endpoint_service.remove(uuid, actor=ANN),
    ),
    "projects": List(
        page=lambda **place: projects.page(is_template=False, **place),
        add=lambda name: project_service.add(Project(name=name), actor=ANN).uuid,
        remove=lambda uuid: project_service.remove(uuid, actor=ANN),
    ),
    "templates": List(
        page=lambda **place: projects.page(is_template=True, **place),
        add=lambda name: project_service.add(Project(name=name), is_template=True, actor=ANN).uuid,
        remove=lambda uuid: project_service.remove(uuid, actor=ANN),
    ),
}

every_list = pytest.mark.parametrize("each", LISTS.values(), ids=LISTS)


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


MADE_UP: tuple[object, ...] = (
    "",
    " ",
    "a",
    "\0",
    "a\0b",
    "\ud800",
    "true",
    "TRUE",
    "maybe",
    "infinity",
    "-infinity",
    "now",
    "NaN",
    "epoch",
    "9999999-01-01",
    "999999-01-01 00:00:00+00",
    "9999-12-31T23:59:59.999999-23:59",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00+00:00",
    "2024-W01-1T00:00:00+00:00",
    "20240101T000000Z",
    "2024-01-01T00:00:00,123456789+00:00",
    "2024-01-01T00:00:00+00:00:00.000001",
    "2024-01-01",
    "2024-02-30T00:00:00+00:00",
    "9" * 1_000,
    "-1e400",
    "1e400",
    UUID,
    UUID.upper(),
    f"urn:uuid:{UUID}",
    f"{{{UUID}}}",
    0,
    -1,
    10**300,
    1.5,
    float("nan"),
    float("inf"),
    True,
    None,
    [],
    ["a"],
    {},
)
"""What somebody may put into any part of a cursor."""

NO_CURSORS = (
    " ",
    "x",
    "=",
    "\0",
    "\ud800",
    "ä",
    "%00",
    "[" * 1_999,
    "A" * 10_000,
    *(
        base64.urlsafe_b64encode(text).decode()
        for text in (b"", b"[" * 1_400, b"\xff\xfe", b"1" * 1_400, b"null", b'"a"', b"{}", b"[]")
    ),
)


def near(real: str) -> Iterator[str]:
    """Cursors that nobody made, each in one part different from a real one, or no cursor at all."""
    yield from NO_CURSORS
    parts = json.loads(base64.urlsafe_b64decode(real + "=="))
    yield from (cursor(*parts[:-1]), cursor(*parts, parts[-1]))
    for at, made_up in itertools.product(range(len(parts)), MADE_UP):
        yield cursor(*parts[:at], made_up, *parts[at + 1 :])


@every_list
def test_no_cursor_is_one_that_the_database_cannot_read(db: DatabaseUnderTest, each: List) -> None:
    for name in "ab":
        each.add(name)

    for made_up in near(each.page(limit=1).next_cursor):
        assert each.page(after=made_up).rows, made_up
        assert each.page(before=made_up).rows, made_up


@every_list
@pytest.mark.parametrize("made_up", ["x", cursor("\0"), cursor(1, 2)])
def test_an_unreadable_cursor_means_the_first_page(
    db: DatabaseUnderTest, each: List, made_up: str
) -> None:
    for name in "abc":
        each.add(name)

    assert each.page(after=made_up, limit=2) == each.page(limit=2)
    assert each.page(before=made_up, limit=2) == each.page(limit=2)


@every_list
def test_of_a_page_that_has_emptied_the_page_before_is_shown_and_where_it_begins(
    db: DatabaseUnderTest, each: List
) -> None:
    for name in "abcde":
        each.add(name)
    first = each.page(limit=2)
    second = each.page(after=first.next_cursor, limit=2)
    third = each.page(after=second.next_cursor, limit=2)

    each.remove(third.rows[0].uuid)

    shown = each.page(after=second.next_cursor, limit=2)
    assert shown.rows == second.rows
    assert (shown.turned_back_to, shown.next_cursor) == (first.next_cursor, "")
    begun_there = each.page(after=shown.turned_back_to, limit=2)
    assert (begun_there.rows, begun_there.turned_back_to) == (shown.rows, None)
    assert each.page(before=shown.previous_cursor, limit=2).rows == first.rows


@every_list
def test_of_a_second_page_that_has_emptied_the_first_is_shown(
    db: DatabaseUnderTest, each: List
) -> None:
    for name in "abc":
        each.add(name)
    first = each.page(limit=2)
    second = each.page(after=first.next_cursor, limit=2)

    each.remove(second.rows[0].uuid)

    shown = each.page(after=first.next_cursor, limit=2)
    assert (shown.rows, shown.turned_back_to) == (first.rows, "")
    assert (shown.next_cursor, shown.previous_cursor) == ("", "")


@every_list
def test_of_a_page_before_that_has_emptied_the_first_is_shown(
    db: DatabaseUnderTest, each: List
) -> None:
    for name in "abcd":
        each.add(name)
    first = each.page(limit=2)
    second = each.page(after=first.next_cursor, limit=2)

    for row in first.rows:
        each.remove(row.uuid)

    shown = each.page(before=second.previous_cursor, limit=2)
    assert (shown.rows, shown.turned_back_to) == (second.rows, "")


@every_list
def test_of_an_empty_list_there_is_nothing_to_show(db: DatabaseUnderTest, each: List) -> None:
    each.remove(each.add("a"))

    assert each.page().rows == ()
    assert each.page().turned_back_to is None


@every_list
def test_a_page_says_how_many_rows_precede_it_both_ways(each: List, db: DatabaseUnderTest) -> None:
    for name in "abcde":
        each.add(name)

    first = each.page(limit=2)
    second = each.page(limit=2, after=first.next_cursor)
    third = each.page(limit=2, after=second.next_cursor)
    back = each.page(limit=2, before=third.previous_cursor)

    pages = [first, second, third, back]
    assert [page.preceding for page in pages] == [0, 2, 4, 2]
    assert {(page.count, page.counted_all) for page in pages} == {(5, True)}


def test_what_precedes_a_page_is_counted_no_further_than_the_rows_are(
    db: DatabaseUnderTest,
) -> None:
    db.execute(
        "INSERT INTO projects (name) SELECT 'p' || to_char(at, 'FM0000')"
        " FROM generate_series(1, 1010) AS at"
    )
    names = [f"p{at:04}" for at in (1000, 1001, 1002)]
    cursors = [
        base64.urlsafe_b64encode(json.dumps([name]).encode()).decode().rstrip("=") for name in names
    ]

    pages = [projects.page(is_template=False, after=cursor, limit=2) for cursor in cursors]

    assert [page.preceding for page in pages] == [1_000, None, None]
    assert (pages[0].count, pages[0].counted_all) == (1_000, False)
