"""Actions of the audit log are declared, once each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import integrations_app
from integrations_app.domain.action import CORE, Action
from integrations_app.errors import InvalidDeclaration
from integrations_app.modules import Module, registry

PACKAGE = Path(integrations_app.__file__).parent


class Shelf(Module):
    key = "shelf"

    def __init__(self, *keys: str) -> None:
        self.actions = tuple(Action(key=key, subject="book") for key in keys)


def written() -> Iterator[str]:
    """The keys of all actions that stand in the package's sources."""
    for source in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Action":
                yield from (
                    keyword.value.value
                    for keyword in node.keywords
                    if keyword.arg == "key" and isinstance(keyword.value, ast.Constant)
                )


def test_every_action_that_is_written_down_belongs_to_the_core_or_to_a_module() -> None:
    of_modules = [action for module in registry.all() for action in module.actions]

    assert set(written()) <= {action.key for action in (*CORE, *of_modules)}
    assert "project_added" in set(written())


def test_each_action_has_a_kind_of_subject() -> None:
    of_modules = [action for module in registry.all() for action in module.actions]

    assert all(action.subject for action in (*CORE, *of_modules))


@pytest.mark.parametrize("key", ["connection_added", "endpoint_added"])
def test_a_module_cannot_take_an_action_of_others(key: str) -> None:
    with pytest.raises(InvalidDeclaration, match=f"'{key}' is there already"):
        registry.register(Shelf("book_lent", key))

    assert "shelf" not in {module.key for module in registry.all()}
