"""What happens when the provider answers 401."""

from __future__ import annotations

import itertools
from uuid import UUID

import anyio
import pytest

from integrations_app import errors, integrations
from integrations_app.domain.connection import Status
from tests import processes
from tests.api.requests.callers import EVERY, OURS, Send
from tests.api.requests.site import FILES, URL, Echo, redirect
from tests.simultaneity import at_once
from tests.world import OAuthClient, Trouble, World

Google = tuple[UUID, OAuthClient]

DRIVE = "https://www.googleapis.com/drive/v3/files"
ONE_OF_EACH = ["client", "auth in httpx"]
"""Ours and the caller's own clients send requests in different ways."""
ACCOUNT = "https://www.googleapis.com/oauth2/v2/userinfo"


def test_a_refused_token_is_renewed_and_the_request_sent_again(
    send_anyhow: Send, outside: World, google: Google
) -> None:
    uuid, client = google
    outside.oauth.expire_access_tokens(client.id)

    response = send_anyhow(uuid, "POST", DRIVE, json={"name": "Plan"})

    assert response.json()["name"] == "Plan"
    assert len(outside.oauth.refresh_requests(client.id)) == 1


def test_requests_at_the_same_moment_share_one_renewal(outside: World, google: Google) -> None:
    uuid, client = google
    outside.oauth.expire_access_tokens(client.id)

    statuses = at_once(*[lambda: send_status(uuid) for _ in range(16)])

    assert statuses == [200] * 16
    assert len(outside.oauth.refresh_requests(client.id)) == 1


def send_status(uuid: UUID) -> int:
    return integrations.authenticated_request(uuid, "GET", DRIVE).status_code


@pytest.mark.parametrize("kind", ["async_client", "auth"])
def test_tasks_at_the_same_moment_share_one_renewal(
    outside: World, google: Google, kind: str
) -> None:
    uuid, client = google
    outside.oauth.expire_access_tokens(client.id)
    statuses: list[int] = []

    async def send_all() -> None:
        import httpx2

        made = {
            "async_client": lambda: integrations.async_client(uuid),
            "auth": lambda: httpx2.AsyncClient(auth=integrations.auth(uuid)),
        }[kind]()
        async with made as http, anyio.create_task_group() as tasks:

            async def send_one() -> None:
                statuses.append((await http.get(DRIVE)).status_code)

            for _ in range(16):
                tasks.start_soon(send_one)

    anyio.run(send_all)

    assert statuses == [200] * 16
    assert len(outside.oauth.refresh_requests(client.id)) == 1


