"""The library's tests with the oldest and with the newest versions that pyproject.toml allows.

`python -m tests.matrix [lowest-direct] [highest]` makes an environment for each, with no extra but
the embedded database, on which the tests run; `make matrix` does both.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.processes import REPOSITORY

RESOLUTIONS = ("lowest-direct", "highest")
TOOLS = ("pytest", "pytest-timeout", "pytest-xdist", "hypothesis", "trustme", "h11")
OF_LIBRARY = ("api", "migrations", "modules", "providers", "security", "settings")
EXCEPT = (
    # The SDKs of today ask for newer clients than our oldest.
    "tests/api/requests/test_sdks.py",
    # Crowds and killed processes take long, and say nothing about versions.
    "tests/api/oauth/test_killed.py",
    "tests/api/oauth/test_many_callers.py",
    "tests/api/oauth/test_refresh_races.py",
    "tests/api/test_events_under_load.py",
    "tests/api/test_full_disk.py",
    "tests/api/test_lost_database.py",
)

_OTHERS_AGE = ("-W", "ignore::DeprecationWarning")  # old versions deplore each other
_UV = (sys.executable, "-m", "uv", "--no-config", "pip")


def main(resolutions: Sequence[str]) -> int:
    """Run the tests with each; gives how many of the runs failed."""
    return sum(_run(resolution) != 0 for resolution in resolutions)


def _run(resolution: str) -> int:
    with tempfile.TemporaryDirectory(prefix="integrations-matrix-") as folder:
        python = _environment(Path(folder), resolution)
        pytest = (python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *_OTHERS_AGE)
        tests = [
            *(f"tests/{name}" for name in OF_LIBRARY),
            *(f"--ignore={each}" for each in EXCEPT),
        ]
        return subprocess.run([*pytest, *tests], cwd=REPOSITORY, check=False).returncode


def _environment(folder: Path, resolution: str) -> Path:
    venv, chosen = folder / "venv", folder / "chosen.txt"
    _do(sys.executable, "-m", "venv", "--without-pip", venv)
    install = (*_UV, "install", "--quiet", "--python", venv)
    named = ("-r", "pyproject.toml", "--extra", "embedded")
    _do(*install, "--resolution", resolution, *named)
    chosen.write_text(_do(*_UV, "freeze", "--quiet", "--python", venv))
    print(f"{resolution}: {' '.join(chosen.read_text().split())}", flush=True)
    _do(*install, "--no-deps", "--editable", ".")
    _do(*install, "--constraint", chosen, *TOOLS)
    return venv / "bin" / "python"


def _do(*command: str | Path) -> str:
    return subprocess.run(
        command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or RESOLUTIONS))
