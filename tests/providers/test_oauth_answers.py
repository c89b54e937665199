"""What a token endpoint answers is believed only as far as it was understood."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations_app.domain.check import DETAIL_KEYS, CheckReason
from integrations_app.providers.oauth.responses import Refusal, Tokens, read
from integrations_app.security.egress import Response

SECRET = "GOCSPX-0123456789abcdef"
TEN_YEARS_S = 10 * 365 * 86_400

statuses = st.integers(100, 599)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
known = st.sampled_from(["access_token", "refresh_token", "expires_in", "scope", "error"])
objects = st.dictionaries(known | st.text(max_size=5), json_values, max_size=6)
anything = st.binary(max_size=60) | objects.map(lambda found: json.dumps(found).encode())


def answer(body: object, status: int = 200, **headers: str) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers=headers, body=raw)


def tokens(**parts: Any) -> Tokens:
    found = read(answer({"access_token": "a-token", **parts}), secrets=[])
    assert isinstance(found, Tokens)
    return found


def refusal(body: object, status: int = 200, **headers: str) -> Refusal:
    found = read(answer(body, status, **headers), secrets=[SECRET])
    assert isinstance(found, Refusal)
    return found


# Tokens


def test_everything_that_an_answer_says_is_read() -> None:
    found = tokens(refresh_token="r", expires_in=3600, scope="a b", token_type="Bearer")

    assert found == Tokens(
        access_token="a-token", refresh_token="r", lifetime_s=3600, scopes=("a", "b")
    )


def test_what_an_answer_does_not_say_is_nothing() -> None:
    assert tokens() == Tokens(access_token="a-token")


def test_tokens_show_nothing() -> None:
    assert repr(tokens(refresh_token="r-token")) == "Tokens(lifetime_s=None, scopes=None)"


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_any_success_may_bring_tokens(status: int) -> None:
    assert isinstance(read(answer({"access_token": "a"}, status), secrets=[]), Tokens)


@pytest.mark.parametrize("status", [100, 199, 300, 307, 400, 401, 404, 500, 503])
def test_a_token_in_any_other_answer_is_none(status: int) -> None:
    assert isinstance(read(answer({"access_token": "a"}, status), secrets=[]), Refusal)


@pytest.mark.parametrize(
    ("said", "lifetime_s"),
    [
        (3600, 3600),
        ("3600", 3600),
        (3599.5, 3599.5),
        (" 60 ", 60),
        (10**30, TEN_YEARS_S),
        ("1e999", TEN_YEARS_S),
        (0, None),
        (-1, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        (True, None),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_a_lifetime_is_a_positive_number_or_its_text(said: object, lifetime_s: object) -> None:
    assert tokens(expires_in=said).lifetime_s == lifetime_s


def test_a_number_that_no_float_can_hold_is_no_lifetime() -> None:
    found = read(answer(b'{"access_token": "a", "expires_in": 1' + b"0" * 400 + b"}"), secrets=[])

    assert isinstance(found, Tokens)
    assert found.lifetime_s is None


@pytest.mark.parametrize(
    ("said", "scopes"),
    [
        ("a b", ("a", "b")),
        (" a,b  c,a\n", ("a", "b", "c")),
        (["a", "b", "a", 7, ""], ("a", "b")),
        ("", None),
        ([], None),
        (None, None),
        (7, None),
        ({"a": 1}, None),
    ],
)
def test_scopes_are_read_from_a_text_or_a_list(said: object, scopes: object) -> None:
    assert tokens(scope=said).scopes == scopes


def test_more_scopes_than_anyone_grants_are_cut() -> None:
    found = tokens(scope=" ".join(f"scope-{number}" for number in range(5_000)))

    assert found.scopes is not None
    assert len(found.scopes) == 200


@pytest.mark.parametrize(
    "token", [None, "", 7, True, [], {}, "a b", "a\r\nX: y", "ü", "\x00", "a\x7f", "x" * 20_000]
)
def test_what_cannot_stand_in_a_header_is_no_token(token: object) -> None:
    found = read(answer({"access_token": token}), secrets=[])

    assert found == Refusal(reason=CheckReason.UNREACHABLE, details={"http_status": 200})


@pytest.mark.parametrize("token", ["", 7, "a b", "x" * 20_000])
def test_a_refresh_token_that_is_none_does_not_spoil_the_answer(token: object) -> None:
    assert tokens(refresh_token=token).refresh_token is None


# Forms


def form(text: str, status: int = 200) -> Tokens | Refusal:
    return read(answer(text.encode(), status), secrets=[SECRET])


def test_a_form_is_read_like_json() -> None:
    found = form("access_token=a&refresh_token=r&expires_in=3600&scope=repo%2Cgist+user&x=")

    assert found == Tokens(
        access_token="a", refresh_token="r", lifetime_s=3600, scopes=("repo", "gist", "user")
    )


def test_a_plus_in_a_token_stays_one_and_in_other_fields_is_a_space() -> None:
    found = form("access_token=a+b%2Bc&refresh_token=r+%2F%3D&scope=a+b\n")

    assert found == Tokens(access_token="a+b+c", refresh_token="r+/=", scopes=("a", "b"))


def test_an_error_in_a_form_is_one() -> None:
    found = form("error=bad_verification_code&error_description=The+code+is+wrong.&error_uri=x")

    assert found == Refusal(
        reason=CheckReason.NEEDS_RECONNECT,
        details={"http_status": 200, "provider_code": "bad_verification_code"},
    )


@pytest.mark.parametrize(
    "text",
    [
        "access_token",
        "access_token=a b",
        "<p>access_token=a</p>",
        "access_token=a&<br>",
        "access_token=a\nrefresh_token=b",
        "access_token=ü",
        "access_token=%FF",
        "?access_token=a",
        "&".join(["x=1"] * 100) + "&access_token=a",
    ],
)
def test_what_is_no_form_brings_no_token(text: str) -> None:
    found = form(text)

    assert found == Refusal(reason=CheckReason.UNREACHABLE, details={"http_status": 200})


def test_a_huge_form_is_read_at_once() -> None:
    """What grew with the square of its length would take hours."""
    began = time.thread_time()

    form("access_token=a&" + "x=1&" * 500_000 + "y")
    form("access_token=" + "a" * 2_000_000 + "<")

    assert time.thread_time() - began < 10


# A refresh token alone


@pytest.mark.parametrize("access_token", [None, "", 7, "a b", "x" * 20_000])
def test_a_refresh_token_is_kept_without_an_access_token(access_token: object) -> None:
    found = refusal({"access_token": access_token, "refresh_token": "the-only-one"})

    assert (found.reason, found.refresh_token) == (CheckReason.UNREACHABLE, "the-only-one")
    assert "the-only-one" not in repr(found)


@pytest.mark.parametrize(("status", "error"), [(400, None), (500, None), (200, "invalid_grant")])
def test_no_refresh_token_is_taken_from_a_refusal(status: int, error: str | None) -> None:
    assert refusal({"error": error, "refresh_token": "r"}, status).refresh_token is None


# Refusals


@pytest.mark.parametrize("status", [200, 400, 401, 403])
@pytest.mark.parametrize("code", ["invalid_grant", "invalid_client", "unauthorized_client"])
def test_an_error_that_the_provider_names_needs_reconnecting(status: int, code: str) -> None:
    found = refusal({"error": code}, status)

    assert found.reason is CheckReason.NEEDS_RECONNECT
    assert found.details == {"http_status": status, "provider_code": code}


@pytest.mark.parametrize("code", ["temporarily_unavailable", "server_error", "slow_down"])
@pytest.mark.parametrize("status", [200, 400, 503])
def test_an_error_that_passes_may_be_tried_again(status: int, code: str) -> None:
    assert refusal({"error": code}, status).reason is CheckReason.UNREACHABLE


@pytest.mark.parametrize("status", [404, 409, 410, 418, 422, 451])
def test_any_other_fault_of_the_request_needs_reconnecting(status: int) -> None:
    assert refusal(b"", status).reason is CheckReason.NEEDS_RECONNECT


def test_a_refusal_as_hubspot_words_it_needs_reconnecting() -> None:
    found = refusal({"status": "BAD_REFRESH_TOKEN", "message": "missing or unknown"}, 400)

    assert found.reason is CheckReason.NEEDS_RECONNECT
    assert found.details == {"http_status": 400, "provider_code": "BAD_REFRESH_TOKEN"}


def test_a_refusal_as_strava_words_it_needs_reconnecting() -> None:
    fault = {"resource": "RefreshToken", "field": "refresh_token", "code": "invalid"}

    found = refusal({"message": "Bad Request", "errors": [fault]}, 400)

    assert found == Refusal(reason=CheckReason.NEEDS_RECONNECT, details={"http_status": 400})


@pytest.mark.parametrize("status", [302, 408, 429, 500, 502, 503])
def test_any_other_status_may_be_tried_again(status: int) -> None:
    assert refusal({"error": "invalid_grant"}, status).reason is CheckReason.UNREACHABLE


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'"error"', b"\xff", b"[" * 100_000, b'{"a": 1}']
)
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, CheckReason.UNREACHABLE),
        (302, CheckReason.UNREACHABLE),
        (400, CheckReason.NEEDS_RECONNECT),
        (401, CheckReason.NEEDS_RECONNECT),
    ],
)
def test_an_answer_without_a_word_from_the_provider_means_what_its_status_does(
    status: int, reason: CheckReason, body: bytes
) -> None:
    assert refusal(body, status) == Refusal(reason=reason, details={"http_status": status})


def test_an_error_wins_over_a_token() -> None:
    found = refusal({"access_token": "a", "error": "invalid_grant"})

    assert found.reason is CheckReason.NEEDS_RECONNECT


@pytest.mark.parametrize("nothing", [None, "", False])
def test_an_empty_error_is_none(nothing: object) -> None:
    assert tokens(error=nothing).access_token == "a-token"


def test_the_time_to_wait_is_kept() -> None:
    found = refusal({"error": "slow_down"}, 429, **{"retry-after": "7"})

    assert found.details["retry_after_s"] == 7


@pytest.mark.parametrize(
    "code", [SECRET, f"bad:{SECRET[:8]}", "a b", "<b>", "x" * 65, None, {}, ["a"], True, 1.5]
)
def test_a_code_that_shows_a_secret_or_is_none_is_left_out(code: object) -> None:
    found = refusal({"error": code}, 400)

    assert "provider_code" not in found.details


# Anything


@given(body=anything, status=statuses)
@example(body=b'{"access_token": "a", "expires_in": NaN}', status=200)
@example(body=b'{"access_token": "a", "expires_in": Infinity}', status=200)
@example(body=b'{"access_token": "a", "expires_in": -Infinity}', status=200)
@example(body=b'{"access_token": "\\ud800"}', status=200)
@example(body=b'{"error": "\\ud800"}', status=400)
@example(body=b'{"expires_in": ' + b"9" * 5_000 + b', "access_token": "a"}', status=200)
@example(body=b'{"a":' * 50_000, status=200)
def test_no_answer_is_an_exception(body: bytes, status: int) -> None:
    found = read(answer(body, status), secrets=[SECRET])

    if isinstance(found, Tokens):
        assert 200 <= status < 300
        assert found.access_token.isascii()
        assert found.lifetime_s is None or 0 < found.lifetime_s <= TEN_YEARS_S
        assert found.lifetime_s is None or math.isfinite(found.lifetime_s)
    else:
        assert found.details.keys() <= DETAIL_KEYS
        assert found.details["http_status"] == status
        assert found.reason in (CheckReason.NEEDS_RECONNECT, CheckReason.UNREACHABLE)


@given(
    at=st.integers(0, len(SECRET) - 8),
    length=st.integers(8, len(SECRET)),
    before=st.text("ab_.", max_size=4),
    status=statuses,
)
def test_no_part_of_a_secret_is_in_the_details(
    at: int, length: int, before: str, status: int
) -> None:
    shown = SECRET[min(at, len(SECRET) - length) :][:length]

    found = refusal({"error": before + shown, "error_description": SECRET}, status)

    assert shown not in json.dumps(dict(found.details))
