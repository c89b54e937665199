"""States of tabs in Redis, for a minute where nobody is signed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import BaseState, State

STRANGERS_FORGOTTEN_AFTER_S = 60
"""In Redis and in memory alike: how long the state of a tab without a session is kept."""


@dataclass
class SharedTabs(StateManagerRedis):
    """Keeps the states of tabs as Reflex does, but those of strangers for a minute only.

    Attributes:
        is_strangers: Whether a state belongs to a tab at which nobody is signed in.
    """

    is_strangers: Callable[[BaseState], bool] = field(kw_only=True)

    async def set_state(self, token: Any, state: Any, **context: Any) -> None:
        """Write the states of a tab that have changed."""
        await super().set_state(token, state, **context)
        token = self._coerce_token(token)
        if not isinstance(token, BaseStateToken) or not self.is_strangers(state):
            return
        pipeline = self.redis.pipeline(transaction=False)
        for key in _keys(token):
            pipeline.expire(key, STRANGERS_FORGOTTEN_AFTER_S)
        await pipeline.execute()

    async def forget(self, token: str) -> None:
        """Forget all states of a tab."""
        await self.redis.delete(*_keys(BaseStateToken(ident=token, cls=State)))


def _keys(token: BaseStateToken) -> Iterator[str]:
    waiting: list[type[BaseState]] = [State]
    while waiting:
        state = waiting.pop()
        yield token._state_key(state)
        waiting.extend(state.get_substates())
