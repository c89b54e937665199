"""Secrets come in unseen and never go out: not as arguments, not in what is said about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations_app import integrations
from integrations_app.cli.exit_codes import ExitCode
from tests.cli.command import NOBODY, connections, on_terminal
from tests.cli.conftest import KEY
from tests.postgresql import DatabaseUnderTest

ADD = ("add", "mistral", "main", "--no-check")

REFUSED = {
    "as an argument": ["--secret", f"api_key={KEY}"],
    "in place of the field": ["--secret", KEY],
    "interchanged with the field": ["--secret", f"{KEY}=api_key"],
    "as an open value": ["--set", f"api_key={KEY}"],
    "as an open field": ["--set", f"{KEY}=x"],
    "as a further argument": [KEY],
    "as a variable's name": ["--secret", f"api_key=env:{KEY}"],
    "as a file's name": ["--secret", f"api_key=@{KEY}"],
    "twice": ["--secret", "api_key=env:KEY", "--secret", "api_key=env:KEY"],
    "on a terminal that is not there": ["--secret", "api_key"],
    "in a file that is too long": ["--secret", "api_key=@/dev/zero"],
    "from standard input that is empty": ["--secret", "api_key=-"],
    "from standard input twice": ["--secret", "api_key=-", "--secret", "api_key=-"],
}


def stored() -> str:
    return integrations.get_credentials("mistral:main")["api_key"]


@pytest.mark.parametrize("options", REFUSED.values(), ids=REFUSED)
def test_a_secret_at_the_wrong_place_is_refused_and_not_repeated(options: list[str]) -> None:
    ended = connections(*ADD, *options, KEY=KEY)

    assert ended.code in (ExitCode.USAGE, ExitCode.FAILED)
    assert ended.out == ""
    assert KEY not in ended.err
    assert integrations.list_connections() == []


@pytest.mark.parametrize(
    "command",
    [["show", KEY], ["test", KEY], ["test", f"sk-{KEY}"], ["add", KEY, "main"]],
    ids=["connection", "provider", "neither", "provider to add to"],
)
def test_a_secret_in_place_of_a_connection_or_provider_is_not_repeated(command: list[str]) -> None:
    ended = connections(*command)

    assert ended.code in (ExitCode.USAGE, ExitCode.NOT_FOUND)
    assert ended.out == ""
    assert KEY not in ended.err


def test_a_refused_argument_is_told_what_to_do_instead() -> None:
    ended = connections(*ADD, "--secret", f"api_key={KEY}")

    assert "api_key=- (standard input), api_key=@FILE or api_key=env:NAME" in ended.err


def test_a_secret_comes_from_a_file_without_the_end_of_its_line(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\r\n")

    connections(*ADD, "--secret", f"api_key=@{tmp_path / 'key'}")

    assert stored() == KEY


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")

    ended = connections(*ADD, "--secret", f"api_key=@{tmp_path / 'key'}")

    assert (ended.code, ended.err) == (1, "api_key: that is no text in UTF-8.\n")


@pytest.mark.parametrize("option", ["api_key", "api_key=-"])
def test_a_secret_that_is_typed_is_not_shown(db: DatabaseUnderTest, option: str) -> None:
    with on_terminal("connections", *ADD, "--secret", option) as terminal:
        terminal.wait_for("API key: ")
        terminal.type(f"{KEY}\n")
        code = terminal.ended()

    assert code == 0, terminal.shown
    assert stored() == KEY
    assert KEY not in terminal.shown


@pytest.mark.parametrize("output", ["table", "json", "yaml", "plain"])
def test_no_output_of_any_kind_has_the_secret(output: str) -> None:
    added = connections(*ADD, "--secret", "api_key=env:KEY", "--output", output, KEY=KEY)
    changed = connections(
        *("set", "mistral:main", "--by-name", "--secret", "api_key=env:KEY"),
        *("--output", output),
        KEY=KEY,
    )

    assert (added.code, changed.code) == (0, 0)
    assert KEY not in added.said + changed.said


def test_a_secret_in_place_of_a_value_that_cannot_be_saved_is_not_repeated() -> None:
    ended = connections(*ADD, "--secret", "api_key=env:KEY", KEY=f"{KEY}\x07{KEY}")

    assert ended.code == ExitCode.USAGE
    assert ended.err == "api_key has control characters.\n"


def test_what_is_looked_for_before_a_secret_is_read_says_so_first() -> None:
    ended = connections("set", NOBODY, "--secret", "api_key=-", stdin=KEY)

    assert ended.code == ExitCode.NOT_FOUND
