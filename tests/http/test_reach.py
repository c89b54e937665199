"""Pages without a websocket are told whether they are at the right address; so is the log."""

from __future__ import annotations

import logging

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from integrations_app.http import reach

RIGHT = "https://integrations.example"


@pytest.fixture(autouse=True)
def public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that the server expects."""
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", RIGHT)


def ask(origin: str, **scope: bool) -> tuple[int, object]:
    """Ask as the page of an origin."""
    app = Starlette(routes=[reach.route()])

    async def around(told: Scope, receive: Receive, send: Send) -> None:
        await app({**told, **scope}, receive, send)

    answer = TestClient(around).post(reach.REACH, headers={"Origin": origin})
    return answer.status_code, answer.json() if answer.content else None


def test_a_page_at_the_right_address_is_told_so() -> None:
    assert ask(RIGHT) == (200, {"accepted": True, "origin": RIGHT})


@pytest.mark.parametrize("origin", ["http://integrations.example", "http://10.0.0.7:3000", ""])
def test_a_page_at_another_address_is_told_the_right_one(origin: str) -> None:
    assert ask(origin) == (200, {"accepted": False, "origin": RIGHT})


def test_while_no_websockets_are_let_in_the_server_is_as_good_as_away() -> None:
    assert ask(RIGHT, **{reach.WEBSOCKETS_ARE_SHUT: True}) == (503, None)


def test_the_log_names_a_refused_address_once_and_strangers_cannot_fill_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        for number in range(2_000):
            reach.warn_of(f"http://stranger-{number}.example")
            reach.warn_of("http://stranger-0.example" + "x" * number)

    said = [record.getMessage() for record in caplog.records]
    assert said[0].startswith("A page at 'http://stranger-0.example' was refused")
    assert RIGHT in said[0]
    assert len(said) == len(set(said)) <= 50
    assert max(map(len, said)) < 500
