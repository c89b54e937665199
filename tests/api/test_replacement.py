"""One connection takes the place of another: everywhere, in one transaction, or nowhere."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from integrations_app import errors, integrations
from integrations_app.domain.actor import Actor
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection
from integrations_app.domain.usage import Usage, fingerprint
from integrations_app.events.subscription import Subscription
from integrations_app.services.connections import removal, replacement
from tests.api import newsletters
from tests.api.conftest import ANN, BOB, Register
from tests.api.facts import actions, audit, kinds
from tests.api.newsletters import Newsletters
from tests.api.providers import Broken, Using
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once


@pytest.fixture
def used(connection: Connection, db: DatabaseUnderTest, register: Register) -> Connection:
    """The connection, used by two newsletters."""
    newsletters.set_up(db)
    register(Newsletters())
    for title in ("Monthly", "Weekly"):
        newsletters.write(db, title, connection.uuid)
    return connection


@pytest.fixture
def other(db: DatabaseUnderTest) -> Connection:
    return integrations.add_connection("mistral", "other", actor=BOB)


def test_the_uses_of_a_connection_are_told_with_where_to_find_them(used: Connection) -> None:
    found = integrations.usages(str(used.uuid))

    assert [(each.label, each.url) for each in found] == [
        ("Monthly", "/newsletters/Monthly"),
        ("Weekly", "/newsletters/Weekly"),
    ]


def test_every_use_moves_and_the_old_connection_is_gone(
    used: Connection, other: Connection, db: DatabaseUnderTest
) -> None:
    newsletters.write(db, "Daily", other.uuid)

    assert integrations.replace_connection(used.uuid, str(other.uuid), actor=BOB) == 2

    assert newsletters.users(db, other.uuid) == ["Daily", "Monthly", "Weekly"]
    assert newsletters.users(db, used.uuid) == []
    assert [each.uuid for each in integrations.list_connections()] == [other.uuid]


def test_each_moved_use_and_the_removal_are_audited_in_the_name_of_who_did_it(
    used: Connection, other: Connection, db: DatabaseUnderTest
) -> None:
    before = len(audit(db))

    integrations.replace_connection(used.uuid, other.uuid, actor=BOB)

    entries = audit(db)[before:]
    assert [(entry["action"], entry["name"]) for entry in entries] == [
        ("newsletter_repointed", "Monthly"),
        ("newsletter_repointed", "Weekly"),
        ("uses_taken_over", "other"),
        ("connection_removed", "main"),
    ]
    assert {entry["actor_id"] for entry in entries} == {BOB.id}


def test_others_hear_that_the_old_connection_is_gone(
    used: Connection, other: Connection, events: Subscription
) -> None:
    integrations.replace_connection(used.uuid, other.uuid)

    assert kinds(events) == ["connection_removed"]


def test_what_nobody_uses_is_replaced_all_the_same(
    connection: Connection, other: Connection, db: DatabaseUnderTest
) -> None:
    assert integrations.replace_connection(connection.uuid, other.uuid) == 0

    assert "uses_taken_over" not in actions(db)
    assert [each.uuid for each in integrations.list_connections()] == [other.uuid]


def test_a_use_that_blocks_the_removal_moves_too(
    connection: Connection, other: Connection, register: Register
) -> None:
    moved: list[tuple[UUID, UUID]] = []

    class Vital(Using):
        def repoint(self, old: UUID, new: UUID, *, transaction: Session, actor: Actor) -> int:
            moved.append((old, new))
            return 1

    register(Vital(Usage(label="Nightly report", blocking=True)))

    assert integrations.replace_connection(connection.uuid, other.uuid) == 1

    assert moved == [(connection.uuid, other.uuid)]


def test_one_use_that_cannot_move_stops_all_of_it_and_is_named(
    used: Connection, other: Connection, db: DatabaseUnderTest, register: Register
) -> None:
    register(Using(Usage(label="Old printer")))
    before = audit(db)

    with pytest.raises(errors.CannotReplace, match="Old printer") as refused:
        integrations.replace_connection(used.uuid, other.uuid)

    assert [each.label for each in refused.value.usages] == ["Old printer"]
    assert newsletters.users(db, used.uuid) == ["Monthly", "Weekly"]
    assert integrations.get_integration_by_uuid(used.uuid) == used
    assert audit(db) == before


def test_a_module_that_fails_midway_changes_nothing_and_its_text_is_not_repeated(
    used: Connection,
    other: Connection,
    db: DatabaseUnderTest,
    register: Register,
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Clumsy(Newsletters):
        key = "clumsy"

        def repoint(self, old: UUID, new: UUID, *, transaction: Session, actor: Actor) -> int:
            super().repoint(old, new, transaction=transaction, actor=actor)
            raise RuntimeError("key sk-123456 does not fit")

    register(Clumsy())

    with pytest.raises(errors.ModuleFailed, match="clumsy") as failed:
        integrations.replace_connection(used.uuid, other.uuid)

    assert newsletters.users(db, used.uuid) == ["Monthly", "Weekly"]
    assert integrations.get_integration_by_uuid(used.uuid) == used
    assert "RuntimeError" in caplog.text
    assert "sk-123456" not in caplog.text + str(failed.value) + repr(failed.value.__cause__)


def test_a_module_that_cannot_say_what_it_uses_stops_it(
    connection: Connection, other: Connection, register: Register
) -> None:
    register(Broken())

    with pytest.raises(errors.ModuleFailed, match="broken"):
        integrations.replace_connection(connection.uuid, other.uuid)

    assert len(integrations.list_connections()) == 2


def test_nothing_takes_its_own_place(used: Connection) -> None:
    with pytest.raises(errors.SameConnection):
        integrations.replace_connection(used.uuid, str(used.uuid))


def test_both_have_to_be_there(used: Connection, db: DatabaseUnderTest) -> None:
    for old, new in ((used.uuid, uuid4()), (uuid4(), used.uuid)):
        with pytest.raises(errors.NotFound):
            integrations.replace_connection(old, new)

    assert newsletters.users(db, used.uuid) == ["Monthly", "Weekly"]


def test_two_admins_who_replace_each_by_the_other_leave_one(
    used: Connection, other: Connection, db: DatabaseUnderTest
) -> None:
    newsletters.write(db, "Daily", other.uuid)

    def replace(old: UUID, new: UUID, actor: Actor) -> None:
        with contextlib.suppress(errors.NotFound):
            integrations.replace_connection(old, new, actor=actor)

    at_once(
        lambda: replace(used.uuid, other.uuid, ANN),
        lambda: replace(other.uuid, used.uuid, BOB),
    )

    [left] = integrations.list_connections()
    assert newsletters.users(db, left.uuid) == ["Daily", "Monthly", "Weekly"]


def test_a_removal_that_has_seen_every_use_goes_through(used: Connection) -> None:
    seen = fingerprint(integrations.usages(used.uuid))

    assert removal.remove(used.uuid, actor=ANN, seen_usages=seen) is True


def test_a_removal_that_has_seen_fewer_uses_is_asked_again(
    used: Connection, db: DatabaseUnderTest
) -> None:
    seen = fingerprint(integrations.usages(used.uuid))
    newsletters.write(db, "Daily", used.uuid)

    with pytest.raises(errors.UsagesChanged) as refused:
        removal.remove(used.uuid, actor=ANN, seen_usages=seen)

    assert [each.label for each in refused.value.usages] == ["Daily", "Monthly", "Weekly"]
    assert integrations.get_integration_by_uuid(used.uuid) == used


def test_a_removal_counts_the_uses_that_come_while_it_waits(
    used: Connection, db: DatabaseUnderTest
) -> None:
    keeps_it = f"SELECT FROM integration_connections WHERE uuid = '{used.uuid}' FOR KEY SHARE"
    seen = fingerprint(integrations.usages(used.uuid))

    with ThreadPoolExecutor() as threads:
        with db.held(keeps_it):
            removing = threads.submit(removal.remove, used.uuid, actor=ANN, seen_usages=seen)
            db.wait_for_waiters()
            newsletters.write(db, "Daily", used.uuid)

        with pytest.raises(errors.UsagesChanged):
            removing.result()

    assert integrations.get_integration_by_uuid(used.uuid) == used


def test_a_removal_is_refused_by_what_comes_to_block_it_while_it_waits(
    connection: Connection, db: DatabaseUnderTest, register: Register
) -> None:
    keeps_it = f"SELECT FROM integration_connections WHERE uuid = '{connection.uuid}' FOR KEY SHARE"

    with ThreadPoolExecutor() as threads:
        with db.held(keeps_it):
            removing = threads.submit(removal.remove, connection.uuid, actor=ANN)
            db.wait_for_waiters()
            register(Using(Usage(label="Nightly report", blocking=True)))

        with pytest.raises(errors.InUse):
            removing.result()

    assert integrations.list_connections() == [connection]


def test_a_use_that_moved_to_another_place_is_not_deleted_unseen(
    used: Connection, db: DatabaseUnderTest
) -> None:
    seen = fingerprint(integrations.usages(used.uuid))
    db.execute("UPDATE newsletters SET title = 'Daily' WHERE title = 'Weekly'")

    with pytest.raises(errors.UsagesChanged):
        removal.remove(used.uuid, actor=ANN, seen_usages=seen)

    assert integrations.get_integration_by_uuid(used.uuid) == used


def test_a_replacement_of_uses_that_were_not_seen_changes_nothing(
    used: Connection, other: Connection, db: DatabaseUnderTest
) -> None:
    seen = fingerprint(integrations.usages(used.uuid))
    newsletters.write(db, "Daily", used.uuid)

    with pytest.raises(errors.UsagesChanged):
        replacement.replace(used.uuid, other.uuid, actor=ANN, seen_usages=seen)

    assert newsletters.users(db, used.uuid) == ["Daily", "Monthly", "Weekly"]


@pytest.mark.parametrize("act", ["remove", "replace", "disconnect"])
def test_a_connection_that_others_changed_since_it_was_seen_is_left_alone(
    used: Connection, other: Connection, act: str
) -> None:
    renamed = integrations.rename_connection(used.uuid, "theirs", actor=BOB)
    acts = {
        "remove": removal.remove,
        "replace": partial(replacement.replace, new=other.uuid),
        "disconnect": removal.disconnect,
    }

    with pytest.raises(errors.Conflict) as refused:
        acts[act](used.uuid, actor=ANN, expected_version=used.version)

    assert refused.value.fields == ("name",)
    assert integrations.get_integration_by_uuid(used.uuid) == renamed


class Talking(Using):
    """A module that needs a language model."""

    capability = "chat"

    def repoint(self, old: UUID, new: UUID, *, transaction: Session, actor: Actor) -> int:
        return len(self._usages)


def test_a_connection_that_cannot_do_the_job_takes_no_place(
    connection: Connection, register: Register
) -> None:
    register(Talking(Usage(label="Assistant")))
    calendar = integrations.add_connection("google", "calendar")

    with pytest.raises(errors.CannotReplace) as refused:
        integrations.replace_connection(connection.uuid, calendar.uuid)

    assert [each.label for each in refused.value.usages] == ["Assistant"]
    assert connection in integrations.list_connections()


def test_only_what_can_do_the_job_is_offered_and_what_is_connected_comes_first(
    connection: Connection, register: Register
) -> None:
    register(Talking(Usage(label="Assistant")))
    integrations.add_connection("google", "calendar")
    idle = integrations.add_connection(connection.provider, "idle")
    ready = integrations.add_connection("deepseek", "ready")
    integrations.record_validation(ready.uuid, CheckResult(ok=True))

    offered = replacement.candidates(connection.uuid).rows

    assert [row.uuid for row in offered] == [ready.uuid, idle.uuid]
