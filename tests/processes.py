"""Other processes that use the product, as this test's environment has it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LONGEST_S = 60


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Run a Python script in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=REPOSITORY,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finished(process: subprocess.Popen[str]) -> str:
    """What it printed, once its standard input was closed and it has ended well."""
    out, err = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 0, err
    return out.strip()


def run(script: str, *arguments: str) -> str:
    """What a Python script prints that runs in a process of its own."""
    return finished(start(script, *arguments))
