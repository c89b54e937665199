"""The product as others install it: a wheel, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.processes import REPOSITORY

_WITHIN_S = 120


@dataclass(frozen=True, kw_only=True)
class Installed:
    """An environment with the wheel in it, and whatever the wheel needs."""

    folder: Path
    wheel: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def files(self) -> list[str]:
        """All that the wheel holds."""
        with zipfile.ZipFile(self.wheel) as opened:
            return opened.namelist()

    def run(self, *command: str, folder: Path, **environment: str) -> str:
        """What a command of this environment prints, run in that folder; it must end well."""
        return run(
            str(self.folder / "bin" / command[0]), *command[1:], folder=folder, **environment
        )


def install(folder: Path, **environment: str) -> Installed:
    """Build the wheel and install it, without a network.

    Args:
        folder: Where both go.
        environment: Variables of the wheel's build.
    """
    wheel, venv = _built(folder, **environment), _empty_venv(folder)
    pip = (sys.executable, "-m", "pip", "--python", str(venv), "install", "-qq")
    run(*pip, "--no-deps", "--no-index", "--no-compile", str(wheel))
    # What the wheel depends on is there already. Named by a .pth file, the folder's own .pth
    # files, that of the working copy among them, count for nothing.
    [own] = (venv / "lib").glob("python*/site-packages")
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(folder=venv, wheel=wheel)


def install_from_registry(folder: Path, *, extras: str = "") -> Installed:
    """Build the wheel and install it with all that it depends on, in the versions of the lock.

    Args:
        folder: Where both go.
        extras: Such as `[web]`.
    """
    wheel, venv = _built(folder), _empty_venv(folder)
    run(
        *(sys.executable, "-m", "uv", "--no-config", "pip", "install", "--quiet"),
        *("--python", str(venv), "--compile-bytecode"),
        *("--constraint", str(REPOSITORY / "requirements.lock"), f"{wheel}{extras}"),
    )
    return Installed(folder=venv, wheel=wheel)


def _built(folder: Path, **environment: str) -> Path:
    hatchling = (sys.executable, "-m", "hatchling")
    run(*hatchling, "build", "-t", "wheel", "-d", str(folder), **environment)
    [wheel] = folder.glob("*.whl")
    return wheel


def _empty_venv(folder: Path) -> Path:
    venv = folder / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(venv))
    return venv


def run(*command: str, folder: Path = REPOSITORY, **environment: str) -> str:
    """What a command prints; it must end well."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**outside(), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def outside() -> Mapping[str, str]:
    """This process's environment, without what would lead back to the working copy."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "VIRTUAL_ENV") and not name.startswith("PYTEST_")
    }
