"""Clients of Redis that seal what they send, and one that notices the moment it goes."""

import logging
from functools import partial
from typing import Any

from redis._parsers import Encoder, _AsyncRESP2Parser
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError
from reflex.istate.manager.redis import enable_keyspace_notifications

from integrations_app.security import vault
from integrations_app.security.vault import CannotOpen, KeyRing

logger = logging.getLogger(__name__)

PICKLED = b"\x80"
"""What every pickle begins with, and no text."""

_PLACE = b"redis"
_ANSWERS_WITHIN_S = 5.0


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
        """Return a value as it goes to Redis."""
        if isinstance(value, bytes) and value.startswith(PICKLED):
            return self._ring.seal_bytes(value, place=_PLACE)
        return super().encode(value)

    def decode(self, value: Any, force: bool = False) -> Any:  # noqa: FBT001, FBT002 - as inherited
        """Return a value that came from Redis; a pickle that is not ours is as good as nothing."""
        if not isinstance(value, bytes) or not value.startswith((PICKLED, vault.FORMAT)):
            return super().decode(value, force)
        try:
            return self._ring.open_bytes(value, place=_PLACE)
        except CannotOpen:
            logger.warning("Something in Redis was not sealed with a key at hand, and is ignored.")
            return None


def sealing(url: str, ring: KeyRing) -> Redis:
    """Return a client that seals with this ring."""
    return Redis.from_url(
        url,
        encoder_class=partial(SealingEncoder, ring),
        parser_class=_AsyncRESP2Parser,  # hiredis, where it is installed, would decode by itself
        protocol=2,
        retry_on_error=[RedisError],  # as Reflex's own clients do
    )


class Probe:
    """Asks a Redis over one connection of its own, which ends with the Redis that it leads to.

    Args:
        url: Where it is.
    """

    def __init__(self, url: str) -> None:
        self._pool = ConnectionPool.from_url(
            url, socket_timeout=_ANSWERS_WITHIN_S, socket_connect_timeout=_ANSWERS_WITHIN_S
        )
        self._connection: AbstractConnection = self._pool.make_connection()

    async def ask(self) -> None:
        """Return once it has answered.

        Raises:
            RedisError, OSError, TimeoutError: It has not; the next call begins anew.
        """
        try:
            await self._connection.send_command("PING", check_health=False)
            await self._connection.read_response()
        except (RedisError, OSError, TimeoutError):
            await self._connection.disconnect(nowait=True)
            raise

    async def have_changes_told(self) -> None:
        """Have it tell of changed keys, as Reflex asks a Redis when it starts.

        Raises:
            RedisError, OSError, TimeoutError: It cannot be told; ask anew first.
        """
        try:
            await enable_keyspace_notifications(Redis(connection_pool=self._pool))
        except (RedisError, OSError, TimeoutError):
            await self._connection.disconnect(nowait=True)
            raise

    async def close(self) -> None:
        """End the connections."""
        await self._connection.disconnect(nowait=True)
        await self._pool.disconnect()
