"""What leans on the inner workings of the libraries beneath the pages stands in the adapter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import integrations_app

PACKAGE = Path(integrations_app.__file__).parent
LIBRARIES = ("reflex", "reflex_base", "reflex_components_core", "reflex_components_radix")
SERVERS = ("socketio", "engineio", "granian", "redis")
DOCUMENTED: dict[str, set[str] | None] = {
    "reflex.app": {"App"},
    "reflex.config": {"get_config"},
    "reflex.vars": {"ArrayVar", "BooleanVar", "NumberVar", "StringVar", "VarData"},
    "reflex_base.config": {"Config", "get_config"},
    "reflex_base.constants": {"StateManagerMode"},
    "reflex_base.plugins.base": None,
    "granian": {"Granian"},
    "granian.constants": None,
    "granian.log": {"LogLevels"},
    "granian.server.embed": {"Server"},
    "redis": {"Redis"},
    "redis.exceptions": None,
}
"""Modules, and what of them; None for all."""
ELSEWHERE = ("reflex_adapter", "components")
"""Where the adapter is; and the components, which are made of Reflex's: see `test_reflex.py`."""

OTHER_LIBRARIES = {"self._pool._network_backend", "row._mapping", "url._replace"}
"""Of httpcore, SQLAlchemy and the standard library."""

OWN = ("self", "cls", "super()", "os")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] not in ELSEWHERE:
            yield path.relative_to(PACKAGE), ast.parse(path.read_text())


def is_documented(module: str, name: str) -> bool:
    if module.split(".", maxsplit=1)[0] not in (*LIBRARIES, *SERVERS):
        return True
    if module not in DOCUMENTED:
        return False
    names = DOCUMENTED[module]
    return names is None or name in names


def test_others_import_what_is_documented() -> None:
    undocumented = [
        f"{path}: {node.module}.{each.name}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for each in node.names
        if not is_documented(node.module, each.name)
    ]

    assert undocumented == [], "it belongs in reflex_adapter/, with a line in a table of its tests"


def test_others_reach_into_nothing_that_is_not_ours() -> None:
    ours = {
        name
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "reflex_adapter"
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _named(node)
    }

    foreign = [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and _is_private(node.attr)
        if ast.unparse(node.value) not in OWN and node.attr not in ours
        if ast.unparse(node) not in OTHER_LIBRARIES
    ]

    assert foreign == [], "it belongs in reflex_adapter/, with a line in a table of its tests"


def _named(node: ast.AST) -> Iterator[str]:
    """Give the private names that our own modules define."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.AnnAssign(target=ast.Name() as target):
            yield target.id
        case ast.Assign():
            yield from (each.id for each in node.targets if isinstance(each, ast.Name))
            for each in node.targets:
                if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "self":
                    yield each.attr
        case ast.AnnAssign(target=ast.Attribute() as target):
            yield target.attr


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
