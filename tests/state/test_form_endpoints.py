"""Forms that carry secrets, as a page's script posts them: guarded, and about what was seen."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from integrations_app import integrations, routes
from integrations_app.domain.admin import Admin
from integrations_app.domain.connection import Connection
from integrations_app.features.ai_endpoints import old_key_post
from integrations_app.http import oauth_callback, sign_in, transformers
from integrations_app.http.health import ROUTES as HEALTH
from integrations_app.http.metrics import ROUTES as METRICS
from integrations_app.services.identity import admins, sessions
from integrations_app.state import form_endpoints
from tests.api.facts import actions
from tests.http.conftest import EMAIL, ORIGIN, ada
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour, World, key

__all__ = ["ada"]

COOKIE = "integrations_session_3000"
TYPED = key("mistral", serial="typed in a form")
SUBJECTS = {
    f"{routes.FORMS}/{{action}}": "connection and version, or provider",
    routes.AI_ENDPOINT_OLD_KEY: "endpoint",
    sign_in.SIGN_IN: "e-mail",
    sign_in.SET_UP: "link",
    sign_in.SIGN_OUT: "session",
}
"""What each endpoint that acts is told of what it acts upon."""


@pytest.fixture
def page(db: DatabaseUnderTest, ada: Admin) -> TestClient:
    """A page of ours in the browser of a signed-in admin."""
    return page_of({COOKIE: sessions.open_for(ada)})


def page_of(cookies: dict[str, str]) -> TestClient:
    app, *wrappers = transformers(form_endpoints.ROUTES)
    for wrap in wrappers:
        app = wrap(app)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return TestClient(
        app,  # pyright: ignore[reportArgumentType]
        base_url=ORIGIN,
        headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        cookies=cookies,
        raise_server_exceptions=False,
    )


@pytest.fixture
def main(db: DatabaseUnderTest) -> Connection:
    return integrations.add_connection(
        "mistral", "main", values={"api_key": key("mistral", serial="stored")}
    )


def sent(connection: Connection, *, name: str = "", **values: str) -> dict[str, Any]:
    """What a page sends that shows this connection."""
    return {
        "subject": f"{connection.uuid}/{connection.version}.0",
        "provider": connection.provider,
        "values": {"name": name or connection.name, **values},
    }


def post(page: TestClient, action: str, body: object, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body)
    return page.post(
        f"{routes.FORMS}/{action}",
        content=content,
        headers={"Content-Type": "application/json", **headers},
    )


def stored_key(connection: Connection) -> str:
    return integrations.get_credentials(connection.uuid)["api_key"]


def test_every_endpoint_only_looks_or_is_told_what_it_acts_upon() -> None:
    every: list[Route] = [
        *sign_in.ROUTES,
        *oauth_callback.ROUTES,
        *old_key_post.ROUTES,
        *form_endpoints.ROUTES,
        *HEALTH,
        *METRICS,
    ]

    acting = {route.path for route in every if route.methods and "POST" in route.methods}

    assert acting == set(SUBJECTS)
    assert {method for route in every for method in route.methods or ()} <= {"GET", "HEAD", "POST"}


def test_a_save_renames_and_stores_in_the_name_of_who_sent_it(
    page: TestClient, main: Connection, db: DatabaseUnderTest
) -> None:
    answer = post(page, "save", sent(main, name="renamed", api_key=TYPED))

    assert (answer.status_code, answer.json()["is_done"]) == (200, True)
    assert integrations.get_integration_by_uuid(main.uuid).name == "renamed"
    assert stored_key(main) == TYPED
    assert db.rows("SELECT actor_label FROM integration_audit ORDER BY id")[-1] == {
        "actor_label": EMAIL
    }


def test_no_answer_is_cached_or_repeats_a_key(page: TestClient, main: Connection) -> None:
    answer = post(page, "save", sent(main, api_key=TYPED))

    assert answer.headers["cache-control"] == "no-store"
    assert TYPED not in answer.text


@pytest.mark.parametrize("action", ["save", "test", "connect"])
def test_what_was_typed_for_an_older_version_goes_nowhere(
    page: TestClient, main: Connection, outside: World, action: str
) -> None:
    stale = sent(main, name="mine", api_key=TYPED)
    theirs = integrations.rename_connection(main.uuid, "theirs")
    before = len(outside.requests())

    answer = post(page, action, stale)

    assert answer.status_code == 409
    assert answer.json()["conflict"] == "the name"
    assert answer.json()["conflict_version"] == theirs.version
    assert integrations.get_integration_by_uuid(main.uuid) == theirs
    assert stored_key(main) != TYPED
    assert len(outside.requests()) == before


def test_a_save_over_others_changes_is_meant_for_the_version_it_was_told_of(
    page: TestClient, main: Connection
) -> None:
    stale = sent(main, name="mine")
    told = integrations.rename_connection(main.uuid, "theirs").version
    integrations.rename_connection(main.uuid, "theirs-again")

    assert post(page, "save", {**stale, "over": told}).status_code == 409
    assert post(page, "save", {**stale, "over": told + 1}).status_code == 200
    assert integrations.get_integration_by_uuid(main.uuid).name == "mine"


@pytest.mark.parametrize("action", ["save", "test", "connect"])
def test_a_form_of_another_provider_is_not_this_connections(
    page: TestClient, main: Connection, outside: World, action: str
) -> None:
    before = len(outside.requests())

    answer = post(page, action, {**sent(main, api_key=TYPED), "provider": "deepseek"})

    assert answer.status_code == 409
    assert "nothing was done" in answer.json()["message"]
    assert stored_key(main) != TYPED
    assert len(outside.requests()) == before


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        (Behaviour.RIGHT, "Connection verified"),
        (Behaviour.WRONG, "Test failed: "),
    ],
)
def test_a_try_asks_the_provider_and_stores_nothing(
    page: TestClient, outside: World, db: DatabaseUnderTest, behaviour: Behaviour, says: str
) -> None:
    typed = key("mistral", behaviour, serial="typed in a form")
    before = actions(db)

    answer = post(
        page, "try", {"subject": "mistral", "provider": "mistral", "values": {"api_key": typed}}
    )

    assert answer.json()["outcome"].startswith(says)
    assert answer.json()["outcome_ok"] is (behaviour is Behaviour.RIGHT)
    assert integrations.list_connections() == []
    assert actions(db) == before


def test_a_test_without_edits_is_recorded_and_one_with_edits_is_not(
    page: TestClient, outside: World, main: Connection
) -> None:
    post(page, "test", sent(main, api_key=TYPED))
    assert integrations.get_integration_by_uuid(main.uuid).last_validated_at is None

    assert post(page, "test", sent(main)).json()["outcome"] == "Connection verified"
    assert integrations.get_integration_by_uuid(main.uuid).last_validated_at is not None


def test_a_creation_says_which_connection_it_made(page: TestClient) -> None:
    values = {"name": "main", "api_key": TYPED}

    answer = post(page, "create", {"subject": "mistral", "provider": "mistral", "values": values})

    [made] = integrations.list_connections()
    assert answer.json()["uuid"] == str(made.uuid)


def test_problems_stand_beside_their_fields(page: TestClient, main: Connection) -> None:
    answer = post(page, "save", sent(main, name="no spaces", api_key="a\x01b"))

    assert answer.status_code == 422
    assert list(answer.json()["problems"]) == ["name", "api_key"]
    assert integrations.get_integration_by_uuid(main.uuid) == main


def test_connecting_saves_first_and_says_where_to_sign_in(page: TestClient) -> None:
    google = integrations.add_connection("google", "mail")
    values = {"client_id": "the-client", "client_secret": "the-secret"}

    answer = post(page, "connect", sent(google, **values))

    assert answer.json()["leave_for"].startswith("https://accounts.google.com/")
    assert "the-client" in answer.json()["leave_for"]
    assert "the-secret" not in answer.text


@pytest.mark.parametrize("action", ["create", "try", "save", "test", "connect"])
def test_without_a_session_nothing_is_done(
    db: DatabaseUnderTest, main: Connection, outside: World, action: str
) -> None:
    before = len(outside.requests())

    answer = post(page_of({COOKIE: "made up"}), action, sent(main, api_key=TYPED))

    assert answer.status_code == 401
    assert "Sign in again" in answer.json()["message"]
    assert integrations.list_connections() == [main]
    assert len(outside.requests()) == before


def test_after_the_admin_is_gone_nothing_is_done(
    page: TestClient, ada: Admin, main: Connection
) -> None:
    admins.remove(ada.uuid, ada.acting())

    assert post(page, "save", sent(main, name="mine")).status_code == 401
    assert integrations.list_connections() == [main]


def test_the_page_of_another_site_is_refused(page: TestClient, main: Connection) -> None:
    answer = post(page, "save", sent(main, name="theirs"), Origin="https://evil.example")

    assert answer.status_code == 403
    assert integrations.list_connections() == [main]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"{",
        b"[" * 100_000,
        b'{"subject": 5}',
        b'{"subject": "x/1.0", "provider": ["mistral"]}',
        b'{"subject": "x/1.0", "provider": "mistral", "values": [["a"]]}',
        b'{"subject": "%s/x", "provider": "mistral"}' % (b"9" * 5_000),
        b'{"subject": "x/1.0", "provider": "mistral", "over": {"a": 1}}',
        b"\xff\xfe",
    ],
)
@pytest.mark.parametrize("action", ["create", "try", "save", "test", "connect", "made-up"])
def test_what_no_page_sends_is_refused_in_words(
    page: TestClient, main: Connection, action: str, body: bytes
) -> None:
    answer = post(page, action, body)

    told = answer.json()
    assert 400 <= answer.status_code < 500
    assert told.get("message") or told.get("problem") or told.get("problems")
    assert integrations.list_connections() == [main]


def test_more_than_a_page_would_send_is_refused(page: TestClient, main: Connection) -> None:
    answer = post(page, "save", sent(main, api_key="k" * 1_600_000))

    assert answer.status_code == 413
    assert integrations.list_connections() == [main]


def test_what_nobody_foresaw_is_said_in_words_and_logged_without_the_key(
    page: TestClient, main: Connection, db: DatabaseUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    db.execute("ALTER TABLE integration_connections ADD CHECK (name <> 'unforeseen')")

    with caplog.at_level(logging.DEBUG):
        answer = post(page, "save", sent(main, name="unforeseen", api_key=TYPED))

    assert answer.status_code == 500
    assert answer.json()["message"] or answer.json()["problem"]
    assert TYPED not in caplog.text
