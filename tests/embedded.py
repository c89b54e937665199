"""Programs that use an embedded database, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import FOREIGN_SETTINGS
from tests.processes import REPOSITORY

STAY = """
import json, os, sys
from integrations_app import integrations
from integrations_app.storage import migrations
from integrations_app.settings.database_url import parameters
from integrations_app.storage.engine import database

if "migrate" in sys.argv:
    migrations.upgrade()
names = [connection.name for connection in integrations.list_connections()]
place = parameters(database().url)
print(json.dumps({"names": names, "socket_folder": place["host"]}), flush=True)
for line in sys.stdin:
    integrations.add_connection("mistral", line.strip(), values={"api_key": "k" * 20})
    print("added", flush=True)
"""
"""Attaches, says what is there, and adds a connection for each line that it reads."""

WITHIN_S = 60


@dataclass(frozen=True, kw_only=True)
class Program:
    """A running program that is attached to the database."""

    process: subprocess.Popen[str]
    names: Sequence[str]
    socket_folder: Path

    def add(self, name: str) -> None:
        """Have it add a connection."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "added\n"

    def leave(self) -> None:
        """Let it end well."""
        _out, err = self.process.communicate(timeout=WITHIN_S)
        assert self.process.returncode == 0, err


def environment(data_dir: Path, **more: str) -> Mapping[str, str]:
    """The environment of a program that is told of no database."""
    foreign = (*FOREIGN_SETTINGS, "DATABASE_URL", "INTEGRATIONS_ENCRYPTION_KEYS")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**kept, "INTEGRATIONS_DATA_DIR": str(data_dir), **more}


@contextmanager
def attached(
    data_dir: Path, *arguments: str, by: Sequence[str] = (), **more: str
) -> Iterator[Program]:
    """A program that uses the database in this folder, until the block ends.

    Args:
        data_dir: Its data folder.
        arguments: `migrate` lets it make the database first.
        by: A command that runs another, such as `setpriv`.
        more: Variables of its environment.
    """
    process = subprocess.Popen(
        [*by, sys.executable, "-c", STAY, *arguments],
        cwd=REPOSITORY,
        env=environment(data_dir, **more),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said, process.communicate(timeout=WITHIN_S)[1]
        known: dict[str, Any] = json.loads(said)
        program = Program(
            process=process,
            names=known["names"],
            socket_folder=Path(known["socket_folder"]),
        )
        yield program
        if process.poll() is None:
            program.leave()
    finally:
        process.kill()
        process.wait(timeout=WITHIN_S)
