"""The parts of Debian's that these tests run: where they are, and how missing ones are added."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PARTS = {"postgres": "postgresql", "pgbouncer": "pgbouncer", "nginx": "nginx-light"}
"""Program to the package that brings it."""

_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
_WITHIN_S = 600
# Nobody is asked anything, and no service of the system's own is started.
_QUIETLY = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}


class MissingParts(Exception):
    """Something is not installed, and cannot be; the message is one line."""


def program(name: str) -> Path:
    """Return where a program of these parts is.

    Raises:
        MissingParts: It is not installed.
    """
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, newest_first), os.environ.get("PATH", ""), *_FOLDERS])
    found = shutil.which(name, path=path)
    if found is None:
        raise MissingParts(f"There is no {name}.")
    return Path(found)


def install_missing() -> None:
    """Install the packages of all programs that are not there, as root on a Debian.

    Raises:
        MissingParts: They cannot be installed here.
    """
    packages = [package for name, package in PARTS.items() if not _is_there(name)]
    if not packages:
        return
    listed = " ".join(packages)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise MissingParts(
            f"These tests need Debian's {listed}; as root they install it, "
            f"else run: apt-get install {listed}"
        )
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends"]):
        _run_apt_get([*arguments, *(packages if "install" in arguments else [])], listed)


def _is_there(name: str) -> bool:
    try:
        program(name)
    except MissingParts:
        return False
    return True


def _run_apt_get(arguments: list[str], listed: str) -> None:
    done = subprocess.run(
        ["apt-get", *arguments],
        env={**os.environ, **_QUIETLY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_WITHIN_S,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise MissingParts(f"Debian's {listed} cannot be installed: {why}")
