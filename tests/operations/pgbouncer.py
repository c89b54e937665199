"""Debian's PgBouncer in front of Debian's PostgreSQL."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.e2e.serving import free_port
from tests.operations import debian, postgres
from tests.operations.postgres import APP, PASSWORD, Postgres

_READY_WITHIN_S = 15
_WAITS_S = 10


@dataclass(frozen=True, kw_only=True)
class Bouncer:
    """A running pooler."""

    port: int
    server: Postgres

    def url(self, database: str) -> str:
        """The address of a database behind it."""
        return self.server.url(database, port=self.port)


@contextlib.contextmanager
def running(server: Postgres, *, mode: str = "transaction", size: int = 20) -> Iterator[Bouncer]:
    """A pooler for the length of the block.

    Args:
        server: What it connects to.
        mode: What it hands out: `transaction` or `session`.
        size: How many connections of a database it hands out.
    """
    with tempfile.TemporaryDirectory(prefix="integrations-pgbouncer-") as path:
        folder = Path(path)
        bouncer = Bouncer(port=free_port(), server=server)
        (folder / "users.txt").write_text(f'"{APP}" "{PASSWORD}"\n')
        (folder / "pgbouncer.ini").write_text(_configuration(bouncer, folder, mode, size))
        for file in (folder, *folder.iterdir()):
            postgres.own(file)
        process = subprocess.Popen(
            [debian.program("pgbouncer"), "--quiet", folder / "pgbouncer.ini"],
            user=postgres.user(),
        )
        try:
            _wait_until_ready(bouncer, process)
            yield bouncer
        finally:
            process.terminate()
            process.wait(timeout=_READY_WITHIN_S)


def _configuration(bouncer: Bouncer, folder: Path, mode: str, size: int) -> str:
    return f"""
[databases]
* = host=127.0.0.1 port={bouncer.server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {bouncer.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
logfile = {folder}/log
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 500
query_wait_timeout = {_WAITS_S}
server_login_retry = 1
"""


def _wait_until_ready(bouncer: Bouncer, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + _READY_WITHIN_S
    while True:
        try:
            psycopg.connect(bouncer.url("postgres")).close()
        except psycopg.OperationalError:
            assert process.poll() is None
            assert time.monotonic() < give_up_at
            time.sleep(0.02)
        else:
            return
