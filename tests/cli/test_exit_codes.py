"""How the command ends: one number for each kind of end."""

from __future__ import annotations

import pytest

from integrations_app import errors
from integrations_app.cli import exit_codes
from integrations_app.cli.exit_codes import OF_ERRORS, ExitCode
from integrations_app.domain.connection import Connection
from integrations_app.errors import FieldProblem, IntegrationError, InvalidFields
from tests.cli.command import NOBODY, connections, run
from tests.cli.conftest import KEY
from tests.features.ai_endpoints.conftest import endpoint
from tests.world import Behaviour, key

WRONG = key("mistral", Behaviour.WRONG, serial="cli")

ENDS = {
    "a list": (["list"], ExitCode.DONE),
    "an unknown provider": (["add", "nonsuch", "main"], ExitCode.NOT_FOUND),
    "no uuid": (["show", "mistral"], ExitCode.USAGE),
    "a name without its flag": (["show", "mistral:main"], ExitCode.USAGE),
    "half a name": (["show", "mistral", "--by-name"], ExitCode.USAGE),
    "a missing argument": (["show"], ExitCode.USAGE),
    "an unknown option": (["list", "--nonsense"], ExitCode.USAGE),
    "no such status": (["list", "--status", "fine"], ExitCode.USAGE),
    "an uuid of nothing": (["show", NOBODY], ExitCode.NOT_FOUND),
    "a name of nothing": (["usages", "mistral:other", "--by-name"], ExitCode.NOT_FOUND),
    "a name that cannot be": (["add", "mistral", "our key"], ExitCode.USAGE),
    "a name that is taken": (["add", "mistral", "main"], ExitCode.CONFLICT),
    "a stale version": (
        ["set", "mistral:main", "--by-name", "--name", "new", "--expected-version", "0"],
        ExitCode.CONFLICT,
    ),
    "nothing to change": (["set", "mistral:main", "--by-name"], ExitCode.USAGE),
    "a check that fails": (
        ["test", "mistral", "--secret", "api_key=env:WRONG"],
        ExitCode.CHECK_FAILED,
    ),
    "a check that succeeds": (["test", "mistral:main", "--by-name"], ExitCode.DONE),
    "nobody to ask": (
        ["remove", "mistral:main", "--by-name", "--used-as", "tag"],
        ExitCode.USAGE,
    ),
    "removing what is used": (["remove", "mistral:main", "--by-name", "--yes"], ExitCode.CONFLICT),
    "removing what is not there": (["remove", NOBODY, "--yes"], ExitCode.DONE),
    "disconnecting what is not there": (["disconnect", NOBODY], ExitCode.DONE),
    "a replacement by itself": (
        [*("remove", "mistral:main", "--by-name", "--yes"), "--replace-with", "mistral:main"],
        ExitCode.USAGE,
    ),
}


class OfModule(errors.Conflict):
    """An error that a module made for itself."""


def tree(kind: type[IntegrationError]) -> set[type[IntegrationError]]:
    return {kind}.union(*(tree(child) for child in kind.__subclasses__()))


def test_every_error_has_its_exit_code() -> None:
    ours = {kind for kind in tree(IntegrationError) if kind.__module__.startswith(errors.__name__)}
    private = {kind for kind in ours if kind.__name__.startswith("_")}

    assert set(OF_ERRORS) == ours - private


def test_an_error_of_a_module_ends_like_its_parent() -> None:
    assert exit_codes.of(OfModule(fields=["name"], version=2)) is ExitCode.CONFLICT


def test_the_numbers_are_those_of_the_contract() -> None:
    assert [code.value for code in ExitCode] == [0, 1, 2, 3, 4, 5, 6, 7, 130]
    assert all(code.meaning for code in ExitCode)


@pytest.mark.parametrize("problem", FieldProblem)
def test_every_problem_of_a_field_has_its_words(problem: FieldProblem) -> None:
    words = exit_codes.in_words(InvalidFields({"api_key": problem}))

    assert words.startswith("api_key ")
    assert problem.value not in words or problem is FieldProblem.REQUIRED


@pytest.mark.parametrize(("arguments", "code"), ENDS.values(), ids=ENDS)
def test_each_end_has_its_code_and_nothing_but_data_on_standard_output(
    main: Connection, arguments: list[str], code: ExitCode
) -> None:
    endpoint("chat", main.uuid)

    ended = connections(*arguments, WRONG=WRONG)

    assert ended.code == code, ended.err
    if code not in (ExitCode.DONE, ExitCode.CHECK_FAILED):
        assert ended.out == ""
        assert ended.err
    assert KEY not in ended.said
    assert WRONG not in ended.said


def test_a_database_that_is_away_is_one_line() -> None:
    ended = connections("list", DATABASE_URL="postgresql://ada:hunter2@127.0.0.1:1/nothing")

    assert ended.code == ExitCode.FAILED
    assert len(ended.err.splitlines()) == 1
    assert "hunter2" not in ended.said


def test_a_setting_with_nonsense_is_one_line() -> None:
    ended = connections("list", PORT="eighty")

    assert (ended.code, ended.err) == (1, "PORT: must be a number from 1 to 65535\n")


def test_an_admin_whose_password_is_weak_is_wrong_usage() -> None:
    ended = run("create-admin", "ada@example.com", INTEGRATIONS_ADMIN_PASSWORD="short")

    assert ended.code == ExitCode.USAGE
    assert "12 to 500 characters" in ended.err
