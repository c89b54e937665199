"""A program that calls with one connection's credential in four ways at the same time.

It imports little, since several of it are started.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from uuid import UUID

import anyio.from_thread
import httpx2

from integrations_app import integrations
from integrations_app.errors import IntegrationError

WAYS = ("client", "async_client", "auth", "authenticated_request")
URL = "https://www.googleapis.com/drive/v3/files"

Call = Callable[[], int]


def work() -> None:
    """Read for which connection, and how often each way is to call; print how the calls ended."""
    with contextlib.ExitStack() as open_clients, ThreadPoolExecutor(len(WAYS)) as threads:
        calls: dict[tuple[str, str], Call] = {}
        for line in iter(sys.stdin.readline, ""):
            uuid, times = line.split()
            for way in WAYS:
                if (uuid, way) not in calls:
                    calls[uuid, way] = open_clients.enter_context(_caller(way, UUID(uuid)))
            ended = threads.map(_ends, WAYS, [calls[uuid, way] for way in WAYS], repeat(int(times)))
            print(json.dumps([end for ends in ended for end in ends]), flush=True)


def _ends(way: str, call: Call, times: int) -> list[str]:
    """How so many calls ended: "200" where all is well."""
    return [_end(way, call) for _ in range(times)]


def _end(way: str, call: Call) -> str:
    try:
        return str(call())
    except (IntegrationError, httpx2.HTTPError) as error:
        return f"{way}: {error!r}"


@contextlib.contextmanager
def _caller(way: str, uuid: UUID) -> Iterator[Call]:
    with contextlib.ExitStack() as opened:
        match way:
            case "client":
                client = opened.enter_context(integrations.client(uuid))
                yield lambda: client.get(URL).status_code
            case "auth":
                client = opened.enter_context(httpx2.Client(auth=integrations.auth(uuid)))
                yield lambda: client.get(URL).status_code
            case "async_client":
                portal = opened.enter_context(anyio.from_thread.start_blocking_portal())
                made = integrations.async_client(uuid)
                client = opened.enter_context(portal.wrap_async_context_manager(made))
                yield lambda: portal.call(client.get, URL).status_code
            case _:
                yield lambda: integrations.authenticated_request(uuid, "GET", URL).status_code
