"""What programs notice of a provider that ends the access token they all use.

`python -m tests.benchmarks.revocations [SECONDS [EVERY_S]]` runs five programs, each with the four
ways to call, while the provider ends the token every so many seconds: once with a refresh token
that stays, once with one that is replaced at every use, where a second use ends everything. No
call may fail, and each ended token is to cause one refresh.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations_app import integrations
from tests import postgresql
from tests.api.oauth import accounts, revocations
from tests.conftest import ENCRYPTION_KEY
from tests.world import OAuthClient, TokenBehaviour, World, oauth_client

SECONDS, EVERY_S = 60.0, 3.0
AT_A_TIME = 5


def main(seconds: float, every_s: float) -> None:
    """Run both and print what came of the calls."""
    with _surroundings() as world:
        passed = [
            _passes(world, behaviour, seconds, every_s)
            for behaviour in (TokenBehaviour.RIGHT, TokenBehaviour.ROTATING)
        ]
    sys.exit(0 if all(passed) else 1)


def _passes(world: World, behaviour: TokenBehaviour, seconds: float, every_s: float) -> bool:
    client = oauth_client("google", behaviour, serial="benchmark")
    values = {"client_id": client.id, "client_secret": client.secret}
    uuid = integrations.add_connection("google", behaviour.name.lower(), values=values).uuid
    accounts.exchange(world, uuid)
    ends: list[str] = []
    over = threading.Event()

    def call_on(programs: revocations.Programs) -> None:
        while not over.is_set():
            ends.extend(programs.call(uuid, AT_A_TIME))

    times = int(seconds / every_s)
    with revocations.running() as programs:
        ends += programs.call(uuid, 1)
        calling = threading.Thread(target=call_on, args=[programs])
        calling.start()
        began_at = time.monotonic()
        for number in range(1, times + 1):
            time.sleep(max(began_at + number * every_s - time.monotonic(), 0))
            world.oauth.expire_access_tokens(client.id)
        over.set()
        calling.join()
        ends += programs.call(uuid, 1)
    return _shown(world, client, ends, times)


def _shown(world: World, client: OAuthClient, ends: list[str], times: int) -> bool:
    refreshes = len(world.oauth.refresh_requests(client.id))
    reused = world.oauth.reused(client.id)
    failures = [end for end in ends if end != "200"]
    print(
        f"{client.behaviour:10} {len(ends):7,} calls, {len(failures)} failed;"
        f" {times} tokens ended, {refreshes} refreshes"
        f"{', a refresh token used twice' if reused else ''}",
        flush=True,
    )
    for failure in failures[:5]:
        print(f"    {failure}")
    return not failures and refreshes == times and not reused


@contextmanager
def _surroundings() -> Iterator[World]:
    with (
        postgresql.server() as server,
        server.migrated() as template,
        server.database(template=template) as db,
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        World.start(Path(folder)) as world,
    ):
        patch.setenv("DATABASE_URL", db.url)
        patch.setenv("INTEGRATIONS_DATA_DIR", str(Path(folder) / "data"))
        patch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
        for name, value in world.environment.items():
            patch.setenv(name, value)
        yield world


if __name__ == "__main__":
    os.environ.pop("LOG_LEVEL", None)
    given = [float(each) for each in sys.argv[1:]]
    main(*(given + [SECONDS, EVERY_S][len(given) :]))
