"""What `client`, `async_client` and `auth` cost beyond the client that they are or sit in.

`python -m tests.benchmarks.requests [SECONDS]` alternates, in one process and one run, between
GETs to a local server over TLS by a bare client and by ours, one at a time and 16 at once. Only
ratios count: each is to be at most 1.1 times the time of the bare client in the same row.
Authlib's own client, which refreshes tokens, too, stands beside them for comparison.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import httpx2
import pytest
import trustme

from integrations_app import integrations
from integrations_app.modules import registry
from tests import postgresql
from tests.api.providers import Contributing, declared
from tests.conftest import ENCRYPTION_KEY, PROXY_SETTINGS

LIMIT = 1.1
ROUND = 24
TASKS = 16
EACH = 6
"""Requests of each task in a round; of httpx, 16 tasks are now fast, now slow."""
SECRET = "sk-or-v1-" + 64 * "5"

Get = Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Ways to do the same, the bare one first.

    Attributes:
        name: What they do.
        ways: Name to a GET, awaitable in async rows.
        tasks: How many at once; 0 for sync clients.
        limited: The ways that are to stay within the limit.
    """

    name: str
    ways: dict[str, Get]
    tasks: int
    limited: tuple[str, ...]
    seconds: dict[str, list[float]] = field(default_factory=dict)


async def main(seconds: float) -> None:
    """Measure each row for its share of so many seconds and print how they compare."""
    with _local_server() as (url, tls), _connection() as uuid:
        rows = _rows(url, tls, uuid)
        for row in rows:
            await _measure(row, seconds / len(rows))
            _show(row)
    ours = [_ratio(row, name) for row in rows for name in row.limited]
    print(f"at most {LIMIT:g}; the most of ours is {max(ours):.3f}")
    sys.exit(0 if max(ours) <= LIMIT else 1)


def _rows(url: str, tls: ssl.SSLContext, uuid: UUID) -> list[Row]:
    rows = [
        _row("httpx2 sync", 0, url, httpx2.Client, tls, uuid, integrations.client),
        _row("httpx sync", 0, url, httpx.Client, tls, uuid),
    ]
    for tasks in (1, TASKS):
        at_once = f"async, {tasks} at once"
        with_authlib = {"authlib": _authlib(tls)}
        rows += [
            _row(
                f"httpx2 {at_once}",
                tasks,
                url,
                httpx2.AsyncClient,
                tls,
                uuid,
                integrations.async_client,
                **with_authlib,
            ),
            _row(f"httpx {at_once}", tasks, url, httpx.AsyncClient, tls, uuid),
        ]
    return rows


def _row(
    name: str,
    tasks: int,
    url: str,
    make: Any,
    tls: ssl.SSLContext,
    uuid: UUID,
    ours: Any = None,
    **others: Any,
) -> Row:
    bare = make(verify=tls, headers={"Authorization": f"Bearer {SECRET}"})
    clients = {"bare": bare, "auth": make(verify=tls, auth=integrations.auth(uuid))}
    if ours is not None:
        clients[ours.__name__] = ours(uuid)
    limited = tuple(name for name in clients if name != "bare")
    ways = {name: _get(client, url) for name, client in (clients | others).items()}
    return Row(name=name, ways=ways, tasks=tasks, limited=limited)


def _get(client: Any, url: str) -> Get:
    return lambda: client.get(url)


def _authlib(tls: ssl.SSLContext) -> Any:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    token = {"access_token": SECRET, "token_type": "Bearer", "expires_at": time.time() + 3600}
    return AsyncOAuth2Client(token=token, verify=tls)


async def _measure(row: Row, seconds: float) -> None:
    """Alternate between the ways, each beginning as often as the others."""
    until = time.perf_counter() + seconds
    names = list(row.ways)
    for name in names:
        await _round(row, name)
        row.seconds[name] = []
    while time.perf_counter() < until:
        for name in names:
            row.seconds[name].append(await _round(row, name))
        names = names[1:] + names[:1]


async def _round(row: Row, name: str) -> float:
    get = row.ways[name]
    began = time.perf_counter()
    if row.tasks:
        each = max(ROUND // row.tasks, EACH)
        await asyncio.gather(*[_repeat(get, each) for _ in range(row.tasks)])
        return (time.perf_counter() - began) / (each * row.tasks)
    for _ in range(ROUND):
        assert get().status_code == 200
    return (time.perf_counter() - began) / ROUND


async def _repeat(get: Callable[[], Awaitable[Any]], count: int) -> None:
    for _ in range(count):
        assert (await get()).status_code == 200


def _show(row: Row) -> None:
    for name, found in row.seconds.items():
        rate = 1 / statistics.median(found)
        told = "" if name == "bare" else f"{_ratio(row, name):6.3f}"
        print(f"{row.name:26} {name:14} {rate:8,.0f} requests/s {told}", flush=True)


def _ratio(row: Row, name: str) -> float:
    """One way's time over the bare one's, round by round, so that noise strikes both."""
    pairs = zip(row.seconds[name], row.seconds["bare"], strict=True)
    return statistics.median(ours / bare for ours, bare in pairs)


@contextlib.contextmanager
def _local_server() -> Iterator[tuple[str, ssl.SSLContext]]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        authority, certificate = trustme.CA(), Path(folder) / "server.pem"
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
            str(certificate)
        )
        authority.cert_pem.write_to_path(str(Path(folder) / "ca.pem"))
        patch.setenv("SSL_CERT_FILE", str(Path(folder) / "ca.pem"))
        patch.setenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", "localhost")
        for name in PROXY_SETTINGS:
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        command = [sys.executable, "-m", "tests.benchmarks.echo_server", str(certificate)]
        server = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with server:
            port = server.stdout.readline().strip() if server.stdout else ""
            try:
                yield f"https://localhost:{port}/things", ssl.create_default_context()
            finally:
                server.terminate()


@contextlib.contextmanager
def _connection() -> Iterator[UUID]:
    with (
        postgresql.server() as server,
        server.migrated() as template,
        server.database(template=template) as db,
        tempfile.TemporaryDirectory() as data_dir,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DATABASE_URL", db.url)
        patch.setenv("INTEGRATIONS_DATA_DIR", data_dir)
        patch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
        provider = declared("local", allowed_hosts=["localhost"], check=None)
        registry.register(Contributing(provider, key="local"))
        yield integrations.add_connection("local", "bench", values={"api_key": SECRET}).uuid


if __name__ == "__main__":
    os.environ.pop("LOG_LEVEL", None)
    logging.disable(logging.INFO)
    warnings.simplefilter("ignore")  # Authlib's about httpx
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0))
