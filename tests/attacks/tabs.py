"""What an attacker does at a websocket: forged notices of the transport, and what they are for."""

from __future__ import annotations

from uuid import uuid4

from tests.e2e import stranger
from tests.e2e.stranger import Call, Message

HYDRATE = Call(handler="reflex___state____state.hydrate_and_load")


def forged_connect(*, cookie: str = "", token: str = "") -> Message:
    """A message that looks like the transport's notice of a websocket with these headers."""
    scope = {"headers": [[b"cookie", cookie.encode()]], "client": ["127.0.0.1", 1]}
    return Message(
        name="connect", data=({"asgi.scope": scope, "QUERY_STRING": f"token={token}"}, None)
    )


def is_free(origin: str, token: str) -> bool:
    """Whether a tab of this token may be opened, because none is open."""
    return "new_token" not in stranger.call(origin, [HYDRATE], token=token).names


def take_for_ever(origin: str, *, tokens: int) -> str:
    """Open one tab after another over a single websocket; gives the token of the first."""
    first = str(uuid4())
    forged = [forged_connect(token=str(uuid4())) for _ in range(tokens)]
    stranger.call(origin, [HYDRATE, *forged], token=first)
    return first
