"""What is leaned on of python-socketio and Engine.IO, in one table.

`test_websocket.py` tries it.
"""

from __future__ import annotations

import pytest
from engineio.base_server import BaseServer
from socketio import AsyncNamespace, AsyncServer
from socketio.base_manager import BaseManager

from integrations_app.integrations_app import app
from tests.reflex_adapter.leaning import Leaning

WEBSOCKET = "reflex_adapter/websocket.py"


def of_socketio(of: object, name: str, *parameters: str) -> Leaning:
    return Leaning(
        library="python-socketio", of=of, name=name, seen_in=WEBSOCKET, parameters=parameters
    )


TABLE = [
    of_socketio(AsyncNamespace, "trigger_event", "event"),
    of_socketio(AsyncServer, "get_environ", "sid", "namespace"),
    of_socketio(BaseManager, "is_connected", "sid", "namespace"),
]


@pytest.mark.parametrize("leaning", TABLE, ids=str)
def test_socketio_still_has(leaning: Leaning) -> None:
    leaning.check()


def test_engineio_still_knows_only_these_transports() -> None:
    assert set(BaseServer.valid_transports) == {"polling", "websocket"}, (
        "Engine.IO has another transport: see integrations_app/http/long_polling.py"
    )


def test_engineio_itself_polls_for_nobody() -> None:
    assert app.sio is not None
    assert app.sio.eio.transports == ["websocket"], (
        "Engine.IO answers long polling by itself now: see integrations_app/http/long_polling.py"
    )
    assert app.sio.eio.allow_upgrades is False


def test_reflex_handles_the_messages_of_one_page_in_their_order() -> None:
    assert app.sio is not None
    assert app.sio.async_handlers is False
