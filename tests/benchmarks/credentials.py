"""What `get_credentials` costs beyond the least it has to do.

`python -m tests.benchmarks.credentials [SECONDS]` alternates, in one process and one run, between
our call and the bare minimum: one prepared SELECT by primary key in autocommit and one AES-GCM
open. Only the ratio of the two counts; it is to be at most 2.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from integrations_app import integrations
from tests import postgresql
from tests.conftest import ENCRYPTION_KEY
from tests.postgresql import DatabaseUnderTest

LIMIT = 2.0
ROUND_S = 0.05
SECRET = "sk-or-v1-" + 64 * "5"


def main(seconds: float) -> None:
    """Measure for so many seconds and print calls a second and the ratio."""
    with (
        postgresql.server() as server,
        server.migrated() as template,
        server.database(template=template) as db,
        tempfile.TemporaryDirectory() as data_dir,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DATABASE_URL", db.url)
        patch.setenv("INTEGRATIONS_DATA_DIR", str(Path(data_dir)))
        patch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
        uuid = integrations.add_connection("mistral", "bench", values={"api_key": SECRET}).uuid
        _add_others(db)
        with psycopg.connect(db.url, autocommit=True, prepare_threshold=0) as connection:
            _compare(
                lambda: integrations.get_credentials(uuid)["api_key"],
                _bare(connection, uuid),
                seconds,
            )


def _add_others(db: DatabaseUnderTest) -> None:
    """A database as it is in use: with other rows, and with statistics about them."""
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'other-' || n FROM generate_series(1, 1000) AS n"
    )
    db.execute(
        "INSERT INTO integration_secrets SELECT uuid, 'api_key', ''::bytea, ''"
        " FROM integration_connections WHERE name LIKE 'other-%%'"
    )
    db.execute("ANALYZE")


def _bare(connection: psycopg.Connection, uuid: UUID) -> Callable[[], str]:
    cipher = AESGCM(AESGCM.generate_key(bit_length=256))
    nonce = os.urandom(12)
    connection.execute(
        "CREATE TABLE bare AS SELECT %s::uuid AS uuid, %s::bytea AS sealed",
        [uuid, cipher.encrypt(nonce, SECRET.encode(), None)],
    )
    connection.execute(
        "INSERT INTO bare SELECT gen_random_uuid(), sealed FROM bare, generate_series(1, 1000)"
    )
    connection.execute("ALTER TABLE bare ADD PRIMARY KEY (uuid)")
    connection.execute("ANALYZE bare")

    def call() -> str:
        row = connection.execute("SELECT sealed FROM bare WHERE uuid = %s", [uuid]).fetchone()
        return cipher.decrypt(nonce, row[0], None).decode() if row else ""

    return call


def _compare(ours: Callable[[], str], bare: Callable[[], str], seconds: float) -> None:
    assert ours() == bare() == SECRET
    rates: dict[str, list[float]] = {"get_credentials": [], "bare": []}
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        rates["bare"].append(_rate(bare))
        rates["get_credentials"].append(_rate(ours))
    middle = {name: statistics.median(found) for name, found in rates.items()}
    ratio = middle["bare"] / middle["get_credentials"]
    for name, rate in middle.items():
        print(f"{name:16} {rate:8,.0f} calls/s")
    print(f"{'ratio':16} {ratio:8.2f}  (at most {LIMIT:g})")
    sys.exit(0 if ratio <= LIMIT else 1)


def _rate(call: Callable[[], str]) -> float:
    count, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < ROUND_S:
        for _ in range(20):
            call()
        count += 20
    return count / spent


if __name__ == "__main__":
    os.environ.pop("LOG_LEVEL", None)
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
