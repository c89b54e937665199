"""Signing in and out, and what stands in the way of guessing."""

from __future__ import annotations

import base64
import queue
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from integrations_app.domain.actor import Actor, Origin
from integrations_app.domain.admin import Admin
from integrations_app.domain.event import Notice, NoticeKind
from integrations_app.errors import DatabaseUnavailable, SignInRefused, TooManyAttempts
from integrations_app.events.hub import Fact
from integrations_app.services.changes import event_stream
from integrations_app.services.identity import admins, known_browsers, sessions
from tests import people
from tests.postgresql import DatabaseUnderTest

EMAIL = "ada@example.com"
PASSWORD = "correct horse battery"
OPERATOR = Actor(kind="system", id="tests", label="system:tests", origin=Origin.CLI)


@pytest.fixture
def ada(db: DatabaseUnderTest) -> Admin:
    return people.add_admin(EMAIL, PASSWORD)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> str:
    """An address that no other test signs in from: attempts are counted by process."""
    return f"client of {request.node.name}"


def test_the_right_password_opens_a_session(ada: Admin, client: str) -> None:
    admin, token = sessions.sign_in(f" {EMAIL.upper()} ", PASSWORD, client)

    assert admin == ada
    assert sessions.admin_of(token) == ada


def test_a_session_lasts_twelve_hours(ada: Admin, client: str, db: DatabaseUnderTest) -> None:
    _admin, token = sessions.sign_in(EMAIL, PASSWORD, client)

    [row] = db.rows("SELECT extract(epoch FROM expires_at - now()) AS s FROM integration_sessions")
    found = sessions.find(token)

    assert 12 * 3600 - 60 < row["s"] <= 12 * 3600
    assert found is not None
    assert found.expires_at.utcoffset() is not None


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong horse battery"), ("eve@example.com", PASSWORD), (EMAIL, ""), ("", ""),
     ("\0", PASSWORD), (EMAIL, "x" * 5_000)],
)  # fmt: skip
def test_anything_else_is_refused_alike(ada: Admin, client: str, email: str, password: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        sessions.sign_in(email, password, client)

    assert str(refused.value) == str(SignInRefused())


def test_an_unknown_email_takes_as_long_as_a_wrong_password(
    db: DatabaseUnderTest, client: str
) -> None:
    admins.create(EMAIL, PASSWORD, OPERATOR)  # whose hash costs what everybody's does

    def best_of_three(email: str) -> float:
        def once() -> float:
            began = time.perf_counter()
            with pytest.raises(SignInRefused):
                sessions.sign_in(email, "wrong horse battery", client)
            return time.perf_counter() - began

        return min(once() for _ in range(3))

    known, unknown = best_of_three(EMAIL), best_of_three("eve@example.com")

    assert unknown > known / 2


def test_only_the_hash_of_the_token_is_stored(
    ada: Admin, client: str, db: DatabaseUnderTest
) -> None:
    _admin, token = sessions.sign_in(EMAIL, PASSWORD, client)

    [row] = db.rows("SELECT * FROM integration_sessions")

    assert token.encode() not in bytes(row["token_hash"])


def test_an_expired_session_is_nobodys_and_swept_out_by_the_next_sign_in(
    ada: Admin, client: str, db: DatabaseUnderTest
) -> None:
    _admin, token = sessions.sign_in(EMAIL, PASSWORD, client)
    db.execute("UPDATE integration_sessions SET expires_at = now() - interval '1 second'")

    assert sessions.find(token) is None

    sessions.sign_in(EMAIL, PASSWORD, client)
    assert len(db.rows("SELECT * FROM integration_sessions")) == 1


@pytest.mark.parametrize("token", ["", "made up", "ä\N{SNOWMAN}"])
def test_a_made_up_token_is_nobodys(ada: Admin, token: str) -> None:
    assert sessions.admin_of(token) is None


def test_signing_out_ends_this_session_and_no_other(ada: Admin, client: str) -> None:
    _admin, here = sessions.sign_in(EMAIL, PASSWORD, client)
    _admin, there = sessions.sign_in(EMAIL, PASSWORD, client)

    sessions.sign_out(here)

    assert sessions.admin_of(here) is None
    assert sessions.admin_of(there) == ada


def test_signing_out_twice_is_quiet(ada: Admin, client: str, db: DatabaseUnderTest) -> None:
    _admin, token = sessions.sign_in(EMAIL, PASSWORD, client)

    sessions.sign_out(token)
    sessions.sign_out(token)

    actions = [row["action"] for row in db.rows("SELECT action FROM integration_audit ORDER BY id")]
    assert actions == ["signed_in", "signed_out"]


def test_the_audit_log_ties_a_sign_in_to_its_request(
    ada: Admin, client: str, db: DatabaseUnderTest
) -> None:
    sessions.sign_in(EMAIL, PASSWORD, client, request_id="r1")

    entry = db.rows("SELECT * FROM integration_audit ORDER BY id")[-1]

    assert (entry["actor_kind"], entry["actor_id"]) == ("admin", str(ada.uuid))
    assert (entry["origin"], entry["request_id"]) == ("web", "r1")


def test_a_refused_sign_in_is_no_audit_entry(
    ada: Admin, client: str, db: DatabaseUnderTest
) -> None:
    with pytest.raises(SignInRefused):
        sessions.sign_in("my password typed in the wrong field", PASSWORD, client)

    assert db.rows("SELECT action FROM integration_audit") == []


def test_the_log_does_not_repeat_what_was_typed(
    ada: Admin, client: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SignInRefused):
        sessions.sign_in("typed-in-the-wrong-field", "wrong horse battery", client)

    assert client in caplog.text
    assert "typed-in-the-wrong-field" not in caplog.text
    assert "wrong horse battery" not in caplog.text


def test_the_end_of_a_session_is_told_to_open_pages(ada: Admin, client: str) -> None:
    _admin, token = sessions.sign_in(EMAIL, PASSWORD, client)
    told = _listen()

    sessions.sign_out(token)

    assert told.get(timeout=5) == Notice(kind=NoticeKind.SESSION_ENDED)


def test_the_removal_of_an_admin_is_told_to_open_pages(ada: Admin) -> None:
    told = _listen()

    admins.remove(ada.uuid, OPERATOR)

    assert told.get(timeout=5) == Notice(kind=NoticeKind.SESSION_ENDED)


def test_after_ten_refusals_an_email_has_to_wait_even_with_the_right_password(
    ada: Admin, client: str
) -> None:
    email = "TEN@example.com"
    people.add_admin("ten@example.com", PASSWORD)
    for number in range(10):
        with pytest.raises(SignInRefused):
            sessions.sign_in(email, "wrong horse battery", f"{client} {number}")

    with pytest.raises(TooManyAttempts) as refused:
        sessions.sign_in("ten@example.com", PASSWORD, client)

    assert 0 < refused.value.retry_after_s <= 300
    assert sessions.sign_in(EMAIL, PASSWORD, client)[0] == ada


def test_after_thirty_refusals_a_client_has_to_wait_whoever_it_says_it_is(
    ada: Admin, client: str
) -> None:
    for number in range(30):
        with pytest.raises(SignInRefused):
            sessions.sign_in(f"{number}@example.org", PASSWORD, client)

    with pytest.raises(TooManyAttempts):
        sessions.sign_in(EMAIL, PASSWORD, client)


def test_signing_in_forgets_the_refusals_before(ada: Admin, client: str) -> None:
    for _ in range(4):
        for _ in range(9):
            with pytest.raises(SignInRefused):
                sessions.sign_in(EMAIL, "wrong horse battery", client)
        assert sessions.sign_in(EMAIL, PASSWORD, client)[0] == ada


def test_a_database_that_is_away_counts_as_no_refusal(
    ada: Admin, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        for _ in range(12):
            with pytest.raises(DatabaseUnavailable):
                sessions.sign_in(EMAIL, PASSWORD, client)

    assert sessions.sign_in(EMAIL, PASSWORD, client)[0] == ada


def test_a_crowd_of_wrong_passwords_does_not_get_past_the_limit(ada: Admin, client: str) -> None:
    def guess(number: int) -> type[Exception]:
        with pytest.raises((SignInRefused, TooManyAttempts)) as refused:
            sessions.sign_in("crowd@example.com", "wrong horse battery", f"{client} {number}")
        return refused.type

    with ThreadPoolExecutor(20) as pool:
        outcomes = Counter(pool.map(guess, range(20)))

    assert outcomes == {SignInRefused: 10, TooManyAttempts: 10}


def test_a_browser_that_signed_in_before_has_a_count_of_its_own(ada: Admin, client: str) -> None:
    email = "own-count@example.com"
    admin = people.add_admin(email, PASSWORD)
    marker = known_browsers.marker(email) or ""
    for number in range(10):
        with pytest.raises(SignInRefused):
            sessions.sign_in(email, "wrong horse battery", f"{client} {number}")

    assert sessions.sign_in(email, PASSWORD, client, browser_marker=marker)[0] == admin

    with pytest.raises(TooManyAttempts):
        sessions.sign_in(email, PASSWORD, client)
    for _ in range(10):
        with pytest.raises(SignInRefused):
            sessions.sign_in(email, "wrong horse battery", client, browser_marker=marker)
    with pytest.raises(TooManyAttempts):
        sessions.sign_in(email, PASSWORD, client, browser_marker=marker)


def test_a_marker_is_good_for_its_email_alone(db: DatabaseUnderTest) -> None:
    marker = known_browsers.marker(EMAIL)
    assert marker is not None

    assert known_browsers.browser_id(marker, EMAIL.upper()) is not None
    assert known_browsers.browser_id(marker, "eve@example.com") is None


def test_each_browser_has_an_id_of_its_own(db: DatabaseUnderTest) -> None:
    markers = [known_browsers.marker(EMAIL) or "" for _ in range(2)]

    assert len({known_browsers.browser_id(marker, EMAIL) for marker in markers}) == 2


@pytest.mark.parametrize("change", [str.swapcase, lambda text: text[:-4], lambda text: "é" + text])
def test_a_marker_that_was_changed_is_nobodys(
    db: DatabaseUnderTest, change: Callable[[str], str]
) -> None:
    marker = known_browsers.marker(EMAIL) or ""

    assert known_browsers.browser_id(change(marker), EMAIL) is None


def test_a_marker_that_has_run_out_is_nobodys(db: DatabaseUnderTest) -> None:
    marker = known_browsers.marker(EMAIL, lifetime=timedelta(seconds=-1)) or ""

    assert known_browsers.browser_id(marker, EMAIL) is None


def test_a_marker_of_a_retired_key_is_nobodys(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = known_browsers.marker(EMAIL) or ""
    monkeypatch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", base64.b64encode(b"n" * 32).decode())

    assert known_browsers.browser_id(marker, EMAIL) is None


def test_without_a_database_nobody_is_signed_in_or_out(
    ada: Admin, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _admin, token = sessions.sign_in(EMAIL, PASSWORD, client)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(DatabaseUnavailable):
        sessions.find(token)
    with pytest.raises(DatabaseUnavailable):
        sessions.sign_in(EMAIL, PASSWORD, client)


def _listen() -> queue.Queue[Fact]:
    event_stream.subscribe().close()
    told: queue.Queue[Fact] = queue.Queue()
    event_stream.hub().add(told.put)
    return told