def test_a_token_that_stays_refused_is_unauthorized(
    send_anyhow: Send, outside: World, google: Google
) -> None:
    uuid, client = google
    outside.oauth.api_trouble(client.id, status=401, times=9)

    with pytest.raises(errors.Unauthorized) as caught:
        send_anyhow(uuid, "GET", DRIVE)

    assert caught.value.uuid == uuid
    assert len(outside.oauth.refresh_requests(client.id)) == 1


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_renewal_that_was_in_vain_is_not_repeated(
    outside: World, google: Google, name: str
) -> None:
    uuid, client = google
    outside.oauth.api_trouble(client.id, status=401, times=9)

    for _ in range(2):
        with pytest.raises(errors.Unauthorized):
            EVERY[name](uuid, "GET", DRIVE)

    assert len(outside.oauth.refresh_requests(client.id)) == 1


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_renewal_is_in_vain_until_the_first_success(
    outside: World, google: Google, name: str
) -> None:
    uuid, client = google
    outside.oauth.api_trouble(client.id, status=401, times=2)
    with pytest.raises(errors.Unauthorized):
        EVERY[name](uuid, "GET", DRIVE)

    EVERY[name](uuid, "GET", ACCOUNT)
    outside.oauth.expire_access_tokens(client.id)
    response = EVERY[name](uuid, "GET", DRIVE)

    assert response.status_code == 200
    assert len(outside.oauth.refresh_requests(client.id)) == 2


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_an_address_that_refuses_every_token_does_not_cause_a_renewal_each_time(
    outside: World, google: Google, name: str
) -> None:
    uuid, client = google

    for _ in range(5):
        outside.oauth.api_trouble(client.id, status=401, times=9)
        with pytest.raises(errors.Unauthorized):
            EVERY[name](uuid, "GET", DRIVE)
        outside.oauth.recover(client.id)
        EVERY[name](uuid, "GET", ACCOUNT)

    assert len(outside.oauth.refresh_requests(client.id)) == 2


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_token_that_another_process_renewed_and_that_ended_since_is_renewed(
    outside: World, google: Google, name: str
) -> None:
    uuid, client = google
    other = processes.start(
        "from integrations_app import integrations\n"
        "import sys; print('here', flush=True); sys.stdin.read()\n"
        f"integrations.refresh_access_token({str(uuid)!r})"
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "here\n"
    EVERY[name](uuid, "GET", DRIVE)
    processes.finished(other)
    outside.oauth.expire_access_tokens(client.id)

    response = EVERY[name](uuid, "GET", DRIVE)

    assert response.status_code == 200
    assert len(outside.oauth.refresh_requests(client.id)) == 2


def test_a_token_that_cannot_be_renewed_says_why(
    send_anyhow: Send, outside: World, google: Google
) -> None:
    uuid, client = google
    outside.oauth.expire_access_tokens(client.id)
    outside.oauth.refreshes(client.id, Trouble.SERVER_ERROR)

    with pytest.raises(errors.TokenRefreshFailed):
        send_anyhow(uuid, "GET", DRIVE)

    assert integrations.get_integration_by_uuid(uuid).status is Status.ERROR


def test_a_key_that_is_refused_is_unauthorized_after_one_request(
    send_anyhow: Send, echo: Echo, uuid: UUID
) -> None:
    with pytest.raises(errors.Unauthorized) as caught:
        send_anyhow(uuid, "GET", f"{URL}/gate")

    assert (caught.value.code, caught.value.uuid) == ("unauthorized", uuid)
    assert len(echo.seen) == 1


@pytest.mark.parametrize("name", EVERY)
def test_a_key_that_another_process_replaced_is_taken_up(echo: Echo, uuid: UUID, name: str) -> None:
    EVERY[name](uuid, "GET", f"{URL}/things")
    echo.accepted.add("newer-key")
    processes.run(
        "from integrations_app import integrations\n"
        "from tests.api.providers import Contributing, declared\n"
        "from integrations_app.modules import registry\n"
        "registry.register(Contributing(declared('echo', check=None)))\n"
        f"integrations.save_setup('{uuid}', {{'api_key': 'newer-key'}})"
    )

    response = EVERY[name](uuid, "GET", f"{URL}/gate")

    assert response.status_code == 200
    assert [request.carries("newer-key") for request in echo.at("/gate")][-1:] == [True]


def test_a_key_that_changes_with_every_refusal_is_tried_twice(
    send_anyhow: Send, echo: Echo, uuid: UUID
) -> None:
    keys = itertools.count()
    echo.on_refusal = lambda: integrations.save_setup(uuid, {"api_key": f"key-{next(keys)}"})

    with pytest.raises(errors.Unauthorized):
        send_anyhow(uuid, "GET", f"{URL}/gate")

    assert len(echo.seen) == 2


def test_a_host_that_did_not_get_the_credential_cannot_cause_a_renewal(
    send_by_auth: Send, echo: Echo, uuid: UUID
) -> None:
    response = send_by_auth(
        uuid, "GET", redirect(f"https://{FILES}/gate", status=307), follow_redirects=True
    )

    assert response.status_code == 401
    assert len(echo.seen) == 2


def test_a_refusal_behind_a_redirect_is_handled_the_same(
    send_anyhow: Send, echo: Echo, uuid: UUID
) -> None:
    with pytest.raises(errors.Unauthorized):
        send_anyhow(uuid, "GET", redirect("/gate"), follow_redirects=True)


@pytest.mark.parametrize("name", OURS)
def test_other_errors_are_the_callers_to_read(outside: World, google: Google, name: str) -> None:
    uuid, client = google
    outside.oauth.api_trouble(client.id, status=403, times=1)

    response = OURS[name](uuid, "GET", DRIVE)

    assert (response.status_code, response.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
