"""States of tabs: in Redis where several workers serve, else in memory while they are open."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import BaseState, State

STRANGERS_FORGOTTEN_AFTER_S = 60
"""In Redis and in memory alike: how long the state of a tab without a session is kept."""

FORGOTTEN_AFTER_S = 15
CLOSED_TABS = 50
"""So many may come back to what they knew; memory that is once taken is rarely given back."""


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


@dataclass
class OpenTabs(StateManagerMemory):
    """Forgets a tab a quarter to half a minute after it was closed, and an open one never.

    Of those that were closed the first go sooner if there are many. A stranger's is forgotten at
    most a minute after its last event, although it is open.

    Reflex by itself counts from a tab's last event: it would keep closed tabs for hours, so that a
    stranger could fill the memory, or forget open ones that rest.

    Attributes:
        is_open: Whether a tab of this token has a websocket.
        is_strangers: Whether a state belongs to a tab at which nobody is signed in.
    """

    is_open: Callable[[str], bool] = field(kw_only=True)
    is_strangers: Callable[[Any], bool] = field(kw_only=True)
    token_expiration: int = FORGOTTEN_AFTER_S
    _seen_closed: set[str] = field(default_factory=set, init=False)
    _seen_at_rest: dict[str, int] = field(default_factory=dict, init=False)

    async def forget(self, token: str) -> None:
        """Forget a tab, unless it is still at work."""
        for _, tracked in list(self._token_expires_at.values()):
            if tracked.ident == token and not self._is_at_work(tracked):
                self._purge_token(tracked)

    def _get_or_create_state(self, token: Any) -> Any:
        if token.cache_key not in self.states:
            self._forget_the_first_closed()
        return super()._get_or_create_state(token)

    def _forget_the_first_closed(self) -> None:
        known = sorted(self._token_expires_at.values(), key=lambda each: each[0])
        closed = [token for _, token in known if not self.is_open(token.ident)]
        for token in closed[: max(len(closed) - CLOSED_TABS, 0)]:
            if not self._is_at_work(token):
                self._purge_token(token)

    def _is_at_work(self, token: Any) -> bool:
        lock = self._states_locks.get(token.lock_key)
        return lock is not None and lock.locked()

    def _purge_expired_tokens(self) -> float | None:
        now = time.time()
        for key, (expires_at, token) in list(self._token_expires_at.items()):
            if expires_at > now:
                continue
            if self.is_open(token.ident):
                self._seen_closed.discard(key)
                if self._rests_for_long(key):
                    continue
            elif key in self._seen_closed:
                continue
            else:  # perhaps since a moment ago only, and about to come back
                self._seen_closed.add(key)
            super()._track_token(token)
        return super()._purge_expired_tokens()

    def _rests_for_long(self, key: str) -> bool:
        """Return whether an open tab is a stranger's, and nothing has happened there for long."""
        if key not in self.states or not self.is_strangers(self.states[key]):
            return False
        self._seen_at_rest[key] = self._seen_at_rest.get(key, 0) + 1
        return self._seen_at_rest[key] * FORGOTTEN_AFTER_S >= STRANGERS_FORGOTTEN_AFTER_S

    def _track_token(self, token: Any) -> None:
        self._seen_at_rest.pop(token.cache_key, None)
        super()._track_token(token)

    def _purge_token(self, token: Any) -> None:
        self._seen_closed.discard(token.cache_key)
        self._seen_at_rest.pop(token.cache_key, None)
        super()._purge_token(token)
