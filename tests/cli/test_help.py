"""Help: one screen, an example each, there at once; and what shells complete."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from integrations_app.cli import app
from tests import processes

LINES, COLUMNS = 24, 80

HEAVY = ("sqlalchemy", "sqlmodel", "psycopg", "httpx2", "authlib", "reflex", "rich", "yaml")
"""Typer itself brings pydantic where an option has a type."""

IMPORTED_FOR_HELP = """
import contextlib, io, sys
sys.argv = ["integrations", *sys.argv[1:], "--help"]
from integrations_app.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as shown:
    main()
assert "Usage: " in shown.getvalue()
print(sorted({name.partition(".")[0] for name in sys.modules}))
"""


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group, by what one types."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


ALL = dict(commands(typer.main.get_command(app)))


def shown(path: tuple[str, ...]) -> str:
    """The help of a command, as it stands on a screen of 80 columns."""
    names = path or ("integrations",)
    parent = None
    for end in range(len(path) + 1):
        command = ALL[path[:end]]
        name = path[end - 1] if end else "integrations"
        parent = command.context_class(
            command, info_name=name, parent=parent, terminal_width=COLUMNS
        )
    assert parent is not None, names
    return parent.get_help()


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_fits_on_one_screen_and_has_an_example(path: tuple[str, ...]) -> None:
    lines = shown(path).splitlines()

    assert len(lines) <= LINES + (path == ())  # the first one has the exit codes, too
    assert max(map(len, lines)) <= COLUMNS
    assert "  Example:" in lines
    assert not any(line.endswith("...") for line in lines if line.startswith("  "))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_the_example_is_a_command_that_there_is(path: tuple[str, ...]) -> None:
    [example] = re.findall(r"Example:\n\s+(.*)", shown(path))
    words = [word for word in shlex.split(example) if "=" not in word or word.startswith("-")]

    assert words[0] == "integrations"
    assert tuple(words[1 : 1 + len(path)]) == path
    depth = max(end for end in range(len(words)) if tuple(words[1 : 1 + end]) in ALL)
    named = {option for each in ALL[tuple(words[1 : 1 + depth])].params for option in each.opts}
    assert {word for word in words if word.startswith("--")} <= named


@pytest.mark.parametrize("path", [(), ("connections",), ("connections", "add")], ids=" ".join)
def test_help_waits_for_nothing_that_takes_time_to_load(path: tuple[str, ...]) -> None:
    imported = processes.run(IMPORTED_FOR_HELP, *path)

    for name in HEAVY:
        assert f"'{name}'" not in imported


def test_shells_complete_commands_and_options() -> None:
    def completed(words: str) -> list[str]:
        environment = {
            "_INTEGRATIONS_COMPLETE": "complete_bash",
            "COMP_WORDS": f"integrations {words}",
            "COMP_CWORD": str(len(words.split())),
        }
        return subprocess.check_output(
            [Path(sys.executable).with_name("integrations")],
            env={**os.environ, **environment},
            text=True,
        ).split()

    assert completed("conn") == ["connections"]
    assert completed("connections list --st") == ["--status"]
