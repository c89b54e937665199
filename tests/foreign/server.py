"""The running server, as tests see it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

import httpx2

from tests.processes import REPOSITORY
from tests.world import World

from . import settings
from .site import handing_over
from .visitor import Visitor

PROVIDER = Path(__file__).with_name("provider.toml")
SERVICE = Path(__file__).with_name("foreign_service.toml")

DATABASE_NAME = "foreign.sqlite3"
LOG_NAME = "foreign.log"
LONG_AGO = "2000-01-01 00:00:00"
ENOUGH_S = 20.0


class Facts(TypedDict):
    """What the server's process prints when it is ready."""

    port: int
    client_id: str
    client_secret: str
    service_client_id: str
    service_client_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignServer:
    """A running server; made by `ForeignServer.start`.

    Args:
        client_id: Of the client that acts for a person, by authorisation code.
        client_secret: Its secret.
        service_client_id: Of the client that acts for itself, by client credentials.
        service_client_secret: Its secret.
        world: Where the server is a site.
        database: The server's own file.
    """

    client_id: str
    client_secret: str = field(repr=False)
    service_client_id: str
    service_client_secret: str = field(repr=False)
    world: World = field(repr=False)
    database: Path = field(repr=False)

    origin: str = f"https://{settings.HOST}"
    username: str = settings.USERNAME
    password: str = field(default=settings.PASSWORD, repr=False)
    account_id: str = "1"
    account_name: str = settings.NAME
    service_account_id: str = "service"

    @classmethod
    @contextlib.contextmanager
    def start(cls, world: World, directory: Path) -> Iterator[ForeignServer]:
        """Run the server as a site of the world, as long as the `with` block lasts.

        Args:
            world: Hands the requests over.
            directory: An existing folder for its database and its log.
        """
        database = directory / DATABASE_NAME
        with _process(database, directory / LOG_NAME) as facts:
            port = facts.pop("port")
            with world.hosting(handing_over(host=settings.HOST, port=port)):
                yield cls(world=world, database=database, **facts)

    def authorize(self, url: str) -> str:
        """Sign in and press Authorize; gives the address that the browser is sent back to."""
        return self._decide(url, allow=True)

    def decline(self, url: str) -> str:
        """Sign in and press Cancel; gives the address that the browser is sent back to."""
        return self._decide(url, allow=False)

    def expire(self, access_token: str) -> None:
        """Let an access token's time be over; its refresh token stays good."""
        checksum = sha256(access_token.encode()).hexdigest()
        statement = "UPDATE oauth2_provider_accesstoken SET expires = ? WHERE token_checksum = ?"
        with contextlib.closing(sqlite3.connect(self.database, timeout=ENOUGH_S)) as opened, opened:
            assert opened.execute(statement, (LONG_AGO, checksum)).rowcount == 1, "unknown token"

    def revoke(self, token: str) -> None:
        """Revoke a token, and with it the one that it came with: only connecting anew helps."""
        with self.visit() as client:
            client.post(
                f"{self.origin}/o/revoke_token/",
                data={"token": token},
                auth=(self.client_id, self.client_secret),
            ).raise_for_status()

    def visit(self) -> httpx2.Client:
        """A client that reaches the server through the world, with cookies of its own."""
        return httpx2.Client(transport=self.transport(), timeout=ENOUGH_S)

    def transport(self) -> httpx2.HTTPTransport:
        """What leads any client through the world."""
        trust = ssl.create_default_context(cafile=str(self.world.ca_file))
        return httpx2.HTTPTransport(proxy=self.world.proxy_url, verify=trust, trust_env=False)

    def _decide(self, url: str, *, allow: bool) -> str:
        with self.visit() as client:
            visitor = Visitor(client, username=self.username, password=self.password)
            return visitor.decide(url, allow=allow)


@contextlib.contextmanager
def _process(database: Path, log: Path) -> Iterator[Facts]:
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.foreign", "--database", str(database)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    with process:  # which closes its input, and so ends it
        assert process.stdout is not None
        printed = process.stdout.readline()
        if not printed:
            raise RuntimeError(f"The foreign server did not start:\n{log.read_text()}")
        yield json.loads(printed)
