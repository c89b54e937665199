"""What is leaned on of Granian, in one table; `test_server_limits.py` tries it."""

from __future__ import annotations

import pytest
from granian import Granian, constants
from granian.http import HTTP1Settings
from granian.server.embed import Server

from integrations_app.reflex_adapter import server_limits
from tests.reflex_adapter.leaning import Leaning

LIMITS = tuple(server_limits.limits())
SERVER = "server.py"


def of_granian(
    of: object, name: str, seen_in: str = SERVER, parameters: tuple[str, ...] | None = None
) -> Leaning:
    return Leaning(library="Granian", of=of, name=name, seen_in=seen_in, parameters=parameters)


TABLE = [
    of_granian(
        Server,
        "__init__",
        parameters=("target", "address", "port", "interface", "log_level", "log_dictconfig"),
    ),
    of_granian(Server, "__init__", "reflex_adapter/server_limits.py", LIMITS),
    of_granian(Server, "serve", parameters=("self",)),
    of_granian(Server, "stop", parameters=("self",)),
    of_granian(
        Granian,
        "__init__",
        parameters=(
            "target",
            "factory",
            "address",
            "port",
            "interface",
            "workers",
            "workers_kill_timeout",
            "respawn_failed_workers",
            "log_level",
            "log_dictconfig",
        ),
    ),
    of_granian(Granian, "__init__", "reflex_adapter/server_limits.py", LIMITS),
    of_granian(Granian, "on_startup", parameters=("hook",)),
    of_granian(constants.Interfaces, "ASGI"),
    of_granian(constants.Interfaces, "ASGINL"),
    of_granian(constants.HTTPModes, "http1", "reflex_adapter/server_limits.py"),
    of_granian(HTTP1Settings, "header_read_timeout", "reflex_adapter/server_limits.py"),
    of_granian(HTTP1Settings, "max_buffer_size", "reflex_adapter/server_limits.py"),
]


@pytest.mark.parametrize("leaning", TABLE, ids=str)
def test_granian_still_has(leaning: Leaning) -> None:
    leaning.check()
