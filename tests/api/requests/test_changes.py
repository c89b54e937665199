"""What a change of the connection means for the clients that use it."""

from __future__ import annotations

from uuid import UUID

import pytest

from integrations_app import errors, integrations
from tests.api.requests.callers import EVERY, Send
from tests.api.requests.site import URL, Echo
from tests.postgresql import DatabaseUnderTest


def test_a_new_key_is_used_by_the_next_request(send_anyhow: Send, echo: Echo, uuid: UUID) -> None:
    send_anyhow(uuid, "GET", f"{URL}/things")

    integrations.save_setup(uuid, {"api_key": "newer-key"})
    send_anyhow(uuid, "GET", f"{URL}/things")

    assert [request.carries("newer-key") for request in echo.seen] == [False, True]


def test_a_client_that_is_open_takes_up_a_new_key(echo: Echo, uuid: UUID) -> None:
    with integrations.client(uuid) as client:
        client.get(f"{URL}/things")
        integrations.save_setup(uuid, {"api_key": "newer-key"})
        client.get(f"{URL}/things")

    assert [request.carries("newer-key") for request in echo.seen] == [False, True]


def test_a_rename_changes_nothing(echo: Echo, uuid: UUID) -> None:
    with integrations.client(uuid) as client:
        integrations.rename_connection(uuid, "other")

        assert client.get(f"{URL}/things").status_code == 200


def test_after_a_disconnect_nothing_is_sent(send_anyhow: Send, echo: Echo, uuid: UUID) -> None:
    send_anyhow(uuid, "GET", f"{URL}/things")
    integrations.disconnect(uuid)

    with pytest.raises(errors.NotConfigured):
        send_anyhow(uuid, "GET", f"{URL}/things")

    assert len(echo.seen) == 1


def test_after_the_removal_nothing_is_sent(send_anyhow: Send, echo: Echo, uuid: UUID) -> None:
    send_anyhow(uuid, "GET", f"{URL}/things")
    integrations.remove_connection(uuid)

    with pytest.raises(errors.Deleted):
        send_anyhow(uuid, "GET", f"{URL}/things")

    assert len(echo.seen) == 1


def test_a_uuid_that_never_was_is_deleted(send_anyhow: Send, db: DatabaseUnderTest) -> None:
    with pytest.raises(errors.Deleted):
        send_anyhow("0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa", "GET", f"{URL}/things")


@pytest.mark.parametrize("name", EVERY)
def test_a_lost_database_is_told_to_who_has_nothing_in_memory(
    db: DatabaseUnderTest, echo: Echo, uuid: UUID, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")

    with pytest.raises(errors.DatabaseUnavailable):
        EVERY[name](uuid, "GET", f"{URL}/things")
