"""What happens when the provider asks to come back later."""

from __future__ import annotations

import time
from uuid import UUID

import pytest

from tests.api.requests.callers import Send
from tests.api.requests.site import Echo, busy

BUSY = [429, 503]


@pytest.mark.parametrize("status", BUSY)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_is_sent_again(
    send: Send, echo: Echo, uuid: UUID, status: int, method: str
) -> None:
    response = send(uuid, method, busy(status=status, retry_after=0))

    assert (response.status_code, len(echo.seen)) == (200, 2)


def test_the_wait_is_as_long_as_the_provider_asks(send: Send, echo: Echo, uuid: UUID) -> None:
    began = time.monotonic()

    response = send(uuid, "GET", busy(retry_after=1))

    first, second = echo.seen
    assert response.status_code == 200
    assert 1.0 <= (second.at - first.at).total_seconds() <= time.monotonic() - began


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_changes_something_is_not_sent_again(
    send: Send, echo: Echo, uuid: UUID, method: str
) -> None:
    response = send(uuid, method, busy(retry_after=0))

    assert (response.status_code, len(echo.seen)) == (429, 1)


@pytest.mark.parametrize(("timeout", "retry_after"), [(1, 2), (5, 6), (None, 61)])
def test_a_wait_beyond_the_callers_deadline_is_the_callers(
    send: Send, echo: Echo, uuid: UUID, timeout: float | None, retry_after: int
) -> None:
    response = send(uuid, "GET", busy(retry_after=retry_after), timeout=timeout)

    assert (response.status_code, len(echo.seen)) == (429, 1)
    assert response.headers["retry-after"] == str(retry_after)


def test_all_waits_together_stay_within_the_deadline(send: Send, echo: Echo, uuid: UUID) -> None:
    response = send(uuid, "GET", busy(retry_after=1, times=9), timeout=1.8)

    assert (response.status_code, len(echo.seen)) == (429, 2)


def test_a_provider_that_stays_busy_is_asked_four_times(send: Send, echo: Echo, uuid: UUID) -> None:
    response = send(uuid, "GET", busy(retry_after=0, times=9))

    assert (response.status_code, len(echo.seen)) == (429, 4)


@pytest.mark.parametrize("asked", [{}, {"retry_after": "soon"}, {"status": 500, "retry_after": 0}])
def test_without_a_time_to_come_back_nothing_is_sent_again(
    send: Send, echo: Echo, uuid: UUID, asked: dict[str, object]
) -> None:
    response = send(uuid, "GET", busy(**asked))

    assert (response.is_error, len(echo.seen)) == (True, 1)


def test_auth_leaves_busy_providers_to_the_caller(
    send_by_auth: Send, echo: Echo, uuid: UUID
) -> None:
    response = send_by_auth(uuid, "GET", busy(retry_after=0))

    assert (response.status_code, len(echo.seen)) == (429, 1)
