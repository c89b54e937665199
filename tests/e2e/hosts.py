"""Two hosts of several workers each, which share one PostgreSQL and one Redis."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests import people
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.serving import Product
from tests.postgresql import DatabaseUnderTest
from tests.redis_server import RedisServer
from tests.world import World

WORKERS = 3


@dataclass(frozen=True, kw_only=True)
class Hosts:
    """Two products, each with a port and a data folder of its own."""

    first: Product
    second: Product
    db: DatabaseUnderTest
    redis: RedisServer


@contextlib.contextmanager
def running(
    folder: Path, *, db: DatabaseUnderTest, redis: RedisServer, world: World
) -> Iterator[Hosts]:
    """Both hosts, for as long as the `with` block lasts."""
    with contextlib.ExitStack() as started:

        def start(name: str) -> Product:
            own = folder / name
            own.mkdir()
            product = serving.running(
                own,
                database_url=db.url,
                INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
                REDIS_URL=redis.url,
                WEB_CONCURRENCY=str(WORKERS),
                **world.environment,
            )
            return started.enter_context(product)

        yield Hosts(first=start("first"), second=start("second"), db=db, redis=redis)


def empty(hosts: Hosts, *emails: str, password: str) -> None:
    """Leave nothing of earlier tests in the database, and make these admins."""
    if not hosts.redis.is_running:
        hosts.redis.start()
    for table in ("integration_connections", "integration_admins"):
        hosts.db.execute(f"DELETE FROM {table}")
    for email in emails:
        people.add_admin(email, password)


def workers(product: Product) -> list[psutil.Process]:
    """Its worker processes that are alive."""
    return [each for each in psutil.Process(product.pid).children() if _works(each)]


def _works(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:  # it has just died
        return False
