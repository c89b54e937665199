"""What tests of attacks share with the others, and products to be attacked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import redis_server
from tests.api.conftest import register
from tests.api.oauth.conftest import connect, set_up
from tests.api.requests.conftest import add, echo, google, send, send_anyhow, send_by_auth, uuid
from tests.attacks import attacked
from tests.attacks.attacked import Attacked
from tests.e2e.conftest import build
from tests.http.conftest import ada, browser
from tests.postgresql import Server

__all__ = [
    "ada",
    "add",
    "browser",
    "build",
    "connect",
    "echo",
    "google",
    "register",
    "send",
    "send_anyhow",
    "send_by_auth",
    "set_up",
    "uuid",
]


@pytest.fixture(scope="package")  # these servers end with this folder
def one_process(
    build: None,
    postgresql_server: Server,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Attacked]:
    """The product as it is without Redis, with an admin."""
    folder = tmp_path_factory.mktemp("attacked")
    with (
        postgresql_server.database(template=migrated_template) as db,
        attacked.running(folder, db=db) as product,
    ):
        yield product


@pytest.fixture(scope="package")  # these servers end with this folder
def workers(
    build: None,
    postgresql_server: Server,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Attacked]:
    """Several workers that share a Redis, with an admin."""
    folder = tmp_path_factory.mktemp("attacked-workers")
    with (
        postgresql_server.database(template=migrated_template) as db,
        redis_server.running(folder) as redis,
        attacked.running(folder, db=db, redis=redis) as product,
    ):
        yield product


@pytest.fixture(params=["one_process", "workers"])
def product(request: pytest.FixtureRequest) -> Attacked:
    """Either of them."""
    return request.getfixturevalue(request.param)
