"""Another account than the connection's: what is asked, and whose access ends, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from integrations_app import errors, integrations
from integrations_app.domain.admin import Admin
from integrations_app.services.connections import replacement
from integrations_app.services.identity import admins, sessions
from integrations_app.services.oauth import account_changes, exchange, web_flow
from integrations_app.services.scheduling.scheduler import Sweeping
from tests.http.conftest import OPERATOR
from tests.http.returning import ADA, GRACE, back, registered
from tests.postgresql import DatabaseUnderTest
from tests.world import TokenBehaviour, World
from tests.world.oauth.clients import client_with_id

PATIENCE_S = 20.0
THIRD = "third@example.com"
CALLBACK = "http://localhost:3000/api/integrations/oauth/callback"


def issued_last(world: World, account: str) -> str:
    """The newest access token to an account."""
    return world.oauth.access_tokens_of(account)[-1]


def id_of(uuid: UUID, token: str) -> str:
    """The account that the question of this browser is about."""
    change = account_changes.pending(uuid, token)
    assert change is not None
    return change.account_id


@pytest.fixture
def adas(hers: TestClient, token: str, outside: World) -> UUID:
    """A connection to Ada's account."""
    _, uuid = registered("adas")
    hers.get(back(outside, web_flow.begin(uuid, token)))
    return uuid


def test_another_account_waits_for_a_word(
    adas: UUID, hers: TestClient, token: str, outside: World
) -> None:
    before = integrations.get_credentials(adas)["access_token"]

    answer = hers.get(back(outside, web_flow.begin(adas, token), account=GRACE))

    assert answer.headers["location"].endswith("returned=other_account")
    change = account_changes.pending(adas, token)
    assert change is not None
    assert change.account == GRACE
    assert integrations.get_integration(adas).account_name == ADA
    assert integrations.get_credentials(adas)["access_token"] == before


def test_the_waiting_tokens_are_sealed(
    db: DatabaseUnderTest, adas: UUID, hers: TestClient, token: str, outside: World
) -> None:
    hers.get(back(outside, web_flow.begin(adas, token), account=GRACE))

    [row] = db.rows("SELECT sealed FROM integration_account_changes")

    assert b"access_token" not in row["sealed"]


def test_nobody_else_can_answer_for_the_browser_that_signed_in(
    adas: UUID, hers: TestClient, token: str, outside: World, ada: Admin
) -> None:
    hers.get(back(outside, web_flow.begin(adas, token), account=GRACE))
    elsewhere = sessions.open_for(ada)

    assert account_changes.pending(adas, elsewhere) is None
    account_changes.discard(adas, elsewhere, account_id=id_of(adas, token))

    assert account_changes.pending(adas, token) is not None


def test_a_question_that_was_not_answered_in_time_is_gone(
    db: DatabaseUnderTest, adas: UUID, hers: TestClient, token: str, outside: World
) -> None:
    hers.get(back(outside, web_flow.begin(adas, token), account=GRACE))

    db.execute("UPDATE integration_account_changes SET expires_at = now()")

    assert account_changes.pending(adas, token) is None


@pytest.fixture
def grace_came_back(adas: UUID, hers: TestClient, token: str, outside: World) -> str:
    """The access token of another account that waits for a word."""
    hers.get(back(outside, web_flow.begin(adas, token), account=GRACE))
    return issued_last(outside, GRACE)


def test_the_access_to_an_account_that_is_not_taken_ends(
    adas: UUID, token: str, outside: World, grace_came_back: str
) -> None:
    present = integrations.get_credentials(adas)["access_token"]

    choice = account_changes.discard(adas, token, account_id=id_of(adas, token))

    assert choice.revoked is True
    assert outside.oauth.revoked(grace_came_back)
    assert not outside.oauth.revoked(present)


def test_the_access_to_an_account_that_is_replaced_ends(
    adas: UUID, token: str, outside: World, ada: Admin, grace_came_back: str
) -> None:
    before = integrations.get_credentials(adas)["access_token"]
    change = account_changes.pending(adas, token)
    assert change is not None

    choice = account_changes.accept(
        adas, token, account_id=change.account_id, actor=ada.acting(request_id=None)
    )

    assert choice.revoked is True
    assert outside.oauth.revoked(before)
    assert integrations.get_credentials(adas)["access_token"] == grace_came_back
    assert not outside.oauth.revoked(grace_came_back)


