"""What the server's log says, and how."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from os import getpid
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars

from integrations_app.logs import formatter
from integrations_app.security.quiet_log import quieted

SECRET = "sk-or-v1-local-variable"


class Log:
    """A log of one's own, and what it says."""

    def __init__(self, *, for_people: bool) -> None:
        self.stream = io.StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.setFormatter(formatter(for_people=for_people))
        handler.addFilter(quieted)
        self.logger = logging.Logger("integrations_app.services.checking.run")  # noqa: LOG001
        self.logger.addHandler(handler)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Log:
    return Log(for_people=False)


@pytest.fixture(params=[False, True], ids=["json", "columns"])
def either(request: pytest.FixtureRequest) -> Iterator[Log]:
    return Log(for_people=request.param)


def failure() -> None:
    api_key = SECRET
    raise ValueError(f"{len(api_key)} characters are too many")


def logged_failure(log: Log) -> None:
    secret = SECRET
    try:
        failure()
    except ValueError:
        log.logger.exception("It failed.", extra={"secret": secret})


def test_a_line_is_json_and_says_when_who_what_and_how_bad(log: Log) -> None:
    log.logger.warning("%s is away", "The database")

    [line] = log.lines
    told_at = datetime.fromisoformat(line.pop("timestamp"))
    assert abs((datetime.now(UTC) - told_at).total_seconds()) < 60
    assert line == {
        "event": "The database is away",
        "level": "warning",
        "logger": "integrations_app.services.checking.run",
        "process": getpid(),
    }


def test_a_traceback_stays_on_its_line(log: Log) -> None:
    logged_failure(log)

    [line] = log.lines
    assert line["event"] == "It failed."
    assert "ValueError: 23 characters are too many" in line["exception"]
    assert "in failure" in line["exception"]


def test_people_read_columns_and_the_traceback_beneath() -> None:
    log = Log(for_people=True)

    logged_failure(log)

    assert "It failed." in log.text
    assert "in failure" in log.text
    assert not log.text.startswith("{")


def test_no_log_shows_local_variables_or_what_others_add(either: Log) -> None:
    logged_failure(either)

    assert "in failure" in either.text
    assert SECRET not in either.text


def test_what_belongs_to_a_request_carries_its_id_in_threads_too(log: Log) -> None:
    async def request(number: int) -> None:
        with bound_contextvars(request_id=f"request {number}"):
            await asyncio.to_thread(log.logger.info, "%s", number)

    async def requests() -> None:
        await asyncio.gather(*map(request, range(10)))

    asyncio.run(requests())
    log.logger.info("none")

    *of_requests, last = log.lines
    assert {line["request_id"]: line["event"] for line in of_requests} == {
        f"request {number}": str(number) for number in range(10)
    }
    assert "request_id" not in last


def test_what_reflex_says_of_an_event_is_left_out(either: Log) -> None:
    either.logger.name = "reflex_base.event"

    either.logger.error("Error processing Event(api_key='%s')", SECRET)

    assert "A failure in " in either.text
    assert SECRET not in either.text
