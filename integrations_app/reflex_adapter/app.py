"""An app that says itself where the states of its tabs are kept."""

from collections.abc import Callable
from typing import Any

import reflex as rx
from redis.asyncio import Redis
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.utils.token_manager import RedisTokenManager

from integrations_app.reflex_adapter import websocket
from integrations_app.reflex_adapter.tab_states import OpenTabs, SharedTabs
from integrations_app.reflex_adapter.websocket import OnClose

IsStrangers = Callable[[Any], bool]
"""Whether a state belongs to a tab at which nobody is signed in."""


def has_middleware(app: rx.App, kind: type) -> bool:
    """Return whether an app has middleware of this kind already."""
    return any(isinstance(each, kind) for each in app._middlewares)


class App(rx.App):
    """Calls `set_up_tabs` once Reflex has made its own arrangements."""

    def set_up_tabs(self) -> None:
        """Keep the states of tabs otherwise than Reflex does."""

    def guard_websockets(self, on_close: OnClose) -> None:
        """Let websockets of pages say what pages say, and call back when one has closed."""
        if self._event_namespace:
            names = websocket.SENT_BY_PAGES
            websocket.guard(self._event_namespace, names=names, on_close=on_close)

    def keep_in_memory(self, is_strangers: IsStrangers) -> None:
        """Keep the states of tabs while they are open, where one process serves."""
        namespace = self._event_namespace
        if namespace and isinstance(self._state_manager, StateManagerMemory):
            sockets = namespace._token_manager.token_to_socket
            self._state_manager = OpenTabs(is_open=sockets.__contains__, is_strangers=is_strangers)

    def keep_in_redis(self, client: Callable[[], Redis], is_strangers: IsStrangers) -> None:
        """Keep them in Redis by clients of these, where several workers serve."""
        namespace = self._event_namespace
        # Neither has connected yet; both make a client of their own.
        if isinstance(self._state_manager, StateManagerRedis):
            self._state_manager = SharedTabs(redis=client(), is_strangers=is_strangers)
        if namespace and isinstance(namespace._token_manager, RedisTokenManager):
            namespace._token_manager.redis = client()

    async def forget_tab(self, token: str) -> None:
        """Forget the states of a tab."""
        if isinstance(self._state_manager, (OpenTabs, SharedTabs)):
            await self._state_manager.forget(token)

    def _setup_state(self) -> None:
        super()._setup_state()
        self.set_up_tabs()
