"""Pages of rows, as lists show them."""

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Row

from integrations_app.domain.paging import Page
from integrations_app.storage import counting
from integrations_app.storage.engine import database
from integrations_app.storage.keyset import Cut

Item = TypeVar("Item")


def page(
    cut: Cut, count: sa.Select[*tuple[Any, ...]], item: Callable[[Row[Any]], Item]
) -> Page[Item]:
    """Return a page, in two queries however many rows there are.

    Args:
        cut: The rows, as `storage.keyset` cuts them out of a list.
        count: The query that counts, `storage.counting.counted`.
        item: What a row becomes.
    """
    [counted] = database().fetch(count)
    return Page(
        rows=tuple(item(row) for row in cut.rows),
        **counting.of_page(counted),
        next_cursor=cut.next_cursor,
        previous_cursor=cut.previous_cursor,
        turned_back_to=cut.turned_back_to,
    )
