"""A product that tests attack as strangers, and what they look at before and after."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from integrations_app.services.changes import event_stream
from integrations_app.services.identity import sessions
from integrations_app.storage.engine import database
from tests import people
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.serving import Product
from tests.postgresql import DatabaseUnderTest
from tests.redis_server import RedisServer

WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """A served product, and a session at it that a stranger does not have."""

    product: Product
    session_token: str
    redis: RedisServer | None

    @property
    def origin(self) -> str:
        """Where it is, without a name to look up."""
        return f"http://127.0.0.1:{self.product.port}"

    @property
    def cookie(self) -> str:
        """What the browser of its admin sends."""
        return f"{self.product.session_cookie}={self.session_token}"

    @property
    def memory(self) -> int:
        """Bytes that its processes hold, those of their databases not counted."""
        process = psutil.Process(self.product.pid)
        own = [process, *(each for each in process.children() if "python" in each.name())]
        return sum(each.memory_info().rss for each in own)

    @property
    def redis_memory(self) -> int:
        """Bytes that are kept in Redis."""
        return self.redis.used_bytes() if self.redis else 0


@contextlib.contextmanager
def running(
    folder: Path, *, db: DatabaseUnderTest, redis: RedisServer | None = None
) -> Iterator[Attacked]:
    """The product for as long as the `with` block lasts; with Redis by several workers."""
    by_workers = {"REDIS_URL": redis.url, "WEB_CONCURRENCY": str(WORKERS)} if redis else {}
    with serving.running(
        folder,
        database_url=db.url,
        INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
        **by_workers,
    ) as product:
        yield Attacked(product=product, session_token=_sign_in(folder, db), redis=redis)


def _sign_in(folder: Path, db: DatabaseUnderTest) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", db.url)
        patch.setenv("INTEGRATIONS_DATA_DIR", str(folder / "data"))
        patch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
        admin = people.add_admin("ada@example.com", "correct horse battery staple")
        token = sessions.open_for(admin)
        event_stream.stop()
        database().dispose()
    return token
