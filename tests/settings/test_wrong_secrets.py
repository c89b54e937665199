"""A secret in the wrong variable, or misspelt in the right one, is repeated nowhere."""

from __future__ import annotations

import base64
import logging
import os
import subprocess
import traceback
from collections.abc import Iterator

import pytest

from integrations_app import settings
from integrations_app.errors import InvalidSetting
from tests.cli.command import COMMAND
from tests.processes import REPOSITORY

SECRET = "hunter2!Wr0ng"
KEY = base64.b64encode(b"k" * 32).decode()

WRONG = {
    "DATABASE_URL": [
        "{}",
        "mysql://ada:{}@db.example/app",
        "postgresql://ada:{}@db.example:many/app",
        "postgresql://ada:{}%@db.example/app",
        "postgresql://ada:p/{}@db.example/app",
        "postgresql://ada@db.example/app?{}=1",
        "postgresql://ada@db.example/app?nonsense={}",
    ],
    "INTEGRATIONS_DB_CONNECTIONS": ["{}"],
    "INTEGRATIONS_SCHEMA": ["{}"],
    "INTEGRATIONS_LISTEN_URL": ["{}", "postgresql://ada:{}%@db.example/app"],
    "INTEGRATIONS_DATA_DIR": ["~{}/data"],
    "INTEGRATIONS_ENCRYPTION_KEYS": ["{}", f"{KEY},{{}}"],
    "INTEGRATIONS_PUBLIC_URL": [
        "{}",
        "ftp://{}",
        "https://{}@admin.example.com",
        "https://ada:{}@admin.example.com",
        "https://{}",
        "https://[{}",
        "https://admin.example.com:{}",
        "https://admin.example.com/{}",
        "https://admin.example.com?{}",
        "https://admin.example.com/ {}",
    ],
    "INTEGRATIONS_ALLOW_PRIVATE_NETWORK": ["{}", "10.0.0.0/8, {}", "https://{}"],
    "REDIS_URL": ["{}", "redis://:{}@redis.example:many/0", "redis://redis.example/{}"],
    "WEB_CONCURRENCY": ["{}"],
    "PORT": ["{}"],
    "INTEGRATIONS_LISTEN": ["{}", "::1, {}", "[{}]"],
    "LOG_LEVEL": ["{}"],
    "INTEGRATIONS_METRICS_TOKEN": ["{}", "{} and \xe0 and more"],
    "INTEGRATIONS_TRUSTED_PROXIES": ["{}", "10.0.0.0/8, {}"],
}
"""What cannot be used, with a secret at some place in it, by variable."""

CASES = [
    pytest.param(name, form.replace("{}", SECRET), id=f"{name}-{number}")
    for name, forms in WRONG.items()
    for number, form in enumerate(forms)
]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.NAMES:
        monkeypatch.delenv(name, raising=False)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error with those that it was raised for, or while another was handled."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_every_variable_is_tried() -> None:
    assert set(WRONG) == set(settings.NAMES)


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_wrong_secret_is_repeated_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(InvalidSetting, match=f"^{name}: ") as refused:
        settings.load()

    logging.getLogger("integrations_app").error("no start", exc_info=refused.value)
    everywhere = [
        *(f"{error} {error!r} {vars(error)}" for error in chain(refused.value)),
        *traceback.format_exception(refused.value),
        caplog.text,
    ]
    assert SECRET not in "\n".join(everywhere)


@pytest.mark.parametrize(
    "value", [f"10.0.0.0/8,{SECRET}", f"{SECRET},10.0.0.0/8"], ids=["second", "first"]
)
def test_which_part_of_a_list_is_wrong_is_said_without_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("INTEGRATIONS_TRUSTED_PROXIES", value)
    number = value.split(",").index(SECRET) + 1

    with pytest.raises(InvalidSetting, match=f"part {number} of 2 is neither an address nor"):
        settings.load()


@pytest.mark.parametrize("command", [["migrate"], ["doctor"]], ids=["migrate", "doctor"])
def test_a_command_that_meets_one_repeats_it_nowhere(command: list[str]) -> None:
    wrong = {"DATABASE_URL": f"postgresql://ada:{SECRET}%@db.example/app"}

    ended = subprocess.run(
        [*COMMAND, *command],
        cwd=REPOSITORY,
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "DATABASE_URL" in ended.stdout + ended.stderr
    assert SECRET not in ended.stdout + ended.stderr