@pytest.mark.parametrize("answer", ["keep", "use"])
def test_a_provider_that_does_not_confirm_is_told_of(
    hers: TestClient, token: str, outside: World, ada: Admin, answer: str
) -> None:
    _, uuid = registered("main", TokenBehaviour.REVOKE_FAILS)
    for account in (ADA, GRACE):
        hers.get(back(outside, web_flow.begin(uuid, token), account=account))
    change = account_changes.pending(uuid, token)
    assert change is not None

    if answer == "keep":
        choice = account_changes.discard(uuid, token, account_id=change.account_id)
    else:
        choice = account_changes.accept(
            uuid, token, account_id=change.account_id, actor=ada.acting(request_id=None)
        )

    assert choice.revoked is False


def test_the_access_by_which_another_connection_lives_does_not_end(
    adas: UUID, hers: TestClient, token: str, outside: World, grace_came_back: str
) -> None:
    client = client_with_id(integrations.get_integration(adas).setup_values["client_id"])
    assert client is not None
    values = {"client_id": client.id, "client_secret": client.secret}
    graces = integrations.add_connection("google", "graces", values=values).uuid
    hers.get(back(outside, web_flow.begin(graces, token), account=GRACE))

    choice = account_changes.discard(adas, token, account_id=id_of(adas, token))

    assert choice.revoked is None
    assert not outside.oauth.revoked(integrations.get_credentials(graces)["access_token"])


def test_a_third_account_ends_the_access_to_the_second(
    adas: UUID, hers: TestClient, token: str, outside: World, grace_came_back: str
) -> None:
    hers.get(back(outside, web_flow.begin(adas, token), account=THIRD))

    assert outside.oauth.revoked(grace_came_back)


def test_a_program_that_connects_another_account_ends_the_access_to_the_first(
    adas: UUID, token: str, outside: World
) -> None:
    before = integrations.get_credentials(adas)["access_token"]

    connect(outside, adas, account=GRACE)

    assert outside.oauth.revoked(before)
    assert not outside.oauth.revoked(integrations.get_credentials(adas)["access_token"])


def test_connecting_the_same_account_again_ends_nothing(
    adas: UUID, hers: TestClient, token: str, outside: World
) -> None:
    hers.get(back(outside, web_flow.begin(adas, token)))

    assert not outside.oauth.revoked(integrations.get_credentials(adas)["access_token"])


# The answer to a question that does not stand any more


def test_keeping_is_an_answer_about_one_account(
    adas: UUID, hers: TestClient, token: str, outside: World, grace_came_back: str
) -> None:
    asked_about = id_of(adas, token)
    hers.get(back(outside, web_flow.begin(adas, token), account=THIRD))  # in another tab

    with pytest.raises(errors.NotFound):
        account_changes.discard(adas, token, account_id=asked_about)

    assert account_changes.pending(adas, token) is not None
    assert not outside.oauth.revoked(issued_last(outside, THIRD))


def test_keeping_where_no_question_stands_is_quiet(
    adas: UUID, token: str, outside: World, grace_came_back: str
) -> None:
    asked_about = id_of(adas, token)
    account_changes.discard(adas, token, account_id=asked_about)

    choice = account_changes.discard(adas, token, account_id=asked_about)

    assert choice.revoked is None


# Access that nobody said a word about


def expire(db: DatabaseUnderTest) -> None:
    db.execute("UPDATE integration_account_changes SET expires_at = now()")


def test_a_question_that_was_not_answered_in_time_ends_the_access(
    db: DatabaseUnderTest, adas: UUID, outside: World, grace_came_back: str
) -> None:
    present = integrations.get_credentials(adas)["access_token"]
    expire(db)

    account_changes.sweep()

    assert outside.oauth.revoked(grace_came_back)
    assert not outside.oauth.revoked(present)
    assert db.rows("SELECT * FROM integration_account_changes") == []


def test_a_question_whose_asker_signed_out_ends_the_access(
    db: DatabaseUnderTest, adas: UUID, token: str, outside: World, grace_came_back: str
) -> None:
    present = integrations.get_credentials(adas)["access_token"]
    sessions.sign_out(token)

    assert account_changes.pending(adas, token) is None
    account_changes.sweep()

    assert outside.oauth.revoked(grace_came_back)
    assert not outside.oauth.revoked(present)
    assert db.rows("SELECT * FROM integration_account_changes") == []


def test_a_question_whose_asker_was_removed_ends_the_access(
    ada: Admin, adas: UUID, outside: World, grace_came_back: str
) -> None:
    admins.remove(ada.uuid, OPERATOR)

    account_changes.sweep()

    assert outside.oauth.revoked(grace_came_back)


