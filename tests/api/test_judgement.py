"""Reading answers that no honest provider would send."""

from __future__ import annotations

import json

import pytest

from integrations_app.domain.check import CheckReason
from integrations_app.domain.provider import Check, Verdict
from integrations_app.providers.checks.judgement import judge
from integrations_app.security.egress import Response

CHECK = Check(
    url="https://api.example/me",
    requires=("data.id",),
    account_id="data.id",
    account_name="data.label",
    provider_code="error.code",
)
SECRET = "sk-0123456789abcdef"


def answer(body: object, *, status: int = 200, **headers: str) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers=headers, body=raw)


@pytest.mark.parametrize(
    "retry_after",
    [
        "soon",
        "-5",
        "1.5",
        "٣٠",
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "Mon, 99 Foo 2026 25:61:61 GMT",
        "Mon, 01 Jan 2026 00:00:00 +99999999",
        "\x00",
    ],
)
def test_nonsense_in_retry_after_is_left_out(retry_after: str) -> None:
    limited = answer({}, status=429, **{"retry-after": retry_after})

    result = judge(CHECK, limited, secrets=[SECRET])

    assert result.reason is CheckReason.RATE_LIMITED
    assert "retry_after_s" not in result.details


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("0", 0), ("99999999999999999999", 86_400), ("Mon, 01 Jan 2001 00:00:00 GMT", 0)],
)
def test_a_time_to_wait_is_between_nothing_and_a_day(retry_after: str, seconds: int) -> None:
    limited = answer({}, status=429, **{"retry-after": retry_after})

    assert judge(CHECK, limited, secrets=[]).details["retry_after_s"] == seconds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"data": null}',
        b'{"data": []}',
        b'{"data": {"id_": 1}}',
        b"[" * 100_000,
        b'{"data": {"id": ' + b"9" * 10_000 + b"}}",
    ],
)
def test_a_success_without_its_proof_is_none(body: bytes) -> None:
    result = judge(CHECK, answer(body), secrets=[SECRET])

    assert (result.ok, result.reason) == (False, CheckReason.PROVIDER_ERROR)


@pytest.mark.parametrize("label", [SECRET, f"key {SECRET[:9]}…", SECRET[-8:], "", "  ", 1.5, None])
def test_a_label_that_repeats_the_key_or_is_none_is_no_account_name(label: object) -> None:
    result = judge(CHECK, answer({"data": {"id": 7, "label": label}}), secrets=[SECRET])

    assert result.ok
    assert result.account is not None
    assert (result.account.id, result.account.name) == ("7", None)


def test_a_label_loses_what_cannot_be_shown() -> None:
    body = {"data": {"id": "7", "label": "A\x00cm\u202ee\n" + "e" * 500}}

    result = judge(CHECK, answer(body), secrets=[SECRET])

    assert result.account is not None
    assert result.account.name == "Acme" + "e" * 196


@pytest.mark.parametrize("code", [SECRET, "two words", "<b>", {"a": 1}, True, "x" * 65, None])
def test_what_does_not_look_like_a_code_is_left_out(code: object) -> None:
    refused = answer({"error": {"code": code}}, status=401)

    assert judge(CHECK, refused, secrets=[SECRET]).details == {"http_status": 401}


def test_a_verdict_tells_false_from_nothing_and_from_zero() -> None:
    empty = Verdict(status=(200,), path="paid", equals=False, reason=CheckReason.NO_CREDIT)
    check = Check(url="https://api.example/me", requires=("paid",), verdicts=(empty,))

    reasons = [
        judge(check, answer(body), secrets=[]).reason
        for body in ({"paid": False}, {"paid": 0}, {"paid": None}, {"paid": True}, {})
    ]

    assert reasons == [CheckReason.NO_CREDIT, None, None, None, CheckReason.PROVIDER_ERROR]


@pytest.mark.parametrize("status", [100, 204, 301, 308, 400, 404, 418, 451, 599])
def test_a_status_that_says_nothing_of_the_key_is_the_providers_error(status: int) -> None:
    result = judge(CHECK, answer({}, status=status), secrets=[])

    assert (result.ok, result.reason) == (False, CheckReason.PROVIDER_ERROR)
