"""Reflex's state where several workers share it: in Redis, sealed.

Reflex pickles the states of all tabs, with the cookies of their browsers in them, and what one
worker has to tell a tab of another. So nobody who reads Redis is to understand a pickle, and
nobody who writes there may have one unpickled, which would run what they like: every pickle is
sealed on its way out, and only what was sealed comes in.
"""

import contextlib
from functools import partial
from typing import Any

from redis.exceptions import RedisError

from integrations_app import settings
from integrations_app.reflex_adapter import app as adapted
from integrations_app.reflex_adapter import redis_client
from integrations_app.security.process_keys import opening_ring
from integrations_app.state import session
from integrations_app.state.strangers import IS_STRANGERS


class App(adapted.App):
    """An app whose states are sealed wherever they leave the process, and else end with the tab."""

    def set_up_tabs(self) -> None:
        """Keep the states of tabs in memory, or sealed in the Redis that the settings name."""
        self.guard_websockets(self._forget_stranger)
        self.keep_in_memory(session.is_strangers)
        url = settings.load().redis_url
        if url is not None:
            client = partial(redis_client.sealing, url, opening_ring())
            self.keep_in_redis(client, session.is_strangers)

    async def _forget_stranger(self, token: str, scope: dict[str, Any]) -> None:
        """Keep nothing of a tab that has closed without a session."""
        if scope.get(IS_STRANGERS):
            with contextlib.suppress(RedisError):  # which forgets it by itself
                await self.forget_tab(token)
