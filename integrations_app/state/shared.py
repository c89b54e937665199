"""Reflex's state where several workers share it: in Redis, sealed.

Reflex pickles the states of all tabs, with the cookies of their browsers in them, and what one
worker has to tell a tab of another. So nobody who reads Redis is to understand a pickle, and
nobody who writes there may have one unpickled, which would run what they like: every pickle is
sealed on its way out, and only what was sealed comes in.
"""

import contextlib
import logging
from functools import partial
from typing import Any

import reflex as rx
from redis._parsers import Encoder, _AsyncRESP2Parser
from redis.asyncio import Redis
from redis.exceptions import RedisError
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.utils.token_manager import RedisTokenManager

from integrations_app import settings
from integrations_app.reflex_adapter import websocket
from integrations_app.reflex_adapter.tab_states import SharedTabs
from integrations_app.security import vault
from integrations_app.security.process_keys import opening_ring
from integrations_app.security.vault import CannotOpen, KeyRing
from integrations_app.state import session
from integrations_app.state.memory import OpenTabs
from integrations_app.state.strangers import IS_STRANGERS

logger = logging.getLogger(__name__)

_PICKLED = b"\x80"
"""What every pickle begins with, and no text."""

_PLACE = b"redis"


class App(rx.App):
    """An app whose states are sealed wherever they leave the process, and else end with the tab."""

    def _setup_state(self) -> None:
        super()._setup_state()
        namespace = self._event_namespace
        if namespace:
            names = websocket.SENT_BY_PAGES
            websocket.guard(namespace, names=names, on_close=self._forget_stranger)
        if namespace and isinstance(self._state_manager, StateManagerMemory):
            sockets = namespace._token_manager.token_to_socket
            self._state_manager = OpenTabs(
                is_open=sockets.__contains__, is_strangers=session.is_strangers
            )
        url = settings.load().redis_url
        if url is None:
            return
        # Neither has connected yet; both make a client of their own.
        if isinstance(self._state_manager, StateManagerRedis):
            self._state_manager = SharedTabs(redis=_client(url), is_strangers=session.is_strangers)
        if namespace and isinstance(namespace._token_manager, RedisTokenManager):
            namespace._token_manager.redis = _client(url)

    async def _forget_stranger(self, token: str, scope: dict[str, Any]) -> None:
        """Keep nothing of a tab that has closed without a session."""
        if scope.get(IS_STRANGERS) and isinstance(self._state_manager, (OpenTabs, SharedTabs)):
            with contextlib.suppress(RedisError):  # which forgets it by itself
                await self._state_manager.forget(token)


class SealingEncoder(Encoder):
    """Seals pickles among what is sent, and opens them among what is received.

    Args:
        ring: Its newest key seals, any of them opens.
    """

    __slots__ = ("_ring",)

    def __init__(self, ring: KeyRing, *options: Any, **more: Any) -> None:
        super().__init__(*options, **more)
        self._ring = ring

    def encode(self, value: Any) -> bytes | memoryview:
        """Return what goes to Redis."""
        if isinstance(value, bytes) and value.startswith(_PICKLED):
            return self._ring.seal_bytes(value, place=_PLACE)
        return super().encode(value)

    def decode(self, value: Any, force: bool = False) -> Any:  # noqa: FBT001, FBT002 - as inherited
        """Return what came from Redis; a pickle that is not ours is as good as nothing."""
        if not isinstance(value, bytes) or not value.startswith((_PICKLED, vault.FORMAT)):
            return super().decode(value, force)
        try:
            return self._ring.open_bytes(value, place=_PLACE)
        except CannotOpen:
            logger.warning("Something in Redis was not sealed with a key at hand, and is ignored.")
            return None


def _client(url: str) -> Redis:
    return Redis.from_url(
        url,
        encoder_class=partial(SealingEncoder, opening_ring()),
        parser_class=_AsyncRESP2Parser,  # hiredis, where it is installed, would decode by itself
        protocol=2,
        retry_on_error=[RedisError],  # as Reflex's own clients do
    )
