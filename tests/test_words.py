"""The package's own words: docstrings begin with the thing, or with what is done."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import integrations_app

PACKAGE = Path(integrations_app.__file__).parent
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
QUESTIONS = {"How", "What", "When", "Where", "Whether", "Which", "Who", "Whose", "Why"}


@pytest.mark.parametrize(
    "part", sorted({path.parent for path in PACKAGE.rglob("*.py")}), ids=lambda part: part.name
)
def test_no_docstring_begins_with_a_question_word(part: Path) -> None:
    riddles = [
        f"{source.name}:{node.body[0].lineno}"
        for source in part.glob("*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, DOCUMENTED) and (ast.get_docstring(node) or "-").split()[0] in QUESTIONS
    ]

    assert not riddles
