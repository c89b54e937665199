"""Signing in, setting up and signing out over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import Morsel, SimpleCookie

import pytest
from httpx import Response
from starlette.testclient import TestClient

from integrations_app.domain.admin import Admin
from integrations_app.services.identity import admins, sessions
from tests import people
from tests.http.conftest import EMAIL, ORIGIN, PASSWORD
from tests.postgresql import DatabaseUnderTest

Browser = Callable[..., TestClient]

SIGN_IN = "/api/integrations/sign-in"
SET_UP = "/api/integrations/setup"
SIGN_OUT = "/api/integrations/sign-out"
RIGHT = {"email": EMAIL, "password": PASSWORD}
COOKIE = "integrations_session_3000"
MARKER = "integrations_browser_3000"


@pytest.fixture
def crowd(db: DatabaseUnderTest) -> list[str]:
    """The addresses of so many admins that guessing at each once is too much for one client.

    An address that nobody has would cost as much as a password of the product's own.
    """
    return [people.add_admin(f"{number}@example.net", PASSWORD).email for number in range(30)]


@pytest.mark.parametrize("kind", ["data", "json"])
def test_the_right_password_is_answered_with_a_cookie(
    ada: Admin, browser: Browser, kind: str
) -> None:
    answer = browser().post(SIGN_IN, **{kind: RIGHT})

    assert (answer.status_code, answer.content) == (204, b"")
    cookie = _cookie(answer, COOKIE)
    assert sessions.admin_of(cookie.value) == ada
    assert cookie["httponly"]
    assert not cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("lax", "/", "")
    assert cookie["max-age"] == str(12 * 3600)


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    ada: Admin, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "https://admin.example.com")

    answer = browser("https://admin.example.com").post(SIGN_IN, data=RIGHT)

    cookie = _cookie(answer, "__Host-integrations_session")
    assert cookie["secure"]
    assert sessions.admin_of(cookie.value) == ada


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_servers_on_one_host_do_not_take_each_others_cookies(
    ada: Admin, browser: Browser, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    names: set[str] = set()
    for number in (8001, 8002):
        origin = f"{scheme}://admin.example.com:{number}"
        monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", origin)
        names |= set(browser(origin).post(SIGN_IN, data=RIGHT).cookies)

    assert len(names) == 4  # of each a session and a marker


def test_a_wrong_password_is_refused_in_words(ada: Admin, browser: Browser) -> None:
    answer = browser().post(SIGN_IN, data={"email": EMAIL, "password": "wrong horse"})

    assert answer.status_code == 401
    assert answer.json() == {
        "code": "sign_in_refused",
        "message": "Email and password do not match.",
    }
    assert "set-cookie" not in answer.headers


def test_too_many_attempts_are_told_when_to_come_back(
    ada: Admin, browser: Browser, crowd: list[str]
) -> None:
    client = browser()
    for email in crowd:
        client.post(SIGN_IN, data={"email": email, "password": "guess"})

    answer = client.post(SIGN_IN, data=RIGHT)

    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_attempts"
    assert answer.json()["message"] == "Too many attempts. Try again in 5 minutes."
    assert 0 < int(answer.headers["retry-after"]) <= 300


def test_a_browser_that_signed_in_before_is_not_stopped_by_the_failures_of_others(
    browser: Browser,
) -> None:
    right = {"email": "grace@example.com", "password": PASSWORD}
    people.add_admin(right["email"], PASSWORD)
    mine, others = browser(), browser()
    mine.post(SIGN_IN, data=right)
    mine.post(SIGN_OUT)
    for _ in range(30):
        others.post(SIGN_IN, data={**right, "password": "guess"})

    assert others.post(SIGN_IN, data=right).status_code == 429
    assert mine.post(SIGN_IN, data=right).status_code == 204


def test_the_marker_of_a_browser_is_sent_to_the_sign_in_alone_and_kept_from_scripts(
    ada: Admin, browser: Browser
) -> None:
    marker = _cookie(browser().post(SIGN_IN, data=RIGHT), MARKER)

    assert (marker["path"], marker["samesite"], marker["max-age"]) == (
        SIGN_IN,
        "strict",
        str(180 * 24 * 3600),
    )
    assert marker["httponly"]
    assert EMAIL not in marker.value


def test_over_https_the_marker_is_secure(
    ada: Admin, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "https://admin.example.com")

    answer = browser("https://admin.example.com").post(SIGN_IN, data=RIGHT)

    assert _cookie(answer, "__Secure-integrations_browser")["secure"]


def test_behind_a_trusted_proxy_the_failures_of_one_client_stop_no_other(
    ada: Admin, browser: Browser, crowd: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_TRUSTED_PROXIES", "192.0.2.0/24")
    client = browser(address="192.0.2.7")
    for number, email in enumerate(crowd):
        guess = {"email": email, "password": "guess"}
        client.post(SIGN_IN, data=guess, headers={"X-Forwarded-For": f"{number}, 203.0.113.9"})

    there = client.post(SIGN_IN, data=RIGHT, headers={"X-Forwarded-For": "203.0.113.9"})
    here = client.post(SIGN_IN, data=RIGHT, headers={"X-Forwarded-For": "203.0.113.8"})

    assert (there.status_code, here.status_code) == (429, 204)


def test_without_a_trusted_proxy_what_is_forwarded_counts_for_nothing(
    ada: Admin, browser: Browser, crowd: list[str]
) -> None:
    client = browser(address="192.0.2.8")
    for number, email in enumerate(crowd):
        guess = {"email": email, "password": "guess"}
        client.post(SIGN_IN, data=guess, headers={"X-Forwarded-For": f"203.0.113.{number}"})

    answer = client.post(SIGN_IN, data=RIGHT, headers={"X-Forwarded-For": "203.0.113.99"})

    assert answer.status_code == 429


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3001"},
        {"Origin": "https://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", [SIGN_IN, SET_UP, SIGN_OUT])
def test_the_page_of_another_origin_is_refused(
    ada: Admin, browser: Browser, headers: dict[str, str], path: str
) -> None:
    client = browser()
    client.cookies.set(COOKIE, sessions.open_for(ada))

    answer = client.post(path, data=RIGHT, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_origin"
    assert sessions.admin_of(client.cookies[COOKIE]) == ada


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_while_no_public_address_is_set_every_loopback_name_is_ours(
    ada: Admin, browser: Browser, host: str
) -> None:
    assert browser(f"http://{host}:3000").post(SIGN_IN, data=RIGHT).status_code == 204


def test_with_a_public_address_loopback_names_are_foreign(
    ada: Admin, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "https://admin.example.com")

    assert browser(ORIGIN).post(SIGN_IN, data=RIGHT).status_code == 403


def test_a_program_that_names_no_origin_may_sign_in(ada: Admin, browser: Browser) -> None:
    client = browser()
    del client.headers["origin"], client.headers["sec-fetch-site"]

    assert client.post(SIGN_IN, json=RIGHT).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"email": "ada@example.com"}',
        b'{"email": "ada@example.com", "password": 1}',
        b'{"email": "ada@example.com", "password": "\\ud800"}',
        b'{"email": "\\u0000", "password": "x"}',
        b"[" * 8_000,
    ],
)
@pytest.mark.parametrize("path", [SIGN_IN, SET_UP])
def test_what_cannot_be_read_is_refused(browser: Browser, body: bytes, path: str) -> None:
    answer = browser().post(path, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json() == {"code": "unreadable", "message": "The request cannot be read."}


def test_a_body_over_8_kb_is_refused(browser: Browser) -> None:
    answer = browser().post(SIGN_IN, data={"email": EMAIL, "password": "x" * 8_192})

    assert answer.status_code == 413


@pytest.mark.parametrize("path", [SIGN_IN, SET_UP, SIGN_OUT])
def test_only_posts_are_answered(browser: Browser, path: str) -> None:
    assert browser().get(path).status_code == 405


@pytest.mark.parametrize("password", [PASSWORD, "wrong horse battery"])
def test_no_answer_is_kept_by_a_cache(ada: Admin, browser: Browser, password: str) -> None:
    answer = browser().post(SIGN_IN, data={"email": EMAIL, "password": password})

    assert answer.headers["cache-control"] == "no-store"


def test_signing_out_ends_the_session_and_drops_the_cookie(ada: Admin, browser: Browser) -> None:
    client = browser()
    client.post(SIGN_IN, data=RIGHT)
    token = client.cookies[COOKIE]

    answer = client.post(SIGN_OUT)

    assert answer.status_code == 204
    assert COOKIE not in client.cookies
    assert sessions.admin_of(token) is None


def test_signing_out_without_a_session_is_quiet(browser: Browser) -> None:
    assert browser().post(SIGN_OUT).status_code == 204


def test_the_link_of_first_start_makes_an_admin_and_signs_them_in(browser: Browser) -> None:
    token = admins.setup_token()

    answer = browser().post(SET_UP, data={"token": token, **RIGHT})

    assert answer.status_code == 204
    admin = sessions.admin_of(_cookie(answer, COOKIE).value)
    assert admin is not None
    assert admin.email == EMAIL


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"token": "made up"}, 403, "setup_token_invalid"),
        ({"email": "nobody"}, 422, "invalid_email"),
        ({"password": "short"}, 422, "weak_password"),
    ],
)
def test_a_refused_set_up_makes_no_admin(
    browser: Browser, db: DatabaseUnderTest, sent: dict[str, str], status: int, code: str
) -> None:
    token = admins.setup_token()

    answer = browser().post(SET_UP, data={"token": token, **RIGHT, **sent})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"].endswith(".")
    assert "set-cookie" not in answer.headers
    assert db.rows("SELECT * FROM integration_admins") == []


def test_the_audit_log_names_the_request_that_the_answer_names(
    ada: Admin, browser: Browser, db: DatabaseUnderTest
) -> None:
    answer = browser().post(SIGN_IN, data=RIGHT)

    entry = db.rows("SELECT * FROM integration_audit ORDER BY id")[-1]
    assert entry["request_id"] == answer.headers["x-request-id"]


def test_a_lost_database_is_told_as_such(
    ada: Admin, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    answer = browser().post(SIGN_IN, data=RIGHT)

    assert answer.status_code == 503
    assert answer.json()["code"] == "database_unavailable"


def _cookie(answer: Response, name: str) -> Morsel[str]:
    [cookie] = [
        cookie[name]
        for cookie in map(SimpleCookie, answer.headers.get_list("set-cookie"))
        if name in cookie
    ]
    return cookie
