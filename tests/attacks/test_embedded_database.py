"""Other users of the same system, beside an embedded database."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.embedded import Program, attached
from tests.processes import REPOSITORY

LONG = "x" * 120
CONNECT = """
import sys, psycopg
try:
    psycopg.connect(host=sys.argv[1], user="postgres", dbname="postgres", connect_timeout=5)
except psycopg.OperationalError as error:
    print(error)
else:
    print("let in")
"""


OPEN_THE_WAY = """
set -e
stage=$1 closed=$2 needed=$3
shift 3
mount --bind "$needed" "$stage"
mount -t tmpfs -o mode=0755 tmpfs "$closed"
mkdir -p "$needed"
mount --bind "$stage" "$needed"
exec "$@"
"""
"""Runs a command that sees one folder although the way there is closed to others."""


class User:
    """A user of the system, with a folder of their own."""

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self.home = home
        self.command = (
            *way_to_python(home.parent / "stage"),
            "setpriv",
            f"--reuid={name}",
            f"--regid={name}",
            "--clear-groups",
            "--reset-env",
            "env",
            f"TMPDIR={home.parent / 'tmp'}",
        )

    @property
    def uid(self) -> int:
        return self.home.stat().st_uid

    def runs(self, script: str, *arguments: str) -> str:
        """What a script prints that this user runs."""
        return subprocess.run(
            [*self.command, sys.executable, "-c", script, *arguments],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout


def way_to_python(stage: Path) -> tuple[str, ...]:
    """A command that lets others run this Python, where it lies in a folder of root's own."""
    needed = Path(sys.base_prefix)
    closed = [each for each in needed.parents if not each.stat().st_mode & stat.S_IXOTH]
    if not closed:
        return ()
    stage.mkdir(exist_ok=True)
    paths = (str(stage), str(closed[-1]), str(needed))
    return ("unshare", "--mount", "sh", "-c", OPEN_THE_WAY, "sh", *paths)


@pytest.fixture
def users() -> Iterator[tuple[User, User]]:
    """Two users of this system, made for one test, who share its temporary folder."""
    if os.geteuid() != 0 or not shutil.which("useradd") or not shutil.which("setpriv"):
        pytest.skip("Only the system's administrator can become other users.")
    with tempfile.TemporaryDirectory(prefix="integrations-users-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "tmp").mkdir()
        (Path(folder) / "tmp").chmod(0o1777)
        names = {letter: f"it-{os.getpid()}-{letter}" for letter in "ab"}
        made = [User(name, Path(folder) / letter) for letter, name in names.items()]
        try:
            for user in made:
                subprocess.run(["useradd", "--user-group", "-M", user.name], check=True)
                user.home.mkdir()
                shutil.chown(user.home, user.name, user.name)
            tried = subprocess.run(
                [*made[0].command, sys.executable, "-c", "import integrations_app"],
                cwd=REPOSITORY,
                capture_output=True,
                text=True,
                check=False,
            )
            if tried.returncode:
                pytest.skip(f"Other users cannot run this Python: {tried.stderr.strip()[-200:]}")
            yield made[0], made[1]
        finally:
            for user in made:
                subprocess.run(["userdel", user.name], check=False)


def attached_by(user: User, data_dir: Path) -> contextlib.AbstractContextManager[Program]:
    return attached(
        data_dir,
        "migrate",
        by=(*user.command, f"INTEGRATIONS_DATA_DIR={data_dir}"),
    )


@pytest.mark.parametrize("folder", ["data", LONG])
def test_a_second_user_starts_beside_the_first_and_does_not_get_in(
    users: tuple[User, User], folder: str
) -> None:
    first, second = users

    with attached_by(first, first.home / folder) as theirs:
        theirs.add("secret")
        with attached_by(second, second.home / folder) as own:
            assert own.names == []
            assert own.socket_folder != theirs.socket_folder

            answer = second.runs(CONNECT, str(theirs.socket_folder))

        assert "Permission denied" in answer
        status = theirs.socket_folder.stat()
        assert stat.S_IMODE(status.st_mode) == 0o700
        assert status.st_uid == first.uid
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(host=str(theirs.socket_folder), user="postgres", dbname="postgres")


def test_a_second_user_is_told_that_the_database_is_anothers(users: tuple[User, User]) -> None:
    first, second = users
    read = "from integrations_app import errors, integrations\n" + (
        "try:\n    integrations.list_connections()\n"
        "except errors.DatabaseUnavailable as error:\n    print(error)"
    )

    with attached_by(first, first.home / "data"):
        command = (*second.command, f"INTEGRATIONS_DATA_DIR={first.home / 'data'}")
        told = subprocess.run(
            [*command, sys.executable, "-c", read],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    assert "belongs to another user" in told
