"""Each command of `integrations connections`, and what it leaves behind."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
import yaml

from integrations_app import integrations
from integrations_app.cli.exit_codes import ExitCode
from integrations_app.domain.connection import Connection, Status
from tests.api.facts import actions, audit
from tests.cli.command import connections
from tests.cli.conftest import KEY
from tests.features.ai_endpoints.conftest import endpoint, row
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour, World, key

OTHER = key("mistral", serial="cli other")
WRONG = key("mistral", Behaviour.WRONG, serial="cli")
BY_NAME = ("mistral:main", "--by-name")


def test_the_list_is_sorted_and_has_one_line_each(main: Connection) -> None:
    first = integrations.add_connection("deepseek", "z")
    last = integrations.add_connection("mistral", "Other")

    ended = connections("list")

    assert ended.out.splitlines() == [
        f"{first.uuid}\tdeepseek\tz\tdisconnected\t",
        f"{main.uuid}\tmistral\tmain\tconfigured\t",
        f"{last.uuid}\tmistral\tOther\tdisconnected\t",
    ]
    assert ended.err == ""


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--provider", "deepseek"], ["z"]),
        (["--provider", "nonsuch"], []),
        (["--provider", "\udcff"], []),
        (["--status", "configured"], ["main"]),
        (["--search", "AI"], ["main"]),
        (["--search", "\udcff"], []),
        (["--limit", "2"], ["z", "main"]),
    ],
)
def test_the_list_is_narrowed_by_its_options(
    main: Connection, options: list[str], names: list[str]
) -> None:
    integrations.add_connection("deepseek", "z")

    ended = connections("list", "--output", "json", *options)

    assert [each["name"] for each in ended.data] == names


def test_a_list_of_many_is_whole(db: DatabaseUnderTest) -> None:
    db.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'n' || at FROM generate_series(1, 1001) AS at"
    )

    uuids = [line.partition("\t")[0] for line in connections("list").out.splitlines()]

    assert len(uuids) == len(set(uuids)) == 1001


def test_yaml_says_what_json_says(main: Connection) -> None:
    of_list = connections("list", "--output", "yaml")
    of_one = connections("show", *BY_NAME, "--output", "yaml")

    assert yaml.safe_load(of_list.out) == connections("list", "--output", "json").data
    assert yaml.safe_load(of_one.out) == connections("show", *BY_NAME, "--output", "json").data


def test_an_empty_list_is_an_empty_array_in_both() -> None:
    assert connections("list", "--output", "json").data == []
    assert yaml.safe_load(connections("list", "--output", "yaml").out) == []


def test_nothing_that_a_terminal_obeys_is_printed(main: Connection, db: DatabaseUnderTest) -> None:
    db.execute("UPDATE integration_connections SET account_name = E'\\x1b[31mAda\\u202e\\n\\u009b'")

    for output in ("table", "json", "yaml", "plain"):
        out = connections("list", "--output", output).out
        assert out.replace("\n", "").replace("\t", "").isprintable()
        assert "Ada" in out


def test_one_is_shown_by_uuid_and_by_name_without_its_secret(main: Connection) -> None:
    by_uuid = connections("show", str(main.uuid))
    by_name = connections("show", *BY_NAME, "--output", "json")

    assert f"uuid\t{main.uuid}\n" in by_uuid.out
    assert by_name.data["saved_secrets"] == ["api_key"]
    assert KEY not in by_uuid.said + by_name.said


def test_added_with_a_right_key_it_is_connected_and_its_uuid_is_printed(
    db: DatabaseUnderTest,
) -> None:
    ended = connections("add", "mistral", "main", "--secret", "api_key=env:KEY", KEY=KEY)

    added = integrations.get_integration_by_uuid(ended.out.strip())
    assert (ended.code, added.status) == (0, Status.CONNECTED)
    assert integrations.get_credentials(added.uuid)["api_key"] == KEY
    told = {(each["actor_kind"], each["actor_label"], each["origin"]) for each in audit(db)}
    assert told == {("system", "system:integrations", "cli")}
    assert actions(db) == ["connection_added", "setup_saved", "validated"]


def test_added_with_a_wrong_key_it_stays_and_the_code_says_so() -> None:
    ended = connections(
        *("add", "mistral", "main", "--secret", "api_key=env:KEY", "--output", "json"), KEY=WRONG
    )

    assert ended.code == ExitCode.CHECK_FAILED
    assert ended.data["status"] == "error"
    assert "The key was refused by Mistral." in ended.err


def test_added_without_a_check_nobody_is_asked(outside: World) -> None:
    secret = key("mistral", serial="cli unchecked")

    ended = connections(
        "add", "mistral", "main", "--secret", "api_key=env:KEY", "--no-check", KEY=secret
    )

    assert ended.code == 0
    assert outside.requests(key=secret) == []


def test_added_without_credentials_it_says_so() -> None:
    ended = connections("add", "google", "main", "--set", "client_id=abc")

    assert ended.code == 0
    assert "no credentials yet" in ended.err
    assert integrations.get_integration("google:main").setup_values == {"client_id": "abc"}


def test_a_rename_and_a_new_key_are_one_step(main: Connection) -> None:
    ended = connections(
        *("set", str(main.uuid), "--name", "new", "--secret", "api_key=-"),
        *("--expected-version", "1", "--output", "json"),
        stdin=f"{OTHER}\n",
    )

    assert (ended.data["name"], ended.data["version"]) == ("new", 2)
    assert integrations.get_credentials(main.uuid)["api_key"] == OTHER


def test_a_stale_version_is_refused_and_says_what_changed(main: Connection) -> None:
    integrations.rename_connection(main.uuid, "renamed")

    ended = connections("set", str(main.uuid), "--name", "mine", "--expected-version", "1")

    assert ended.code == ExitCode.CONFLICT
    assert "changed meanwhile (name); its version is 2" in ended.err
    assert integrations.get_integration_by_uuid(main.uuid).name == "renamed"


def test_a_test_of_a_connection_is_stored_and_audited(
    main: Connection, db: DatabaseUnderTest
) -> None:
    ended = connections("test", *BY_NAME, "--output", "json")

    assert ended.data == {
        "ok": True,
        "reason": None,
        "details": {},
        "account": None,
        "message": "Mistral accepted the credentials.",
    }
    assert integrations.get_integration_by_uuid(main.uuid).status is Status.CONNECTED
    assert audit(db)[-1]["origin"] == "cli"


def test_a_test_of_a_provider_leaves_nothing_behind(db: DatabaseUnderTest) -> None:
    ended = connections("test", "mistral", "--secret", "api_key=-", stdin=KEY)

    assert ended.code == 0
    assert integrations.list_connections() == []
    assert audit(db) == []


def test_values_are_not_tried_at_a_connection(main: Connection, db: DatabaseUnderTest) -> None:
    ended = connections("test", str(main.uuid), "--secret", "api_key=-", stdin=OTHER)

    assert ended.code == ExitCode.USAGE
    assert "validated" not in actions(db)


def test_disconnecting_takes_the_secret_away(main: Connection, db: DatabaseUnderTest) -> None:
    ended = connections("disconnect", *BY_NAME)

    assert (ended.code, ended.out) == (0, "")
    assert integrations.get_integration_by_uuid(main.uuid).saved_secrets == ()
    assert (actions(db)[-1], audit(db)[-1]["origin"]) == ("disconnected", "cli")


def test_what_nobody_uses_is_removed(main: Connection, db: DatabaseUnderTest) -> None:
    ended = connections("remove", str(main.uuid), "--yes")

    assert (ended.code, ended.out) == (0, "")
    assert integrations.list_connections() == []
    assert (actions(db)[-1], audit(db)[-1]["origin"]) == ("connection_removed", "cli")


def test_what_is_used_is_removed_with_the_tag_that_the_refusal_names(main: Connection) -> None:
    endpoint("chat", main.uuid)

    refused = connections("remove", *BY_NAME, "--yes")
    tag = refused.err.split()[-1]
    removed = connections("remove", *BY_NAME, "--yes", "--used-as", tag)

    assert refused.code == ExitCode.CONFLICT
    assert "AI endpoint chat" in refused.err
    assert removed.code == 0
    assert integrations.list_connections() == []


def test_a_tag_of_other_uses_removes_nothing(main: Connection) -> None:
    endpoint("chat", main.uuid)
    tag = connections("usages", *BY_NAME).out.splitlines()[-1]
    endpoint("search", main.uuid)

    ended = connections("remove", *BY_NAME, "--yes", "--used-as", tag)

    assert ended.code == ExitCode.CONFLICT
    assert integrations.get_integration_by_uuid(main.uuid) == main


def test_a_replacement_takes_over_what_used_it(main: Connection, db: DatabaseUnderTest) -> None:
    other = integrations.add_connection("deepseek", "other")
    chat = endpoint("chat", main.uuid)

    ended = connections(
        *("remove", *BY_NAME, "--yes"), "--replace-with", f"{other.provider}:{other.name}"
    )

    assert ended.code == 0, ended.err
    assert row(db, chat.uuid)["integration_uuid"] == other.uuid
    assert [each.uuid for each in integrations.list_connections()] == [other.uuid]


def test_usages_end_with_their_tag(main: Connection) -> None:
    nothing = connections("usages", str(main.uuid)).out
    endpoint("chat", main.uuid)

    lines = connections("usages", str(main.uuid)).out.splitlines()
    found = connections("usages", str(main.uuid), "--output", "json").data

    assert lines == [f"AI endpoint chat\t{found['usages'][0]['url']}\tfalse", found["tag"]]
    assert nothing.strip() != found["tag"]
    assert UUID(found["usages"][0]["url"].rsplit("/", 1)[-1])


def test_json_is_written_in_the_alphabet_it_has(main: Connection, db: DatabaseUnderTest) -> None:
    db.execute("UPDATE integration_connections SET account_name = 'Žofie'")

    out = connections("list", "--output", "json").out

    assert "Žofie" in out
    assert json.loads(out)[0]["account_name"] == "Žofie"