def test_sweeping_is_done_by_itself(
    db: DatabaseUnderTest, adas: UUID, outside: World, grace_came_back: str
) -> None:
    expire(db)
    give_up_at = time.monotonic() + PATIENCE_S
    sweeping = Sweeping(every_s=0.05)
    sweeping.start()

    while not outside.oauth.revoked(grace_came_back) and time.monotonic() < give_up_at:
        time.sleep(0.05)

    sweeping.stop()
    assert sweeping.wait(timeout_s=PATIENCE_S)
    assert outside.oauth.revoked(grace_came_back)


def test_a_question_that_still_stands_is_not_swept(
    adas: UUID, token: str, outside: World, grace_came_back: str
) -> None:
    account_changes.sweep()

    assert account_changes.pending(adas, token) is not None
    assert not outside.oauth.revoked(grace_came_back)


def test_a_third_account_ends_the_access_of_a_question_that_ran_out(
    db: DatabaseUnderTest,
    adas: UUID,
    hers: TestClient,
    token: str,
    outside: World,
    grace_came_back: str,
) -> None:
    expire(db)

    hers.get(back(outside, web_flow.begin(adas, token), account=THIRD))

    assert outside.oauth.revoked(grace_came_back)


def remove(uuid: UUID) -> None:
    integrations.remove_connection(uuid)


def disconnect(uuid: UUID) -> None:
    integrations.disconnect(uuid)


def save_another_secret(uuid: UUID) -> None:
    integrations.save_setup(uuid, {"client_secret": "GOCSPX-another"})


def connect(world: World, uuid: UUID, *, account: str) -> None:
    """As a program does."""
    url = integrations.authorization_url(uuid, CALLBACK, state="s", code_verifier="v" * 50)
    code = parse_qs(urlsplit(world.oauth.authorize(url, account=account)).query)["code"][0]
    integrations.exchange_code(uuid, code, CALLBACK, code_verifier="v" * 50)


def save_after_the_question_was_taken(monkeypatch: pytest.MonkeyPatch, uuid: UUID) -> None:
    proper = exchange.store_grant

    def keep(*args: Any, **parts: Any) -> Any:
        save_another_secret(uuid)
        return proper(*args, **parts)

    monkeypatch.setattr(exchange, "store_grant", keep)


def replace(uuid: UUID) -> None:
    _, other = registered("other")
    replacement.replace(uuid, other, actor=OPERATOR)


@pytest.mark.parametrize("change", [remove, replace, disconnect, save_another_secret])
def test_a_change_to_the_connection_takes_its_question_along(
    db: DatabaseUnderTest,
    adas: UUID,
    outside: World,
    grace_came_back: str,
    change: Callable[[UUID], object],
) -> None:
    change(adas)

    assert db.rows("SELECT * FROM integration_account_changes") == []
    assert outside.oauth.revoked(grace_came_back)


def test_connecting_by_a_program_takes_the_question_along(
    db: DatabaseUnderTest, adas: UUID, outside: World, grace_came_back: str
) -> None:
    connect(outside, adas, account=ADA)

    assert db.rows("SELECT * FROM integration_account_changes") == []
    assert outside.oauth.revoked(grace_came_back)
    assert not outside.oauth.revoked(integrations.get_credentials(adas)["access_token"])


def test_connecting_the_account_in_question_by_a_program_does_not_end_its_access(
    db: DatabaseUnderTest, adas: UUID, outside: World, grace_came_back: str
) -> None:
    connect(outside, adas, account=GRACE)

    assert db.rows("SELECT * FROM integration_account_changes") == []
    assert not outside.oauth.revoked(integrations.get_credentials(adas)["access_token"])


def test_a_new_name_leaves_the_question_standing(
    adas: UUID, token: str, outside: World, grace_came_back: str
) -> None:
    integrations.rename_connection(adas, "another")

    assert account_changes.pending(adas, token) is not None
    assert not outside.oauth.revoked(grace_came_back)


def test_a_yes_that_comes_too_late_ends_the_access(
    adas: UUID,
    token: str,
    outside: World,
    ada: Admin,
    grace_came_back: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_about = id_of(adas, token)
    save_after_the_question_was_taken(monkeypatch, adas)

    with pytest.raises(errors.TokenExchangeFailed):
        account_changes.accept(
            adas, token, account_id=asked_about, actor=ada.acting(request_id=None)
        )

    assert outside.oauth.revoked(grace_came_back)


def test_a_provider_that_does_not_confirm_does_not_keep_the_connection(
    db: DatabaseUnderTest, hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main", TokenBehaviour.REVOKE_FAILS)
    for account in (ADA, GRACE):
        hers.get(back(outside, web_flow.begin(uuid, token), account=account))

    assert integrations.remove_connection(uuid)

    assert db.rows("SELECT * FROM integration_account_changes") == []
