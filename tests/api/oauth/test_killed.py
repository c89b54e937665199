"""A program that is killed between the provider's answer and the commit harms nobody (O-5)."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg

from integrations_app import integrations
from tests import processes
from tests.api.oauth.accounts import Connected
from tests.api.oauth.conftest import Connect
from tests.world import TokenBehaviour, Trouble, World

PATIENCE_S = 20.0
SOON_S = 5.0
WAITING = (
    "SELECT FROM pg_stat_activity"
    " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
)


@contextlib.contextmanager
def killed_while_storing(account: Connected, *, waiting: int = 0) -> Iterator[None]:
    """A program that has got new tokens and is about to store them is killed after the block.

    The row is locked until then, so that nothing of it can be stored.

    Args:
        account: The connection whose token it asks for.
        waiting: How many others wait for the tokens when it is killed; the block starts them.
    """
    with psycopg.connect(account.db.url) as keeper:
        locking = "SELECT FROM integration_connections WHERE uuid = %s FOR UPDATE"
        keeper.execute(locking, [account.uuid])
        program = asking(account)
        wait_until_waiting(account, count=1)
        yield
        wait_until_waiting(account, count=1 + waiting)
        kill(program)
    assert len(account.refreshes) >= 1


def die_while_storing(account: Connected) -> None:
    """Let a program be killed that has got new tokens and is about to store them."""
    with killed_while_storing(account):
        pass


def asking(account: Connected) -> subprocess.Popen[str]:
    """A program that asks for the credentials."""
    asks = f"integrations.get_credentials({str(account.uuid)!r})"
    return processes.start(f"from integrations_app import integrations; {asks}")


def kill(program: subprocess.Popen[str]) -> None:
    program.kill()
    program.communicate(timeout=PATIENCE_S)
    assert program.returncode == -signal.SIGKILL


def wait_until_waiting(account: Connected, *, count: int) -> None:
    """Wait until so many are stopped by somebody's lock."""
    give_up_at = time.monotonic() + PATIENCE_S
    while len(account.db.rows(WAITING)) < count:
        assert time.monotonic() < give_up_at, "nobody waits"


def test_a_reusable_refresh_token_gives_a_token_at_once(connect: Connect) -> None:
    account = connect()
    old = account.token
    account.expire()
    die_while_storing(account)
    started = time.monotonic()

    new = account.token

    assert new != old
    assert time.monotonic() - started < SOON_S
    assert integrations.validate_connection(account.uuid).ok
    assert account.status == ("connected", None)
    assert len(account.refreshes) == 2


def test_a_refresh_token_that_was_used_up_needs_reconnecting(
    connect: Connect, outside: World
) -> None:
    account = connect(TokenBehaviour.ROTATING)
    account.expire()
    die_while_storing(account)

    assert not integrations.is_connected(account.uuid)

    assert account.status == ("error", "needs_reconnect")
    assert outside.oauth.reused(account.client.id)


def test_a_used_up_refresh_token_is_found_out_while_the_token_is_still_good(
    connect: Connect,
) -> None:
    account = connect(TokenBehaviour.ROTATING)
    old = account.token
    account.become_due()
    die_while_storing(account)

    assert account.token == old

    assert account.status == ("error", "needs_reconnect")


def test_connecting_again_mends_a_used_up_refresh_token(connect: Connect) -> None:
    account = connect(TokenBehaviour.ROTATING)
    account.expire()
    die_while_storing(account)
    assert not integrations.is_connected(account.uuid)

    account.exchange(account.code())

    assert account.status == ("connected", None)
    account.expire()
    assert account.token
    assert integrations.validate_connection(account.uuid).ok


def test_whoever_waits_for_the_killed_one_goes_on(connect: Connect) -> None:
    account = connect()
    account.expire()

    with ThreadPoolExecutor(3) as threads:
        with killed_while_storing(account, waiting=1):  # of our threads one waits for all
            waiting = [threads.submit(lambda: account.token) for _ in range(3)]
        tokens = {each.result() for each in waiting}

    assert tokens == {account.token}
    assert len(account.refreshes) == 2


def test_one_that_is_killed_while_the_provider_hangs_holds_up_nobody(
    connect: Connect, outside: World
) -> None:
    account = connect()
    account.expire()
    outside.oauth.refreshes(account.client.id, Trouble.HANGING)
    program = asking(account)
    outside.recorder.wait_for(lambda: account.refreshes, timeout_s=PATIENCE_S)

    kill(program)
    outside.oauth.recover(account.client.id)
    started = time.monotonic()

    assert account.token
    assert time.monotonic() - started < SOON_S
    assert account.status == ("connected", None)
