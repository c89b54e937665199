"""Where providers send browsers back to, over HTTP: who may come, and what is said where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme
from starlette.testclient import TestClient

from integrations_app import integrations, routes
from integrations_app.domain.admin import Admin
from integrations_app.services.identity import sessions
from integrations_app.services.oauth import web_flow
from tests.api.facts import audit, told
from tests.http.conftest import COOKIE
from tests.http.returning import ADA, back, registered
from tests.postgresql import DatabaseUnderTest
from tests.world import Trouble, World

Browser = Callable[..., TestClient]


def test_a_granted_account_is_connected_and_its_page_is_next(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")

    answer = hers.get(back(outside, web_flow.begin(uuid, token)))

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{routes.edit(uuid)}?returned=connected"
    assert integrations.get_integration(uuid).account_name == ADA


def test_the_address_with_the_code_is_neither_kept_nor_passed_on(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")

    answer = hers.get(back(outside, web_flow.begin(uuid, token)))

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_nothing_is_exchanged(
    browser: Browser, token: str, outside: World
) -> None:
    client, uuid = registered("main")
    stranger = browser()
    stranger.follow_redirects = False

    answer = stranger.get(back(outside, web_flow.begin(uuid, token)))

    assert answer.headers["location"] == routes.sign_in_after_return()
    assert answer.headers["location"].startswith(f"{routes.LOGIN}?")
    assert outside.requests(path="/token", key=client.id) == []


def test_looking_without_asking_uses_nothing_up(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    path = back(outside, web_flow.begin(uuid, token))

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
    state = parse_qs(urlsplit(web_flow.begin(uuid, token)).query)["state"][0]

    answer = hers.get(routes.OAUTH_CALLBACK, params={"error": error, "state": state})

    assert answer.headers["location"] == f"{routes.edit(uuid)}?returned={outcome}"


def test_a_refusal_without_the_state_is_believed_no_more_than_a_code(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    web_flow.begin(uuid, token)

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
    path = back(outside, web_flow.begin(uuid, token))
    outside.oauth.token_requests(client.id, trouble)

    answer = hers.get(path)

    assert answer.headers["location"] == f"{routes.edit(uuid)}?returned={outcome}"
    connection = integrations.get_integration(uuid)
    assert (connection.status, connection.saved_secrets) == ("disconnected", ("client_secret",))
    assert outside.requests(host="evil.example", key=client.secret) == []


def test_an_exchange_with_a_server_that_nobody_trusts_says_so(
    hers: TestClient,
    token: str,
    outside: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, uuid = registered("untrusted")
    path = back(outside, web_flow.begin(uuid, token))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))

    answer = hers.get(path)

    assert answer.headers["location"] == f"{routes.edit(uuid)}?returned=untrusted"
    assert outside.requests(key=client.secret) == []


def test_a_connection_that_was_removed_meanwhile_ends_on_the_list(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    path = back(outside, web_flow.begin(uuid, token))
    integrations.remove_connection(uuid)

    answer = hers.get(path)

    assert answer.headers["location"] == f"{routes.LISTING}?returned=state_mismatch"


def test_credentials_that_were_changed_meanwhile_are_not_connected_with_the_old_ones(
    hers: TestClient, token: str, outside: World
) -> None:
    _, uuid = registered("main")
    path = back(outside, web_flow.begin(uuid, token))
    integrations.disconnect(uuid)
    integrations.save_setup(uuid, {"client_secret": "GOCSPX-another"})

    answer = hers.get(path)

    assert answer.headers["location"].endswith("returned=changed_meanwhile")
    assert integrations.get_integration(uuid).status == "disconnected"


def test_the_state_of_a_session_that_was_signed_out_is_worth_nothing(
    browser: Browser, ada: Admin, token: str, outside: World
) -> None:
    client, uuid = registered("main")
    path = back(outside, web_flow.begin(uuid, token))
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
        url = web_flow.begin(uuid, token)
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
    path = back(outside, web_flow.begin(uuid, token))

    with integrations.subscribe() as events:
        hers.get(path)
        [heard] = told(events)

    assert (heard.kind, heard.status) == ("connected", "connected")
    [entry] = [each for each in audit(db) if each["action"] == "connected"]
    assert (entry["action"], entry["actor_label"], entry["origin"]) == ("connected", ADA, "web")
