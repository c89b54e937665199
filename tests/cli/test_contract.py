"""What scripts rely on: commands, flags, fields. A change here is a change for everyone's scripts.

New lines may come; whatever stands here stays as it is.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from integrations_app import integrations
from integrations_app.cli.output import Output
from integrations_app.domain.connection import Connection, Status
from tests.cli.command import connections, run
from tests.cli.test_help import ALL
from tests.features.ai_endpoints.conftest import endpoint

COMMANDS = """
integrations [--install-completion] [--show-completion]
integrations build [--if-changed]
integrations connections
integrations connections add PROVIDER NAME [--no-check] [--output …] [--secret …]* [--set …]*
integrations connections disconnect UUID [--by-name]
integrations connections list [--limit …] [--output …] [--provider …] [--search …] [--status …]
integrations connections remove UUID [--by-name] [--replace-with …] [--used-as …] [--yes]
integrations connections set UUID [--by-name] [--expected-version …] [--name …] [--output …] [--secret …]* [--set …]*
integrations connections show UUID [--by-name] [--output …]
integrations connections test UUID|PROVIDER [--by-name] [--output …] [--secret …]* [--set …]*
integrations connections usages UUID [--by-name] [--output …]
integrations create-admin EMAIL
integrations doctor [--output …]
integrations migrate
integrations serve
"""  # noqa: E501 - one line a command

CONNECTION = [
    *("uuid", "provider", "name", "storage_key", "status", "auth_type"),
    *("setup_values", "saved_secrets", "account_id", "account_name", "metadata", "scopes"),
    *("last_validated_at", "connected_at", "next_check_at"),
    *("validation_reason", "validation_details", "version", "created_at", "updated_at"),
]
RESULT = ["ok", "reason", "details", "account", "message"]
FINDING = ["subject", "level", "message", "remedy"]


def line(path: tuple[str, ...], command: Any) -> str:
    """A command with its arguments and options."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each not in arguments]
    told = [f"[{each.opts[0]}{_value(each)}]{'*' * each.multiple}" for each in options]
    return " ".join(["integrations", *path, *(each.metavar for each in arguments), *sorted(told)])


def _value(option: Any) -> str:
    return "" if option.is_flag else " …"


def test_commands_and_flags_are_those_that_scripts_know() -> None:
    assert sorted(line(path, command) for path, command in ALL.items()) == (
        COMMANDS.strip().splitlines()
    )


def test_choices_are_those_that_scripts_know() -> None:
    assert [each.value for each in Output] == ["table", "json", "yaml", "plain"]
    assert [each.value for each in Status] == ["disconnected", "configured", "connected", "error"]


def test_json_has_the_fields_that_scripts_know(main: Connection) -> None:
    endpoint("chat", main.uuid)
    name = ("mistral:main", "--by-name", "--output", "json")

    [listed] = connections("list", "--output", "json").data
    shown = connections("show", *name).data
    saved = connections("set", *name, "--name", "main").data
    usages = connections("usages", *name).data

    assert list(listed) == list(shown) == list(saved) == CONNECTION
    assert listed == shown
    assert list(usages) == ["usages", "tag"]
    assert list(usages["usages"][0]) == ["label", "url", "blocking"]


def test_json_says_what_python_says(main: Connection) -> None:
    shown = connections("show", str(main.uuid), "--output", "json").data
    of_python = asdict(integrations.get_integration_by_uuid(main.uuid))

    assert shown.keys() == of_python.keys()
    assert shown["uuid"] == str(main.uuid)
    assert shown["saved_secrets"] == list(main.saved_secrets)
    assert shown["created_at"] == main.created_at.isoformat()


def test_json_of_checks_has_the_fields_that_scripts_know() -> None:
    assert list(connections("test", "mistral", "--output", "json").data) == RESULT


def test_an_examination_has_the_fields_that_scripts_know() -> None:
    report = run("doctor", "--output", "json").data

    assert list(report) == ["healthy", "findings"]
    assert all(list(each) == FINDING for each in report["findings"])


def test_the_format_that_doctor_used_to_have_is_still_understood() -> None:
    assert run("doctor", "--output", "text").out.startswith(("ok  ", "warning  ", "problem  "))
