"""What the documentation shows of another app is what the tests run."""

from __future__ import annotations

import re

import pytest

from tests.processes import REPOSITORY

_SECTION = re.compile(r"^## In another Reflex app\n(.*)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s*(  # .*)?$")


def shown() -> list[str]:
    """The examples."""
    section = _SECTION.search((REPOSITORY / "docs" / "embedding.md").read_text())
    assert section
    return _BLOCK.findall(section[1])


def lines(code: str) -> list[str]:
    """What a text says, without comments, the room around it, and what comes after it."""
    stripped = (_COMMENT.sub("", line).strip().rstrip(",") for line in code.splitlines())
    return [line for line in stripped if line]


def is_said_by(source: list[str], example: list[str]) -> bool:
    """Whether the source has all lines of the example, in their order."""
    rest = iter(source)
    return all(line in rest for line in example)


@pytest.mark.parametrize("example", shown())
def test_each_example_stands_in_an_app_that_is_tested(example: str) -> None:
    app = REPOSITORY / "tests" / "embedding_app"
    sources = [lines(path.read_text()) for path in app.rglob("*.py")]

    assert any(is_said_by(source, lines(example)) for source in sources)
