"""What the log says of a request, and what becomes of one that nobody can answer."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from structlog.contextvars import get_contextvars

from integrations_app import routes
from integrations_app.domain.admin import Admin
from integrations_app.http.access_log import journal
from integrations_app.http.headers import security_headers
from tests.http.conftest import PASSWORD

Browser = Callable[..., TestClient]
SIGN_IN = "/api/integrations/sign-in"


async def fail(_request: Request) -> Response:
    raise ValueError("of all things")


async def fail_midway(_request: Request) -> Response:
    async def half() -> object:
        yield b"half"
        raise ValueError("of all things")

    return StreamingResponse(half())  # pyright: ignore[reportArgumentType]


@pytest.fixture
def failing() -> TestClient:
    async def bare(_scope: object, _receive: object, _send: object) -> None:
        raise ValueError("of all things")

    app = Starlette(
        routes=[Route("/fails", fail), Route("/half", fail_midway), Mount("/bare", bare)]
    )
    return TestClient(security_headers(journal(app)))


@pytest.fixture
def ids(caplog: pytest.LogCaptureFixture) -> list[object]:
    """The request id that was bound at each line."""
    found: list[object] = []

    def note(_record: logging.LogRecord) -> bool:
        found.append(get_contextvars().get("request_id"))
        return True

    caplog.handler.addFilter(note)
    caplog.set_level(logging.DEBUG, "integrations_app")
    return found


def test_a_call_of_an_endpoint_is_one_line(
    browser: Browser, ada: Admin, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "integrations_app"):
        browser().post(SIGN_IN, data={"email": "ada@example.com", "password": PASSWORD})

    [line] = caplog.records
    assert line.getMessage() == f"POST {SIGN_IN} 204"
    assert (line.__dict__["route"], line.__dict__["status"]) == (SIGN_IN, 204)
    assert line.__dict__["duration_ms"] >= 0


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/assets/page-1a2b.js", "/missing"])
def test_what_is_asked_all_the_time_is_not_told(
    browser: Browser, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.INFO, "integrations_app"):
        browser().get(path)

    assert caplog.records == []


def test_no_line_shows_what_is_in_an_address(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client = browser()
        client.get(routes.OAUTH_CALLBACK, params={"code": "4/SECRET", "state": "SECRET"})
        client.get(routes.SETUP, params={"token": "SECRET"})
        client.get("/assets/SECRET")
        client.request("SECRET", "/healthz")

    ours = [each.getMessage() for each in caplog.records if each.name.startswith("integrations")]
    assert any(routes.OAUTH_CALLBACK in line for line in ours)
    assert "SECRET" not in str(ours)


def test_a_line_carries_the_id_that_the_answer_names(
    browser: Browser, ids: list[object], ada: Admin
) -> None:
    answer = browser().post(SIGN_IN, data={"email": "ada@example.com", "password": "wrong"})

    assert answer.status_code == 401
    assert ids == [answer.headers["x-request-id"]] * 2, "the refusal, and the request's line"


@pytest.mark.parametrize("path", ["/fails", "/bare"])
def test_a_request_that_fails_is_answered_and_told_once(
    failing: TestClient, ids: list[object], caplog: pytest.LogCaptureFixture, path: str
) -> None:
    answer = failing.get(path)

    assert answer.status_code == 500
    assert "of all things" not in answer.text
    [error] = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert error.exc_info is not None
    assert ids[0] == answer.headers["x-request-id"]


def test_half_an_answer_is_not_passed_off_as_all(failing: TestClient) -> None:
    with pytest.raises(ValueError, match="of all things"):
        failing.get("/half")
