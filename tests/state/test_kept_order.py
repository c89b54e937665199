"""What becomes of shown rows when a page is read again, without a page."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from integrations_app.domain.paging import Page
from integrations_app.state.kept_order import MOST_ROWS, KeptRows, Reading, keep


@dataclass(frozen=True, kw_only=True)
class Item:
    uuid: str
    version: int = 0


def rows(names: str, version: int = 0) -> tuple[Item, ...]:
    return tuple(Item(uuid=name, version=version) for name in names)


def kept(
    shown: str, page: str, *, existing: str = "", unmatched: str = "", emptied: bool = False
) -> KeptRows[Item]:
    """What to show now; each row is one letter, and what is read is of version 1."""
    reading = Reading(
        page=Page(turned_back_to="" if emptied else None),
        items=rows(page, version=1),
        existing=rows(existing or page, version=1),
        unmatched=frozenset(unmatched),
    )
    return keep(rows(shown), reading)


def names(result: KeptRows[Item]) -> str:
    return "".join(row.uuid for row in result.rows)


@pytest.mark.parametrize(
    ("shown", "page", "existing", "names_now", "changes"),
    [
        ("abc", "abc", "", "abc", 0),
        ("abc", "cab", "", "abc", 1),
        ("abc", "cba", "", "abc", 2),
        ("abc", "abcd", "", "abcd", 0),
        ("abc", "dabc", "", "abcd", 1),
        ("abc", "dab", "dabc", "abcd", 1),  # what was pushed out has not moved
        ("abc", "acd", "acdb", "abcd", 1),  # b has moved to another page, d has come from one
        ("bcd", "cde", "bcde", "bcde", 0),
        ("", "abc", "", "abc", 0),
    ],
)
def test_rows_stay_where_they_are_and_what_is_out_of_place_is_counted(
    shown: str, page: str, existing: str, names_now: str, changes: int
) -> None:
    result = kept(shown, page, existing=existing)

    assert (names(result), result.changes, set(result.deleted)) == (names_now, changes, set())


def test_the_content_of_rows_that_stay_is_what_was_read_last() -> None:
    assert {row.version for row in kept("abc", "ab", existing="abc").rows} == {1}


def test_what_exists_no_more_stays_as_it_was_and_is_told() -> None:
    result = kept("abc", "ac")

    assert names(result) == "abc"
    assert [row.version for row in result.rows] == [1, 0, 1]
    assert (result.deleted, result.changes) == ({"b"}, 1)


def test_what_the_filters_leave_out_now_stays_and_is_counted() -> None:
    result = kept("abc", "ab", existing="abc", unmatched="c")

    assert (names(result), result.deleted, result.changes) == ("abc", set(), 1)


def test_of_a_page_that_has_emptied_nothing_of_the_page_before_comes() -> None:
    result = kept("x", "abc", existing="abc", emptied=True)

    assert (names(result), result.deleted, result.changes) == ("x", {"x"}, 1)


def test_what_comes_ends_somewhere_and_the_rest_is_counted() -> None:
    shown = "".join(chr(1_000 + number) for number in range(MOST_ROWS - 1))
    come = "".join(chr(5_000 + number) for number in range(5))

    result = kept(shown, come, existing=come + shown)

    assert (len(result.rows), result.changes) == (MOST_ROWS, 5)


def test_however_a_page_changes_no_row_moves_and_refreshing_changes_as_much_as_is_said() -> None:
    chance = random.Random(7)
    for _ in range(500):
        order = chance.sample("abcdefghijkl", 10)
        shown = "".join(order[: chance.randint(1, 6)])
        chance.shuffle(order)
        existing = "".join(order[: chance.randint(1, 10)])
        page = existing[: chance.randint(1, 6)]

        result = kept(shown, page, existing=existing)

        assert names(result).startswith(shown)
        assert set(names(result)) == set(shown) | set(page)
        assert result.deleted == set(shown) - set(existing)
        in_order = [name for name in existing if name in names(result)]
        assert (result.changes == 0) == (list(names(result)) == in_order)


def test_what_has_changed_on_screen_comes_with_what_it_was() -> None:
    reading = Reading(page=Page(), items=rows("ab", version=1), existing=rows("ab", version=1))
    shown = (*rows("a", version=1), *rows("b"))

    result = reading.kept(shown, shown)

    assert result.different == ((Item(uuid="b", version=1), Item(uuid="b")),)


def test_tabs_that_show_the_same_share_one_answer() -> None:
    reading = Reading(page=Page(), items=rows("ab"), existing=rows("ab"))
    one, other = rows("ab"), rows("ba")

    assert reading.kept(one, one) is reading.kept(one, one)
    assert reading.kept(one, one).rows != reading.kept(other, other).rows
