"""Token endpoints that answer with harm in mind, and tokens that outstay their welcome."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any
from uuid import UUID, uuid4

import anyio
import httpx2
import pytest
from anyio import to_thread

from integrations_app import errors, integrations
from integrations_app.services.credentials import refresh_lock
from integrations_app.services.requests import credential_cache
from integrations_app.services.scheduling import due_work
from tests.api.conftest import Register
from tests.api.oauth.accounts import CALLBACK, Connected
from tests.api.oauth.conftest import CLIENT, Connect
from tests.api.providers import Contributing, declared
from tests.postgresql import DatabaseUnderTest
from tests.world import Request, World
from tests.world.messages import Reply, Site

HOST = "sso.hostile.example"
ACCOUNT = "https://www.googleapis.com/oauth2/v2/userinfo"
VALUES = {"client_id": "c", "client_secret": "a-client-secret"}


class Hostile:
    """Answers token requests as told."""

    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.answers: dict[str, Any] = {}
        self.status = 200

    def answer(self, request: Request) -> Reply:
        self.seen.append(request)
        token = {"access_token": f"t-{len(self.seen)}-{uuid4().hex}", "token_type": "Bearer"}
        return Reply.of_json(token | self.answers, status=self.status)


@pytest.fixture
def hostile(db: DatabaseUnderTest, outside: World, register: Register) -> Any:
    service = Hostile()
    for auth_type, key in (("client_credentials", "hostile"), ("oauth2", "hostile2")):
        authorize = {"authorize_url": f"https://{HOST}/a"} if auth_type == "oauth2" else {}
        provider = declared(
            key,
            auth_type=auth_type,
            fields=CLIENT,
            placement={"headers": {"Authorization": "Bearer {access_token}"}},
            allowed_hosts=[HOST],
            check=None,
            oauth={"token_url": f"https://{HOST}/token", **authorize},
        )
        register(Contributing(provider, key=key))
    with outside.hosting(Site(hosts=(HOST,), answer=service.answer)):
        yield service


def minted() -> UUID:
    uuid = integrations.add_connection("hostile", "main", values=VALUES).uuid
    integrations.get_credentials(uuid)
    return uuid


def test_a_token_without_a_life_worth_the_name_is_not_renewed_for_ever(hostile: Hostile) -> None:
    hostile.answers = {"expires_in": 0.001}
    minted()

    for _ in range(10):
        claimed = due_work.claim(due_work.RENEWALS)
        if claimed is None:
            break
        due_work.perform(due_work.RENEWALS, claimed)

    assert len(hostile.seen) <= 3


def test_a_scope_of_a_megabyte_is_not_stored(hostile: Hostile, db: DatabaseUnderTest) -> None:
    hostile.answers = {"scope": "s" * 1_000_000}
    uuid = minted()

    assert len(str(integrations.get_integration(uuid).scopes)) < 10_000


def test_an_error_that_repeats_the_code_is_not_told(hostile: Hostile) -> None:
    hostile.answers, hostile.status = {"error": "the-code-that-came-back"}, 400
    uuid = integrations.add_connection("hostile2", "main", values=VALUES).uuid

    with pytest.raises(errors.TokenExchangeFailed) as caught:
        integrations.exchange_code(uuid, "the-code-that-came-back", CALLBACK)

    assert "the-code" not in f"{caught.value} {vars(caught.value)}"


def test_an_address_in_another_script_fails_in_our_own_words(
    db: DatabaseUnderTest, outside: World, register: Register
) -> None:
    base = {"key": "base_url", "label": "Address", "kind": "url", "required": True}
    provider = declared(
        "forge",
        auth_type="client_credentials",
        fields=[base | {"destination": True}, *CLIENT],
        placement={"headers": {"Authorization": "Bearer {access_token}"}},
        allowed_hosts=["{base_url}"],
        check=None,
        oauth={"token_url": "{base_url}/token"},
    )
    register(Contributing(provider, key="forge"))
    values = VALUES | {"base_url": "https://bücher.example"}
    uuid = integrations.add_connection("forge", "main", values=values).uuid

    with pytest.raises(errors.IntegrationError):
        integrations.get_credentials(uuid)


def test_a_renewal_after_a_refusal_leaves_nothing_in_memory(connect: Connect) -> None:
    connected = connect()
    refused = credential_cache.load(connected.uuid)

    assert credential_cache.after_refusal(refused, httpx2.URL(ACCOUNT)) is not None

    assert credential_cache.kept(connected.uuid) is None, "it may be disconnected since"


def test_a_fork_while_a_thread_changes_the_memory_does_not_stop_the_child() -> None:
    with credential_cache._changing:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(3)
            credential_cache.forget(uuid4())
            os._exit(0)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0


def test_hanging_renewals_of_one_provider_hold_up_no_other(db: DatabaseUnderTest) -> None:
    go_on = threading.Event()
    began = threading.Semaphore(0)

    def hang() -> None:
        with refresh_lock.hold(uuid4(), provider="hanging"):
            began.release()
            go_on.wait(20)

    threads = [threading.Thread(target=hang) for _ in range(8)]
    for each in threads:
        each.start()
    assert began.acquire(timeout=10)
    done = threading.Event()

    def healthy() -> None:
        with refresh_lock.hold(uuid4(), provider="healthy"):
            done.set()

    last = threading.Thread(target=healthy)
    last.start()
    try:
        assert done.wait(3)
    finally:
        go_on.set()
        for each in [*threads, last]:
            each.join()


def test_async_requests_that_wait_for_a_token_hold_up_no_other_work(connect: Connect) -> None:
    connected: Connected = connect()
    connected.expire()
    credential_cache.forget(connected.uuid)

    async def ask() -> None:
        async with integrations.async_client(connected.uuid) as client:
            await client.get("https://www.googleapis.com/oauth2/v3/userinfo")

    async def crowd() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(45):
                tasks.start_soon(ask)
            await anyio.sleep(0.5)
            with anyio.move_on_after(2) as scope:
                await to_thread.run_sync(lambda: None)
            tasks.cancel_scope.cancel()
        assert not scope.cancelled_caught

    release = threading.Event()
    held = threading.Event()

    def hold() -> None:
        with refresh_lock.hold(connected.uuid, provider="google"):
            held.set()
            release.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(5)
    try:
        anyio.run(crowd)
    finally:
        release.set()
        holder.join()
