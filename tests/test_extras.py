"""Whoever uses a part that is not installed reads in one line what to install."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from integrations_app import cli, extras
from tests import processes
from tests.processes import REPOSITORY

IMPORT_PAGES = """
import importlib, sys
for name in {missing!r}:
    sys.modules[name] = None
for name in ("embedding", "components", "components.picker"):
    try:
        importlib.import_module(f"integrations_app.{{name}}")
    except ImportError as error:
        print(error)
"""
HOW_TO_INSTALL = "run pip install 'integrations-app[{}]'."
NEEDS_WEB = f"This needs the extra 'web': {HOW_TO_INSTALL.format('web')}\n"
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def miss(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process go on as if nothing were installed that an extra brings."""
    for name in extras.MODULES[extra]:
        monkeypatch.setitem(sys.modules, name, None)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command in this process; says how it ended."""
    monkeypatch.setattr(sys, "argv", ["integrations", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("extra", extras.MODULES)
def test_the_modules_of_an_extra_are_what_its_packages_bring(extra: str) -> None:
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    named = {
        requirement.partition("=")[0].partition(">")[0]
        for requirement in declared["optional-dependencies"][extra]
    }
    distributions = packages_distributions()

    brought = {
        name: {each.replace("_", "-") for each in distributions[name]}
        for name in extras.MODULES[extra]
    }

    assert named == set().union(*brought.values())
    assert all(len(those) == 1 for those in brought.values())


@pytest.mark.parametrize("command", [["serve"], ["build"], ["create-admin", "ada@example.com"]])
def test_a_command_of_the_pages_names_their_extra(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    miss("web", monkeypatch)

    assert run(monkeypatch, *command) == 1

    assert capsys.readouterr() == ("", NEEDS_WEB)


def test_whatever_other_reflex_apps_import_names_the_extra() -> None:
    said = processes.run(IMPORT_PAGES.format(missing=extras.MODULES["web"]))

    assert said + "\n" == 3 * NEEDS_WEB


def test_without_address_and_embedded_database_both_ways_out_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    miss("embedded", monkeypatch)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("INTEGRATIONS_DATA_DIR", str(tmp_path / "data"))

    assert run(monkeypatch, "migrate") == 1

    [said] = capsys.readouterr().err.splitlines()
    assert "Set DATABASE_URL" in said
    assert HOW_TO_INSTALL.format("embedded") in said
    assert list(tmp_path.iterdir()) == []


def test_the_examination_does_without_the_pages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    miss("web", monkeypatch)
    monkeypatch.setenv("DATABASE_URL", NOWHERE)

    assert run(monkeypatch, "doctor") == 1

    said = capsys.readouterr()
    assert "integrations-app " in said.out
    assert "reflex " not in said.out
    assert said.err == ""
