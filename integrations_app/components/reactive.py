"""Values of a state class, typed as the Vars that pages read.

Type checkers see `Listing.rows` as the list that it is inside a handler; a page gets a Var of it.
These say so, and do nothing else.
"""

from typing import Any, TypeAlias, TypeVar, cast

import reflex as rx
from reflex.vars import ArrayVar, BooleanVar, NumberVar, StringVar

T = TypeVar("T")

Text: TypeAlias = rx.Var[str] | str
"""A text that is known when the page is built, or only in the browser."""

Flag: TypeAlias = rx.Var[bool] | bool
"""The same of yes and no."""

OnEvent: TypeAlias = Any
"""What Reflex accepts as an event trigger's value: handlers, specs, or a list of them."""


def text(value: Text) -> StringVar[str]:
    """A text to compare or to put together."""
    return cast("StringVar[str]", value)


def flag(value: Flag) -> BooleanVar:
    """A yes or no to combine."""
    return cast("BooleanVar", value)


def number(value: int) -> NumberVar[int]:
    """A number to calculate with."""
    return cast("NumberVar[int]", value)


def items(value: list[T]) -> ArrayVar[list[T]]:
    """A list to measure or to search."""
    return cast("ArrayVar[list[T]]", value)
