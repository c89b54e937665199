"""Dataclasses that declarations are read into.

The same classes are what catalogue files are validated against and what code reads; pydantic
reads `__pydantic_config__`, this package knows nothing of it.
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def declared(cls: type[T]) -> type[T]:
    """A frozen dataclass that refuses unknown keys when read from a declaration."""
    cls.__pydantic_config__ = {"extra": "forbid"}  # pyright: ignore[reportAttributeAccessIssue]
    return dataclass(frozen=True, kw_only=True)(cls)
