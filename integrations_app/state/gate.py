"""Without Redis there is no state, so a worker that has lost it behaves as if it were away.

Its websockets are closed and none are accepted. Pages say that the server cannot be reached, keep
what is being typed, and come back by themselves once Redis answers again – with its memory or
without.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError
from reflex.istate.manager.redis import enable_keyspace_notifications
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations_app.http.reach import WEBSOCKETS_ARE_SHUT

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.25
_ANSWERS_WITHIN_S = 5.0
_TRY_AGAIN_LATER = 1013


class Gate:
    """Lets websockets through while Redis answers; open for good where there is none."""

    def __init__(self) -> None:
        self._is_open = True
        self._shutting: set[asyncio.Event] = set()

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Wrap the whole app."""

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "websocket":
                scope[WEBSOCKETS_ARE_SHUT] = not self._is_open
                await app(scope, receive, send)
            elif self._is_open:
                await self._let_through(app, scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER})

        return wrapped

    @contextlib.asynccontextmanager
    async def following(self, redis_url: str) -> AsyncIterator[None]:
        """Open and close with that Redis, for as long as the block lasts."""
        pool = ConnectionPool.from_url(
            redis_url, socket_timeout=_ANSWERS_WITHIN_S, socket_connect_timeout=_ANSWERS_WITHIN_S
        )
        await self._look(pool, line := pool.make_connection())
        task = asyncio.create_task(self._follow(pool, line))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await line.disconnect(nowait=True)
            await pool.disconnect()

    async def _let_through(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a websocket until either side leaves; the app takes our shutting for the former."""
        shut = asyncio.Event()

        async def receive_until_shut() -> Message:
            receiving = asyncio.ensure_future(receive())
            shutting = asyncio.ensure_future(shut.wait())
            both = {receiving, shutting}
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in both:
                    each.cancel()  # which leaves alone what is done
            if receiving.done():
                return receiving.result()
            return {"type": "websocket.disconnect", "code": _TRY_AGAIN_LATER}

        self._shutting.add(shut)
        try:
            await app(scope, receive_until_shut, send)
        finally:
            self._shutting.discard(shut)

    async def _follow(self, pool: ConnectionPool, line: AbstractConnection) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self._look(pool, line)

    async def _look(self, pool: ConnectionPool, line: AbstractConnection) -> None:
        """Ask over the one line, which ends with the Redis that it leads to."""
        try:
            await line.send_command("PING", check_health=False)
            await line.read_response()
            if not self._is_open:
                # A Redis that was started anew has forgotten what to tell of.
                await enable_keyspace_notifications(Redis(connection_pool=pool))
        except (RedisError, OSError, TimeoutError) as error:
            await line.disconnect(nowait=True)
            self._shut(error)
        else:
            self._open()

    def _open(self) -> None:
        if not self._is_open:
            logger.info("Redis answers again.")
        self._is_open = True

    def _shut(self, error: Exception) -> None:
        if self._is_open:
            logger.warning("Redis is away, and so are the pages: %s", error)
        self._is_open = False
        for shut in self._shutting:
            shut.set()
