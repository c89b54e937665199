"""Without Redis there is no state, so a worker that has lost it behaves as if it were away.

Its websockets are closed and none are accepted. Pages say that the server cannot be reached, keep
what is being typed, and come back by themselves once Redis answers again – with its memory or
without.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from redis.exceptions import RedisError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations_app.http.reach import WEBSOCKETS_ARE_SHUT
from integrations_app.reflex_adapter.redis_client import Probe

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.25
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
        probe = Probe(redis_url)
        await self._look(probe)
        task = asyncio.create_task(self._follow(probe))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await probe.close()

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

    async def _follow(self, probe: Probe) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self._look(probe)

    async def _look(self, probe: Probe) -> None:
        try:
            await probe.ask()
            if not self._is_open:
                # A Redis that was started anew has forgotten what to tell of.
                await probe.have_changes_told()
        except (RedisError, OSError, TimeoutError) as error:
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
