"""Terminals, pipes, and neither: what the command does with who is there, and who has gone."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from integrations_app import integrations
from integrations_app.cli.exit_codes import ExitCode
from integrations_app.domain.connection import Connection
from tests.cli.command import COMMAND, LONGEST_S, connections, on_terminal
from tests.postgresql import DatabaseUnderTest
from tests.processes import REPOSITORY
from tests.world import Behaviour, World, key

_ESCAPE = re.compile(r"\x1b\[")
REMOVE = ("connections", "remove", "mistral:main", "--by-name")


def test_a_terminal_shows_a_table_and_a_pipe_gets_lines(main: Connection) -> None:
    with on_terminal("connections", "list") as terminal:
        assert terminal.ended() == 0

    heading, line = (_ESCAPE.sub("", each) for each in terminal.shown.splitlines())
    assert heading.split()[-1].endswith("ACCOUNT") or "ACCOUNT" in heading
    assert str(main.uuid) in line
    assert "\t" not in line
    assert connections("list").out == f"{main.uuid}\tmistral\tmain\tconfigured\t\n"


def test_without_colours_there_are_none(main: Connection) -> None:
    with on_terminal("connections", "list", NO_COLOR="1") as terminal:
        assert terminal.ended() == 0

    assert "ACCOUNT" in terminal.shown
    assert not _ESCAPE.search(terminal.shown)


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, 0), ("n\n", 1, 1), ("\x04", 1, 1)])
def test_a_removal_asks_on_a_terminal(main: Connection, answer: str, code: int, left: int) -> None:
    with on_terminal(*REMOVE) as terminal:
        terminal.wait_for(f"Remove mistral:main ({main.uuid}) for good? [y/N]")
        terminal.type(answer)
        assert terminal.ended() == code, terminal.shown

    assert len(integrations.list_connections()) == left


def test_what_changed_while_it_asked_is_not_removed(main: Connection) -> None:
    with on_terminal(*REMOVE) as terminal:
        terminal.wait_for("[y/N]")
        integrations.rename_connection(main.uuid, "renamed")
        terminal.type("y\n")
        assert terminal.ended() == ExitCode.CONFLICT

    assert integrations.get_integration_by_uuid(main.uuid).name == "renamed"


def test_ctrl_c_ends_it_at_once_and_without_a_word_of_python(outside: World) -> None:
    hanging = key("mistral", Behaviour.HANGING, serial="cli")
    command = ("connections", "test", "mistral", "--secret", "api_key=env:HANGING")

    with on_terminal(*command, HANGING=hanging) as terminal:
        outside.wait_for_requests(key=hanging, timeout_s=LONGEST_S)
        terminal.type("\x03")
        code = terminal.ended()

    assert code == ExitCode.INTERRUPTED
    assert "Traceback" not in terminal.shown
    assert hanging not in terminal.shown


def test_a_reader_that_has_gone_is_no_matter(db: DatabaseUnderTest) -> None:
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'n' || at FROM generate_series(1, 2000) AS at"
    )
    read, written = os.pipe()
    os.close(read)

    for output in ("plain", "json", "yaml", "table"):
        command = [*COMMAND, "connections", "list", "--output", output]
        ended = subprocess.run(
            command, cwd=REPOSITORY, stdout=written, stderr=subprocess.PIPE, check=False
        )
        assert (ended.returncode, ended.stderr) == (1, b"")
    os.close(written)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("connections list >&-", "Standard output is closed."),
        ("connections list --output json >/dev/full", "Standard output: No space left on device."),
        (f"{' '.join(REMOVE)} <&-", "There is no terminal to ask on; give --yes to remove it."),
        (
            "connections add mistral other --secret api_key=- <&-",
            "api_key: standard input is closed.",
        ),
        ("connections list 2>&-", ""),
    ],
)
def test_what_is_closed_or_full_is_said_in_one_line(
    main: Connection, command: str, said: str
) -> None:
    code = "'from integrations_app.cli import main; main()'"

    ended = subprocess.run(
        ["bash", "-c", f"{COMMAND[0]} -c {code} {command}"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert bool(ended.returncode) == bool(said)
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(integrations.list_connections()) == 1
