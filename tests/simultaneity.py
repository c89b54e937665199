"""Several calls at the same moment, as several people and programs make them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from integrations_app import errors


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What the calls give or raise when they are made at the same moment."""
    start = Barrier(len(calls))

    def made(call: Callable[[], object]) -> object:
        start.wait(10)
        try:
            return call()
        except errors.IntegrationError as error:
            return error.code

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(made, calls))
