"""Each variable is declared once: read, documented and kept secret from there."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import fields

import pytest

from integrations_app import settings
from integrations_app.settings import VARIABLES, Settings
from integrations_app.settings.variables import Variable
from tests.settings import table

SECRET = "hunter2hunter2hunter2hunter2hunt"

RIGHT = {
    "DATABASE_URL": f"postgresql://ada:{SECRET}@db.example/app",
    "INTEGRATIONS_LISTEN_URL": f"postgresql://ada:{SECRET}@db.example/app",
    "INTEGRATIONS_ENCRYPTION_KEYS": base64.b64encode(SECRET.encode()).decode(),
    "REDIS_URL": f"redis://:{SECRET}@redis.example/0",
    "INTEGRATIONS_METRICS_TOKEN": SECRET,
}
"""A value of each variable that is secret."""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.NAMES:
        monkeypatch.delenv(name, raising=False)


def in_shell(text: str) -> str:
    """What a shell makes of a text between double quotes."""
    return subprocess.check_output(["bash", "-c", f'printf %s "{text}"'], text=True)


def test_each_setting_is_decided_by_one_variable() -> None:
    decided = [variable.field for variable in VARIABLES]

    assert sorted(decided) == sorted(each.name for each in fields(Settings))
    assert len(set(settings.NAMES)) == len(VARIABLES)


def test_the_documentation_has_the_table_of_the_declarations() -> None:
    document = table.DOCUMENT.read_text()

    assert table.BEGIN in document
    assert document == table.written(document), "run `make settings`"


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_an_example_can_be_used_and_differs_from_the_default(
    monkeypatch: pytest.MonkeyPatch, variable: Variable
) -> None:
    by_default = getattr(settings.load(), variable.field)

    monkeypatch.setenv(variable.name, in_shell(variable.example))

    example = getattr(settings.load(), variable.field)
    assert example != by_default or variable.name == "WEB_CONCURRENCY"  # as many cores, perhaps


def test_what_is_secret_is_what_a_representation_leaves_out() -> None:
    left_out = {each.name for each in fields(Settings) if not each.repr}

    assert left_out == {variable.field for variable in VARIABLES if variable.is_secret}
    assert set(RIGHT) == {variable.name for variable in VARIABLES if variable.is_secret}


@pytest.mark.parametrize(("name", "value"), RIGHT.items(), ids=RIGHT)
def test_a_secret_is_read_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    read = settings.load()

    field = next(variable.field for variable in VARIABLES if variable.name == name)
    assert SECRET in str(getattr(read, field))
    assert SECRET not in repr(read)
    assert value not in repr(read)
