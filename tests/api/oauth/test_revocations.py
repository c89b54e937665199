"""What a refusal taught one program, every program knows (O-5)."""

from __future__ import annotations

import pytest

from tests.api.oauth import revocations
from tests.api.oauth.conftest import Connect
from tests.world import TokenBehaviour, World

TIMES = 20
TWICE = 2
"""The first call meets the ended token, the second what the first has left in memory."""


@pytest.mark.timeout(300)
def test_no_call_fails_however_often_the_provider_ends_the_token(
    connect: Connect, outside: World
) -> None:
    with revocations.running() as programs:
        for behaviour in (TokenBehaviour.RIGHT, TokenBehaviour.ROTATING):
            account = connect(behaviour, name=behaviour.name)
            ends = programs.call(account.uuid, TWICE)
            for _ in range(TIMES):
                outside.oauth.expire_access_tokens(account.client.id)
                ends += programs.call(account.uuid, TWICE)

            assert ends == ["200"] * revocations.CALLERS * TWICE * (TIMES + 1)
            assert len(account.refreshes) == TIMES
            assert not outside.oauth.reused(account.client.id)
