"""Any number of threads and processes that need a token cause one request for it (O-5)."""

from __future__ import annotations

from contextlib import AbstractContextManager

from integrations_app import integrations
from tests.api.oauth import gate
from tests.api.oauth.accounts import Connected
from tests.api.oauth.conftest import Connect
from tests.simultaneity import at_once
from tests.world import TokenBehaviour, Trouble, World

PROCESSES = 4
THREADS = 25
ALL = PROCESSES * THREADS


def everywhere(account: Connected, *, rounds: int) -> AbstractContextManager[gate.Programs]:
    """Programs whose threads all ask for the token at the same moment."""
    asking = f"integrations.get_credentials({str(account.uuid)!r})['access_token']"
    work = f"at_once(*[lambda: {asking}] * {THREADS})"
    return gate.programs(account.db, work, count=PROCESSES, rounds=rounds)


def test_a_hundred_threads_in_four_processes_cause_one_request(
    connect: Connect, outside: World
) -> None:
    account = connect()
    old = account.token

    with everywhere(account, rounds=2) as programs:
        account.expire()
        quickly = programs.go()
        first = account.token
        account.expire()
        outside.oauth.refreshes(account.client.id, Trouble.SLOW)
        slowly = programs.go()

    assert quickly == [first] * ALL
    assert slowly == [account.token] * ALL
    assert len({old, first, account.token}) == 3
    assert len(account.refreshes) == 2


def test_a_refresh_token_that_works_once_is_used_once_each_time(
    connect: Connect, outside: World
) -> None:
    account = connect(TokenBehaviour.ROTATING)

    with everywhere(account, rounds=2) as programs:
        account.expire()
        first = programs.go()
        account.expire()
        second = programs.go()

    assert len({*first}) == 1
    assert second == [account.token] * ALL
    assert first != second
    assert len(account.refreshes) == 2
    assert not outside.oauth.reused(account.client.id)
    assert integrations.validate_connection(account.uuid).ok


def test_fifty_threads_ask_a_failing_provider_once(connect: Connect, outside: World) -> None:
    account = connect()
    token = account.token
    account.become_due()
    outside.oauth.refreshes(account.client.id, Trouble.UNAVAILABLE)

    outcomes = at_once(*[lambda: account.token] * 50)

    assert outcomes == [token] * 50
    assert len(account.refreshes) == 1


def test_fifty_threads_without_a_token_ask_a_failing_provider_once(
    connect: Connect, outside: World
) -> None:
    account = connect()
    account.expire()
    outside.oauth.refreshes(account.client.id, Trouble.INVALID_GRANT)

    outcomes = at_once(*[lambda: account.token] * 50)

    assert outcomes == ["token_refresh_failed"] * 50
    assert len(account.refreshes) == 1


def test_all_who_ask_for_a_new_token_at_the_same_moment_share_it(connect: Connect) -> None:
    account = connect(TokenBehaviour.SLOW)

    outcomes = at_once(*[lambda: integrations.refresh_access_token(account.uuid)] * 20)

    assert outcomes == [account.token] * 20
    assert len(account.refreshes) == 1


def test_forty_connections_that_expire_at_once_are_all_renewed(
    connect: Connect,
) -> None:
    accounts = [connect(name=f"account-{number}") for number in range(40)]
    old = {account.token for account in accounts}
    for account in accounts:
        account.expire()

    outcomes = at_once(*[lambda account=account: account.token for account in accounts])

    assert outcomes == [account.token for account in accounts]
    assert len({*outcomes} - old) == 40
    assert [len(account.refreshes) for account in accounts] == [1] * 40


def test_a_provider_that_is_slow_with_one_does_not_hold_up_another(
    connect: Connect, outside: World
) -> None:
    slow, quick = connect(TokenBehaviour.SLOW, name="slow"), connect(name="quick")
    slow.expire()
    quick.expire()
    order: list[str] = []

    def ask(account: Connected, name: str) -> None:
        assert account.token
        order.append(name)

    at_once(lambda: ask(slow, "slow"), lambda: ask(quick, "quick"))

    assert order == ["quick", "slow"]
