"""Where providers send browsers back to, over HTTP: who may come, and what is said where."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from integrations_app import integrations, routes
from integrations_app.domain.admin import Admin
from integrations_app.services import account_changes, authorizations, sessions
from tests.api.facts import audit, told
from tests.postgresql import DatabaseUnderTest
from tests.world import OAuthClient, TokenBehaviour, Trouble, World, oauth_client
from tests.world.oauth.clients import client_with_id

Browser = Callable[..., TestClient]
ADA, GRACE = "ada@example.com", "grace@example.com"
COOKIE = "integrations_session"
CALLBACK = "http://localhost:3000/api/integrations/oauth/callback"
_numbers = itertools.count()


@pytest.fixture
def token(ada: Admin) -> str:
    """The session of Ada's browser."""
    return sessions.open_for(ada)


@pytest.fixture
def hers(browser: Browser, token: str) -> TestClient:
    """Ada's browser; it follows no redirects."""
    opened = browser()
    opened.follow_redirects = False
    opened.cookies.set(COOKIE, token)
    return opened


def registered(
    name: str, behaviour: TokenBehaviour = TokenBehaviour.RIGHT
) -> tuple[OAuthClient, UUID]:
    client = oauth_client("google", behaviour, serial=f"callback {next(_numbers)}")
    values = {"client_id": client.id, "client_secret": client.secret}
    return client, integrations.add_connection("google", name, values=values).uuid


def back(world: World, url: str, *, account: str = ADA) -> str:
    """The path that the provider sends the browser to."""
    address = urlsplit(world.oauth.authorize(url, account=account))
    return f"{address.path}?{address.query}"


