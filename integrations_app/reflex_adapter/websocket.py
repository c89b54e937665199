"""The guard of Reflex's event namespace, which also knows the events that came that way.

python-socketio hands a client's *message* named `connect` or `disconnect` to the same method as the
transport's own notice of it. A stranger would so supply the headers of a browser that is signed in,
or open tabs that nobody ever closes.
"""

from collections.abc import Awaitable, Callable, Container
from typing import Any
from uuid import uuid4

from reflex.app import EventNamespace
from reflex_base.event.context import EventContext

SENT_BY_PAGES = frozenset({"event", "client_error"})
"""Names of all messages that Reflex's own pages send."""

_CONNECT, _DISCONNECT = "connect", "disconnect"

_MARK = "integrations_websocket"
_OURS = uuid4().hex
"""Put among what Reflex notes of a websocket, which overrides whatever a client sends."""


OnClose = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Called with the token of a tab and the ASGI scope of its websocket."""


def guard(
    namespace: EventNamespace,
    *,
    names: Container[str] | None = None,
    on_close: OnClose | None = None,
) -> None:
    """Let only the transport connect and disconnect tabs, and mark the events of websockets.

    Args:
        namespace: The namespace of a Reflex app that does not serve yet.
        names: Names of the messages that clients may send; None for whatever it handles.
        on_close: Called when a tab's websocket has closed, while its token cannot be taken yet by
            the page that comes next.
    """
    dispatch = namespace.trigger_event
    describe = namespace._build_static_router_data

    async def dispatch_genuine(event: str, *arguments: Any) -> Any:
        if event == _CONNECT:
            is_genuine = _is_connecting(namespace, *arguments)
        elif event == _DISCONNECT:
            is_genuine = _is_disconnecting(namespace, *arguments)
            if is_genuine and on_close:
                return await _disconnect(namespace, dispatch, on_close, *arguments)
        else:
            is_genuine = isinstance(event, str) and (names is None or event in names)
        return await dispatch(event, *arguments) if is_genuine else None

    def describe_and_mark(sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        return {**describe(sid, environ), _MARK: _OURS}

    namespace.trigger_event = dispatch_genuine
    namespace._build_static_router_data = describe_and_mark


def carries_current_event() -> bool:
    """Return whether the event that is handled now began at a websocket of its tab."""
    return EventContext.get().router_data.get(_MARK) == _OURS


def _is_connecting(namespace: EventNamespace, sid: str, *arguments: Any) -> bool:
    # A client's message is parsed anew, so it never holds the very object that the server does.
    server: Any = namespace.server
    environ = server.get_environ(sid, namespace.namespace)
    return environ is not None and bool(arguments) and arguments[0] is environ


def _is_disconnecting(namespace: EventNamespace, sid: str, *_arguments: Any) -> bool:
    # The server takes a client off its list before it says so, and dispatches no message after it.
    server: Any = namespace.server
    return not server.manager.is_connected(sid, namespace.namespace)


async def _disconnect(
    namespace: EventNamespace, dispatch: Any, on_close: OnClose, sid: str, *arguments: Any
) -> None:
    server: Any = namespace.server
    environ = server.get_environ(sid, namespace.namespace) or {}
    token = namespace.sid_to_token.get(sid)
    try:
        if token is not None:
            await on_close(token, environ.get("asgi.scope", {}))
    finally:
        await dispatch(_DISCONNECT, sid, *arguments)
