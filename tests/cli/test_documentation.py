"""What the documentation shows of the command line is what the command line does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations_app.cli.exit_codes import ExitCode
from tests.cli.conftest import KEY
from tests.processes import REPOSITORY

DOCUMENT = (REPOSITORY / "docs" / "command-line.md").read_text()
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^\| (\d+) \| (.*) \|$", re.MULTILINE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLACE = re.compile(r"in database .*\.$", re.MULTILINE)


def sessions() -> Iterator[tuple[str, str]]:
    """Each block of the document: its commands, and all that it shows."""
    for block in _BLOCK.findall(DOCUMENT):
        commands = [line.removeprefix("$ ") for line in block.splitlines() if line[:2] == "$ "]
        yield "\n".join(f"echo '$' {_quoted(each)}\n{each}" for each in commands), block


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def alike(text: str) -> str:
    """A text without what differs from one database to the other."""
    return _PLACE.sub("in database …", _UUID.sub("uuid", text))


@pytest.mark.parametrize(("script", "shown"), list(sessions()))
def test_each_example_ends_as_it_is_shown(script: str, shown: str, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "MISTRAL_KEY": KEY},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert alike(done.stdout) == alike(shown)


def test_every_exit_code_is_explained() -> None:
    told = {int(number): meaning for number, meaning in _CODE.findall(DOCUMENT)}

    assert told == {code.value: code.meaning for code in ExitCode}
