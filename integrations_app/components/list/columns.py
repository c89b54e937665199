"""Columns of a list, and the order in which they give way where there is no room."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import reflex as rx

from integrations_app.components.reactive import Text

Kind: TypeAlias = Literal["name", "status", "text", "moment", "actions"]
"""What stands in a column, which decides how wide it is; the widths are in theme.css."""

Place: TypeAlias = Literal["stays", "goes-second", "goes-first"]
"""When a column gives way; on cards, where each row has lines of its own, all are there again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a list.

    Attributes:
        heading: What stands above it.
        cell: Draws what stands in it, from the row.
        kind: What that is.
        place: When it gives way.
        sort: What the address calls the order by this column; empty if there is none.
        says_heading: On a card, the heading stands before it.
    """

    heading: Text
    cell: Callable[[Any], rx.Component]
    kind: Kind
    place: Place = "stays"
    sort: str = ""
    says_heading: bool = False

    @property
    def class_name(self) -> str:
        """Classes of its heading and of its cells."""
        return f"column-{self.kind} {self.place}"
