"""Debian's PostgreSQL with roles, passwords and TLS, as operators run it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, cast
from urllib.parse import quote, urlencode

import psycopg
import trustme

from tests.e2e.serving import free_port
from tests.operations import debian

APP = "app"
TLS_ONLY = "tls_only"
PASSWORD = "Qxzjk%Vqwjx@Wkxzq/Pzzqk:"
"""With everything in it that has a meaning in an address."""
CERTIFIED = "127.0.0.1"

_ADMIN = "postgres"
_HBA = f"""
local   all {_ADMIN}    trust
local   all all         scram-sha-256
hostssl all {TLS_ONLY}  127.0.0.1/32 scram-sha-256
host    all {APP}       127.0.0.1/32 scram-sha-256
host    all {APP}       ::1/128      scram-sha-256
"""
_SETTINGS = {
    "fsync": "off",
    "listen_addresses": "localhost",
    "max_connections": "100",
    "ssl": "on",
    "ssl_cert_file": "server.pem",
    "ssl_key_file": "server.key",
}
_READY_WITHIN_S = 30


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A running server; its role `app` owns nothing but what a test lets it make."""

    folder: Path
    port: int

    @property
    def root_certificate(self) -> Path:
        """Of the authority that vouches for it."""
        return self.folder / "root.pem"

    def let_create(self, database: str) -> None:
        """Let the role `app` make tables in a database."""
        self.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {APP}", database=database)

    def url(
        self,
        database: str,
        *,
        user: str = APP,
        password: str = PASSWORD,
        host: str = CERTIFIED,
        port: int | None = None,
        **parameters: str,
    ) -> str:
        """The address of a database as an operator writes it."""
        secret = f":{quote(password, safe='')}" if password else ""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return f"postgresql://{user}{secret}@{host}:{port or self.port}/{database}{query}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as its superuser."""
        with self.superuser(database) as connection:
            for statement in statements:
                connection.execute(cast("LiteralString", statement))

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        """A connection that may do everything."""
        return psycopg.connect(
            host=str(self.folder),
            port=self.port,
            user=_ADMIN,
            dbname=database,
            autocommit=True,
            application_name="a test",
        )

    def reconfigure(self, statement: str, *, until: tuple[str, str]) -> None:
        """Change its configuration, and wait until new connections have it.

        Args:
            statement: Such as `ALTER SYSTEM SET ssl = off`.
            until: A setting, and the value that it has then.
        """
        self.execute(statement, "SELECT pg_reload_conf()")
        setting, value = until
        give_up_at = time.monotonic() + _READY_WITHIN_S
        while self._shown(setting) != value:
            assert time.monotonic() < give_up_at
            time.sleep(0.01)

    def _shown(self, setting: str) -> object:
        with self.superuser() as connection:
            row = connection.execute(cast("LiteralString", f"SHOW {setting}")).fetchone()
        return row and row[0]

    @contextlib.contextmanager
    def database(self, name: str, *, owner: str = _ADMIN) -> Iterator[str]:
        """A database for the length of the block."""
        self.execute(f"CREATE DATABASE {name} OWNER {owner}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def running(**settings: str) -> Iterator[Postgres]:
    """A server for the length of the block.

    Args:
        settings: Of postgresql.conf, beside or instead of the usual ones.
    """
    with tempfile.TemporaryDirectory(prefix="integrations-postgres-") as path:
        folder = Path(path)
        own(folder)
        server = Postgres(folder=folder, port=free_port())
        _make(server, {**_SETTINGS, **settings})
        process = _started(server)
        try:
            _wait_until_ready(server, process)
            for role in (APP, TLS_ONLY):
                server.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # whoever is connected is cut off
            _wait_until_ended(process)


def _make(server: Postgres, settings: Mapping[str, str]) -> None:
    data = server.folder / "data"
    _run("initdb", "-D", str(data), "-U", _ADMIN, "-A", "trust", "-E", "UTF8", "--no-sync")
    (data / "pg_hba.conf").write_text(_HBA)
    places = {"port": str(server.port), "unix_socket_directories": str(server.folder)}
    lines = [f"{name} = '{value}'\n" for name, value in {**settings, **places}.items()]
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(lines)
    authority = trustme.CA()
    certificate = authority.issue_cert(CERTIFIED)
    authority.cert_pem.write_to_path(str(server.root_certificate))
    certificate.cert_chain_pems[0].write_to_path(str(data / "server.pem"))
    certificate.private_key_pem.write_to_path(str(data / "server.key"))
    (data / "server.key").chmod(0o600)
    for file in (data / "server.key", server.root_certificate):
        own(file)


def _started(server: Postgres) -> subprocess.Popen[bytes]:
    with (server.folder / "log").open("wb") as log:
        return subprocess.Popen(
            [debian.program("postgres"), "-D", str(server.folder / "data")],
            user=user(),
            stdout=log,
            stderr=log,
            cwd=server.folder,
        )


def _wait_until_ready(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + _READY_WITHIN_S
    while True:
        try:
            server.superuser().close()
        except psycopg.OperationalError:
            assert process.poll() is None, log_of(server)
            assert time.monotonic() < give_up_at, log_of(server)
            time.sleep(0.02)
        else:
            return


def log_of(server: Postgres) -> str:
    """All that the server has logged."""
    return (server.folder / "log").read_text(errors="replace")


def _wait_until_ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=_READY_WITHIN_S)
    finally:
        process.kill()


def _run(name: str, *arguments: str) -> None:
    program = debian.program("postgres").with_name(name)
    subprocess.run([program, *arguments], user=user(), check=True, capture_output=True)


def user() -> str | None:
    """Whoever may run it: PostgreSQL refuses the system's administrator."""
    return _ADMIN if os.geteuid() == 0 else None


def own(path: Path) -> None:
    """Let that user have a file or folder."""
    if os.geteuid() == 0:
        shutil.chown(path, _ADMIN, pwd.getpwnam(_ADMIN).pw_gid)