def test_a_granted_account_is_connected_and_its_page_is_next(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")

    answer = hers.get(back(outside, authorizations.begin(uuid, token)))

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{routes.edit(uuid)}?returned=connected"
    assert integrations.get_integration(uuid).account_name == ADA


def test_the_address_with_the_code_is_neither_kept_nor_passed_on(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")

    answer = hers.get(back(outside, authorizations.begin(uuid, token)))

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_nothing_is_exchanged(
    browser: Browser, token: str, outside: World
) -> None:
    client, uuid = registered("main")
    stranger = browser()
    stranger.follow_redirects = False

    answer = stranger.get(back(outside, authorizations.begin(uuid, token)))

    assert answer.headers["location"] == routes.sign_in_after_return()
    assert answer.headers["location"].startswith(f"{routes.LOGIN}?")
    assert outside.requests(path="/token", key=client.id) == []


def test_looking_without_asking_uses_nothing_up(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    path = back(outside, authorizations.begin(uuid, token))

    assert hers.head(path).status_code == 405

    assert hers.get(path).headers["location"].endswith("returned=connected")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [("access_denied", "cancelled"), ("invalid_scope", "refused"), ("<script>", "refused")],
)
def test_a_provider_that_says_no_is_understood(
    hers: TestClient, token: str, outside: World, error: str, outcome: str
) -> None:
    _, uuid = registered("main")
    state = parse_qs(urlsplit(authorizations.begin(uuid, token)).query)["state"][0]

    answer = hers.get(routes.OAUTH_CALLBACK, params={"error": error, "state": state})

    assert answer.headers["location"] == f"{routes.edit(uuid)}?returned={outcome}"


def test_a_refusal_without_the_state_is_believed_no_more_than_a_code(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    authorizations.begin(uuid, token)

    answer = hers.get(routes.OAUTH_CALLBACK, params={"error": "access_denied"})

    assert answer.headers["location"] == f"{routes.edit(uuid)}?returned=state_mismatch"


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (Trouble.INVALID_GRANT, "exchange_refused"),
        (Trouble.INVALID_CLIENT, "client_refused"),
        (Trouble.SERVER_ERROR, "unreachable"),
        (Trouble.GARBAGE, "unreachable"),
        (Trouble.CUT_BODY, "unreachable"),
        (Trouble.NO_ACCESS_TOKEN, "unreachable"),
        (Trouble.REDIRECT_ELSEWHERE, "unreachable"),
    ],
)
def test_an_exchange_that_fails_says_why_and_stores_nothing(
    hers: TestClient, token: str, outside: World, trouble: Trouble, outcome: str
) -> None:
    client, uuid = registered(trouble.name.lower())
    path = back(outside, authorizations.begin(uuid, token))
    outside.oauth.token_requests(client.id, trouble)

    answer = hers.get(path)

    assert answer.headers["location"] == f"{routes.edit(uuid)}?returned={outcome}"
    connection = integrations.get_integration(uuid)
    assert (connection.status, connection.saved_secrets) == ("disconnected", ("client_secret",))
    assert outside.requests(host="evil.example", key=client.secret) == []


def test_a_connection_that_was_removed_meanwhile_ends_on_the_list(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    path = back(outside, authorizations.begin(uuid, token))
    integrations.remove_connection(uuid)

    answer = hers.get(path)

    assert answer.headers["location"] == f"{routes.LISTING}?returned=state_mismatch"


def test_credentials_that_were_changed_meanwhile_are_not_connected_with_the_old_ones(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    path = back(outside, authorizations.begin(uuid, token))
    integrations.disconnect(uuid)
    integrations.save_setup(uuid, {"client_secret": "GOCSPX-another"})

    answer = hers.get(path)

    assert answer.headers["location"].endswith("returned=changed_meanwhile")
    assert integrations.get_integration(uuid).status == "disconnected"


def test_the_state_of_a_session_that_was_signed_out_is_worth_nothing(
    browser: Browser, ada: Admin, token: str, outside: World
) -> None:
    client, uuid = registered("main")
    path = back(outside, authorizations.begin(uuid, token))
    sessions.sign_out(token)
    again = browser()
    again.follow_redirects = False
    again.cookies.set(COOKIE, sessions.open_for(ada))

    answer = again.get(path)

    assert answer.headers["location"] == f"{routes.LISTING}?returned=state_mismatch"
    assert outside.requests(path="/token", key=client.id) == []


def test_beginning_leaves_no_trace_but_the_hash_of_the_state(
    db: DatabaseUnderTest, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    before = audit(db)

    with integrations.subscribe() as events:
        url = authorizations.begin(uuid, token)
        heard, after = told(events), audit(db)

    state = parse_qs(urlsplit(url).query)["state"][0]
    [row] = db.rows("SELECT * FROM integration_authorizations")
    assert (heard, after[:-1]) == ([], before), "the last entry is the end mark's own"
    assert state not in str(row)
    assert row["connection_uuid"] == uuid


def test_connecting_is_told_once_and_by_whom(
    db: DatabaseUnderTest, hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    path = back(outside, authorizations.begin(uuid, token))

    with integrations.subscribe() as events:
        hers.get(path)
        [heard] = told(events)

    assert (heard.kind, heard.status) == ("connected", "connected")
    [entry] = [each for each in audit(db) if each["action"] == "connected"]
    assert (entry["action"], entry["actor_label"], entry["origin"]) == ("connected", ADA, "web")


# Another account


def issued_last(world: World, account: str) -> str:
    """The newest access token to an account."""
    return world.oauth.access_tokens_of(account)[-1]


@pytest.fixture
def adas(hers: TestClient, token: str, outside: World) -> UUID:
    """A connection to Ada's account."""
    _, uuid = registered("adas")
    hers.get(back(outside, authorizations.begin(uuid, token)))
    return uuid


def test_another_account_waits_for_a_word(
    adas: UUID, hers: TestClient, token: str, outside: World
) -> None:
    before = integrations.get_credentials(adas)["access_token"]

    answer = hers.get(back(outside, authorizations.begin(adas, token), account=GRACE))

    assert answer.headers["location"].endswith("returned=other_account")
    change = account_changes.pending(adas, token)
    assert change is not None
    assert change.account == GRACE
    assert integrations.get_integration(adas).account_name == ADA
    assert integrations.get_credentials(adas)["access_token"] == before


def test_the_waiting_tokens_are_sealed_and_end_with_the_session(
    db: DatabaseUnderTest, adas: UUID, hers: TestClient, token: str, outside: World
) -> None:
    hers.get(back(outside, authorizations.begin(adas, token), account=GRACE))
    [row] = db.rows("SELECT sealed FROM integration_account_changes")

    sessions.sign_out(token)

    assert b"access_token" not in row["sealed"]
    assert db.rows("SELECT * FROM integration_account_changes") == []


def test_nobody_else_can_answer_for_the_browser_that_signed_in(
    adas: UUID, hers: TestClient, token: str, outside: World, ada: Admin
) -> None:
    hers.get(back(outside, authorizations.begin(adas, token), account=GRACE))
    elsewhere = sessions.open_for(ada)

    assert account_changes.pending(adas, elsewhere) is None
    account_changes.discard(adas, elsewhere)

    assert account_changes.pending(adas, token) is not None


def test_a_question_that_was_not_answered_in_time_is_gone(
    db: DatabaseUnderTest, adas: UUID, hers: TestClient, token: str, outside: World
) -> None:
    hers.get(back(outside, authorizations.begin(adas, token), account=GRACE))

    db.execute("UPDATE integration_account_changes SET expires_at = now()")

    assert account_changes.pending(adas, token) is None


@pytest.fixture
def grace_came_back(adas: UUID, hers: TestClient, token: str, outside: World) -> str:
    """The access token of another account that waits for a word."""
    hers.get(back(outside, authorizations.begin(adas, token), account=GRACE))
    return issued_last(outside, GRACE)


def test_the_access_to_an_account_that_is_not_taken_ends(
    adas: UUID, token: str, outside: World, grace_came_back: str
) -> None:
    present = integrations.get_credentials(adas)["access_token"]

    choice = account_changes.discard(adas, token)

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
        hers.get(back(outside, authorizations.begin(uuid, token), account=account))
    change = account_changes.pending(uuid, token)
    assert change is not None

    if answer == "keep":
        choice = account_changes.discard(uuid, token)
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
    hers.get(back(outside, authorizations.begin(graces, token), account=GRACE))

    choice = account_changes.discard(adas, token)

    assert choice.revoked is None
    assert not outside.oauth.revoked(integrations.get_credentials(graces)["access_token"])


def test_a_third_account_ends_the_access_to_the_second(
    adas: UUID, hers: TestClient, token: str, outside: World, grace_came_back: str
) -> None:
    hers.get(back(outside, authorizations.begin(adas, token), account="third@example.com"))

    assert outside.oauth.revoked(grace_came_back)


def test_a_program_that_connects_another_account_ends_the_access_to_the_first(
    adas: UUID, token: str, outside: World
) -> None:
    before = integrations.get_credentials(adas)["access_token"]
    url = integrations.authorization_url(adas, CALLBACK, state="s", code_verifier="v" * 50)
    code = parse_qs(urlsplit(outside.oauth.authorize(url, account=GRACE)).query)["code"][0]

    integrations.exchange_code(adas, code, CALLBACK, code_verifier="v" * 50)

    assert outside.oauth.revoked(before)
    assert not outside.oauth.revoked(integrations.get_credentials(adas)["access_token"])


def test_connecting_the_same_account_again_ends_nothing(
    adas: UUID, hers: TestClient, token: str, outside: World
) -> None:
    hers.get(back(outside, authorizations.begin(adas, token)))

    assert not outside.oauth.revoked(integrations.get_credentials(adas)["access_token"])
