"""Debian's parts are there, or one line says what is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.operations import debian
from tests.processes import REPOSITORY


@pytest.mark.parametrize("name", debian.PARTS)
def test_every_part_runs(name: str) -> None:
    option = "-v" if name == "nginx" else "--version"

    done = subprocess.run([debian.program(name), option], capture_output=True, check=False)

    assert done.returncode == 0


def test_plain_pytest_collects_none_of_these_tests() -> None:
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "tests/operations/" not in collected.stdout
    assert "tests/test_wheel.py" in collected.stdout


def test_missing_parts_are_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(debian.PARTS, "no-such-program", "no-such-package")
    monkeypatch.setenv("PATH", "")

    with pytest.raises(debian.MissingParts, match="no-such-package") as missing:
        debian.install_missing()

    assert "\n" not in str(missing.value)
