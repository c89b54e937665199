"""The one answer that carries an old key: for an admin's own page, on purpose, and remembered."""

from __future__ import annotations

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from integrations_app import integrations, routes
from integrations_app.domain.admin import Admin
from integrations_app.features.ai_endpoints import old_key_post
from integrations_app.http import transformers
from integrations_app.services.identity import admins, sessions
from tests.api.facts import actions, audit
from tests.features.ai_endpoints.conftest import ANN, connection, old, row
from tests.http.conftest import ORIGIN, ada
from tests.postgresql import DatabaseUnderTest

__all__ = ["ada"]

PATH = routes.AI_ENDPOINT_OLD_KEY
COOKIE = "integrations_session_3000"
NOBODYS = "0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"
"""A uuid that nothing has; the same in each process that runs tests."""
KEY = "sk-old-secret-of-the-endpoint"


@pytest.fixture
def page(db: DatabaseUnderTest, ada: Admin) -> TestClient:
    """A page of ours in the browser of a signed-in admin."""
    app, *wrappers = transformers(old_key_post.ROUTES)
    for wrap in wrappers:
        app = wrap(app)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return TestClient(
        app,  # pyright: ignore[reportArgumentType]
        base_url=ORIGIN,
        headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        cookies={COOKIE: sessions.open_for(ada)},
    )


def test_an_admin_is_shown_the_key(db: DatabaseUnderTest, page: TestClient) -> None:
    made = old(db, "chat", "openai", f" {KEY}\n")

    answer = page.post(PATH, data={"uuid": str(made)})

    assert (answer.status_code, answer.json()) == (200, {"key": KEY})
    assert row(db, made)["api_key"] == f" {KEY}\n"


def test_no_cache_keeps_it(db: DatabaseUnderTest, page: TestClient) -> None:
    made = old(db, "chat", "openai", KEY)

    assert page.post(PATH, data={"uuid": str(made)}).headers["cache-control"] == "no-store"


def test_each_time_is_remembered_without_the_key(
    db: DatabaseUnderTest, page: TestClient, ada: Admin
) -> None:
    made = old(db, "chat", "openai", KEY)

    first, second = (page.post(PATH, data={"uuid": str(made)}) for _ in range(2))

    entries = audit(db)[-2:]
    assert [entry["action"] for entry in entries] == 2 * ["endpoint_key_shown"]
    assert [entry["request_id"] for entry in entries] == [
        first.headers["x-request-id"],
        second.headers["x-request-id"],
    ]
    assert (entries[0]["actor_label"], entries[0]["name"]) == (ada.email, "chat")
    assert KEY not in str(entries)


@pytest.mark.parametrize("cookie", ["", "made up"])
def test_whoever_is_not_signed_in_is_refused(
    db: DatabaseUnderTest, page: TestClient, cookie: str
) -> None:
    made = old(db, "chat", "openai", KEY)
    before = actions(db)
    page.cookies.clear()
    page.cookies.set(COOKIE, cookie)

    answer = page.post(PATH, data={"uuid": str(made)})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert KEY not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert actions(db) == before


@pytest.mark.parametrize("ended", ["signed out", "expired", "removed"])
def test_a_session_that_has_ended_is_refused(
    db: DatabaseUnderTest, page: TestClient, ada: Admin, ended: str
) -> None:
    made = old(db, "chat", "openai", KEY)
    match ended:
        case "signed out":
            sessions.sign_out(page.cookies[COOKIE])
        case "expired":
            db.execute("UPDATE integration_sessions SET expires_at = now()")
        case _removed:
            admins.remove(ada.uuid, ANN)

    answer = page.post(PATH, data={"uuid": str(made)})

    assert answer.status_code == 401
    assert "endpoint_key_shown" not in actions(db)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3001"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_the_page_of_another_origin_is_refused(
    db: DatabaseUnderTest, page: TestClient, headers: dict[str, str]
) -> None:
    made = old(db, "chat", "openai", KEY)

    answer = page.post(PATH, data={"uuid": str(made)}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert "endpoint_key_shown" not in actions(db)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_posts_are_answered(db: DatabaseUnderTest, page: TestClient, method: str) -> None:
    made = old(db, "chat", "openai", KEY)

    answer = page.request(method, f"{PATH}?uuid={made}")

    assert answer.status_code == 405
    assert "endpoint_key_shown" not in actions(db)


@pytest.mark.parametrize("ref", ["", "chat", NOBODYS, "' OR true --"])
def test_what_is_no_endpoint_is_not_there(
    db: DatabaseUnderTest, page: TestClient, ref: str
) -> None:
    old(db, "chat", "openai", KEY)

    answer = page.post(PATH, data={"uuid": ref})

    assert answer.status_code == 404
    assert KEY not in answer.text


@pytest.mark.parametrize("key", [None, "", "  "])
def test_without_an_old_key_there_is_nothing_to_show(
    db: DatabaseUnderTest, page: TestClient, key: str | None
) -> None:
    made = old(db, "chat", "openai", key)

    assert page.post(PATH, data={"uuid": str(made)}).status_code == 404
    assert "endpoint_key_shown" not in actions(db)


@pytest.mark.parametrize("gone", [False, True])
def test_once_an_integration_is_picked_the_key_is_not_shown_any_more(
    db: DatabaseUnderTest, page: TestClient, gone: bool
) -> None:
    made = old(db, "chat", "openai", KEY)
    picked = connection().uuid
    db.execute("UPDATE ai_endpoints SET integration_uuid = %s", picked)
    if gone:
        integrations.remove_connection(picked)

    assert page.post(PATH, data={"uuid": str(made)}).status_code == 404


def test_what_cannot_be_read_is_refused(page: TestClient) -> None:
    assert page.post(PATH, content=b"name=chat").status_code == 400
    assert page.post(PATH, json={"uuid": 7}).status_code == 400


def test_a_lost_database_is_told_as_such(page: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    assert page.post(PATH, data={"uuid": str(uuid4())}).status_code == 503
