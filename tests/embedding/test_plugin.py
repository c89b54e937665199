"""What another app says of itself, and what becomes of it if that is wrong."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from integrations_app.domain.admin import HostAdmin
from integrations_app.embedding import IntegrationsPlugin, files, hook
from integrations_app.errors import StartRefused
from tests import processes
from tests.postgresql import DatabaseUnderTest

SHELL = """
import sys
import reflex as rx
from integrations_app import routes

routes.embed(
    prefix="/settings/integrations",
    home="/shop",
    sign_in="/sign-in",
    sign_out="/leave",
    has_layout=sys.argv[1] == "layout",
)
from integrations_app.components.shell import shell

print(shell(rx.text("a page")).render())
"""
"""What stands around a page inside another app."""

LATER = datetime.now(UTC) + timedelta(hours=1)

ASK = """
import json
import sys
from datetime import UTC, datetime, timedelta
from integrations_app.domain.admin import HostAdmin
from integrations_app.errors import DatabaseUnavailable
from integrations_app.http import authentication

NOW = datetime.now(UTC)

def admin(**differs):
    known = {"id": "7", "label": "Ann", "session": "s", "expires_at": NOW + timedelta(hours=1)}
    return HostAdmin(**{**known, **differs})

def fail(error):
    raise error

SAYS = {
    "an admin": admin,
    "nobody": lambda: None,
    "too late": lambda: admin(expires_at=NOW),
    "something else": lambda: "Ann",
    "a failure": lambda: fail(ValueError("broken")),
    "not now": lambda: fail(DatabaseUnavailable("away")),
}
authentication.ask(lambda headers: SAYS[headers["x-says"]]())

def find(says, header):
    try:
        headers = {"host": "app.example", "x-says": says, **dict([header.split("=")])}
        found = authentication.find(headers)
    except DatabaseUnavailable:
        return "unavailable"
    return found.admin.label if found else "nobody"

print(json.dumps([find(*case) for case in json.loads(sys.argv[1])]))
"""
"""Who is found, in a process that another app embeds us in."""


def found(*cases: tuple[str, str]) -> list[str]:
    """Who is found when the app says this, and the request has that header."""
    return json.loads(processes.run(ASK, json.dumps(cases)))


def test_only_an_admin_with_a_session_that_lasts_is_let_in(db: DatabaseUnderTest) -> None:
    expected = {
        "an admin": "Ann",
        "nobody": "nobody",
        "too late": "nobody",
        "something else": "nobody",
        "a failure": "nobody",
        "not now": "unavailable",
    }

    let_in = found(*((says, "origin=https://app.example") for says in expected))

    assert dict(zip(expected, let_in, strict=True)) == expected


def test_the_page_of_another_site_is_nobody(db: DatabaseUnderTest) -> None:
    expected = {
        "origin=https://app.example": "Ann",
        "origin=http://localhost:3000": "Ann",
        "accept=*/*": "Ann",
        "origin=https://evil.example": "nobody",
        "origin=null": "nobody",
        "origin=http://[": "nobody",
        "origin=https://app.example.evil.example": "nobody",
    }

    let_in = found(*(("an admin", header) for header in expected))

    assert dict(zip(expected, let_in, strict=True)) == expected


@pytest.mark.parametrize("prefix", ["", "/", "settings", "/settings/", "/a//b", "/[a]", "/a b"])
def test_a_prefix_that_is_no_plain_path_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        IntegrationsPlugin(prefix=prefix, identify="a:b", sign_in_url="/sign-in")


@pytest.mark.parametrize(
    "name", ["", "json", ":dumps", "json:no", "no_such_module:f", "json:__doc__"]
)
def test_a_sign_in_that_is_no_function_stops_the_start_with_its_name(name: str) -> None:
    with pytest.raises(StartRefused, match=re.escape(repr(name))):
        hook.function(name)


def test_without_a_layout_our_navigation_leads_back_and_signs_out() -> None:
    drawn = processes.run(SHELL, "alone")

    for part in ("a page", "Back to the app", '"/shop"', "Sign out", "/leave"):
        assert part in drawn


def test_with_a_layout_only_the_page_itself_is_ours() -> None:
    drawn = processes.run(SHELL, "layout")

    assert "a page" in drawn
    for part in ("Back to the app", "Sign out", "Skip to content", "nav"):
        assert part not in drawn


@pytest.mark.parametrize("empty", ["id", "label", "session"])
def test_an_admin_without_identity_name_or_session_is_none(empty: str) -> None:
    texts = {"id": "7", "label": "Ann", "session": "s", empty: ""}

    with pytest.raises(ValueError, match="needs an id"):
        HostAdmin(**texts, expires_at=LATER)


def test_a_session_that_ends_at_nobody_knows_which_moment_is_none() -> None:
    with pytest.raises(ValueError, match="time zone"):
        HostAdmin(id="7", label="Ann", session="s", expires_at=LATER.replace(tzinfo=None))


def test_the_admins_session_is_not_shown() -> None:
    assert "secret" not in repr(HostAdmin(id="7", label="A", session="secret", expires_at=LATER))


def test_every_rule_of_ours_is_held_to_ours_and_keyframes_stand_before_them() -> None:
    [(_path, stylesheet), *_served] = files.all_of()

    before, _scope, rules = stylesheet.partition(f".{files.SCOPE} {{\n")

    assert set(re.findall(r"^(\S+)", before, re.MULTILINE)) <= {"@keyframes", "}"}
    assert "@keyframes" not in rules
    assert rules.count("{") == rules.count("}") - 1
