"""AI endpoints: created, changed by several admins, removed; each change told and remembered."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.event import NoticeKind
from integrations_app.errors import FieldProblem
from integrations_app.events.hub import Fact
from integrations_app.features.ai_endpoints import lookup, service
from integrations_app.features.ai_endpoints.endpoint import Draft
from integrations_app.features.ai_endpoints.errors import EndpointMissing, NameTaken
from integrations_app.services.changes import event_stream
from tests.api.facts import actions, audit
from tests.features.ai_endpoints.conftest import ANN, BOB, connection, endpoint, old, row
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once
from tests.world import key


def test_an_endpoint_is_stored_as_it_was_typed(db: DatabaseUnderTest) -> None:
    picked = connection().uuid

    made = service.add(Draft(name="  Team chat ", model=" small ", integration=picked), actor=ANN)

    assert lookup.by_uuid(made.uuid) == made
    assert made.draft == Draft(name="Team chat", model="small", integration=picked)
    assert (made.version, made.has_old_key, made.provider) == (1, False, None)


def test_each_change_leaves_an_entry_with_names_of_fields_only(db: DatabaseUnderTest) -> None:
    picked = connection().uuid
    made = endpoint("chat")
    service.update(made.uuid, replace(made.draft, name="talk", integration=picked), actor=BOB)
    service.remove(made.uuid, actor=ANN)

    told = [
        (entry["action"], entry["actor_label"], entry["name"], entry["fields"])
        for entry in audit(db)[2:]
    ]
    assert told == [
        ("endpoint_added", "ann@example.com", "chat", ["name", "model"]),
        ("endpoint_changed", "bob@example.com", "talk", ["name", "integration"]),
        ("endpoint_removed", "ann@example.com", "talk", []),
    ]


def test_each_change_is_told_to_open_pages_once(db: DatabaseUnderTest) -> None:
    heard: list[Fact] = []
    event_stream.subscribe().close()
    event_stream.hub().add(heard.append)
    made = endpoint("chat")
    service.update(made.uuid, made.draft, actor=ANN)  # no change
    service.update(made.uuid, replace(made.draft, model="large"), actor=ANN)
    service.remove(made.uuid, actor=ANN)
    service.remove(made.uuid, actor=ANN)  # gone already

    with integrations.subscribe() as events:  # what is told after the rest
        end = connection().uuid
        while (event := events.get(timeout_s=10)) and event.uuid != end:
            pass

    assert [fact.kind for fact in heard if fact.kind is NoticeKind.MODULE_CHANGED] == 3 * [
        NoticeKind.MODULE_CHANGED
    ]


def test_saving_what_is_stored_changes_nothing(db: DatabaseUnderTest) -> None:
    made = endpoint("chat", connection().uuid)
    before = actions(db)

    assert service.update(made.uuid, made.draft, seen=made, actor=ANN) == made
    assert actions(db) == before


@pytest.mark.parametrize("name", ["chat", "Chat", " CHAT "])
def test_a_name_is_taken_whatever_its_case(db: DatabaseUnderTest, name: str) -> None:
    endpoint("chat")
    other = endpoint("other")

    with pytest.raises(NameTaken):
        service.add(Draft(name=name, model="small"), actor=BOB)
    with pytest.raises(NameTaken):
        service.update(other.uuid, replace(other.draft, name=name), actor=BOB)

    assert lookup.by_uuid(other.uuid) == other
    assert actions(db) == 2 * ["endpoint_added"]


def test_an_endpoint_may_change_the_case_of_its_own_name(db: DatabaseUnderTest) -> None:
    made = endpoint("chat")

    renamed = service.update(made.uuid, replace(made.draft, name="Chat"), actor=ANN)

    assert (renamed.draft.name, renamed.version) == ("Chat", 2)


def test_of_admins_who_take_a_name_at_once_one_gets_it(db: DatabaseUnderTest) -> None:
    def take() -> str:
        try:
            endpoint("chat")
        except NameTaken:
            return "taken"
        return "made"

    assert sorted(at_once(*4 * [take])) == ["made", "taken", "taken", "taken"]


@pytest.mark.parametrize(
    ("draft", "problems"),
    [
        (Draft(name=" ", model=""), {"name": "required", "model": "required"}),
        (Draft(name="n" * 101, model="m" * 201), {"name": "too_long", "model": "too_long"}),
        (Draft(name="a\nb", model="small"), {"name": "control_characters"}),
        (Draft(name="a\0b", model="small"), {"name": "control_characters"}),
        (Draft(name="chat", model="a\ud800"), {"model": "control_characters"}),
    ],
)
def test_what_cannot_be_a_name_or_a_model_is_refused(
    db: DatabaseUnderTest, draft: Draft, problems: dict[str, str]
) -> None:
    with pytest.raises(errors.InvalidFields) as refused:
        service.add(draft, actor=ANN)

    assert refused.value.fields == {key: FieldProblem(value) for key, value in problems.items()}
    assert db.rows("SELECT * FROM ai_endpoints") == []


def test_only_a_connection_to_models_that_exists_can_be_picked(db: DatabaseUnderTest) -> None:
    made = endpoint("chat")
    mail = integrations.add_connection("google", "mail").uuid

    for unfit in (uuid4(), mail):
        with pytest.raises(errors.InvalidFields) as refused:
            service.update(made.uuid, replace(made.draft, integration=unfit), actor=ANN)
        assert refused.value.fields == {"integration": FieldProblem.NOT_AN_OPTION}
        with pytest.raises(errors.InvalidFields):
            service.add(Draft(name="new", model="small", integration=unfit), actor=ANN)

    assert lookup.by_uuid(made.uuid) == made


def test_a_connection_may_go_missing_and_the_rest_still_be_saved(db: DatabaseUnderTest) -> None:
    gone = connection().uuid
    made = endpoint("chat", gone)
    integrations.remove_connection(gone)

    saved = service.update(made.uuid, replace(made.draft, name="talk"), actor=ANN)

    assert saved.draft == Draft(name="talk", model="small", integration=gone)


def test_a_stale_save_is_refused_and_names_what_changed(db: DatabaseUnderTest) -> None:
    seen = endpoint("chat")
    theirs = service.update(
        seen.uuid, replace(seen.draft, model="large", integration=connection().uuid), actor=BOB
    )

    with pytest.raises(errors.Conflict) as refused:
        service.update(seen.uuid, replace(seen.draft, name="mine"), seen=seen, actor=ANN)

    assert (refused.value.fields, refused.value.version) == (("model", "integration"), 2)
    assert lookup.by_uuid(seen.uuid) == theirs


def test_without_having_seen_anything_one_saves_over_it(db: DatabaseUnderTest) -> None:
    made = endpoint("chat")
    service.update(made.uuid, replace(made.draft, model="large"), actor=BOB)

    assert service.update(made.uuid, made.draft, actor=ANN).draft == made.draft


def test_of_two_who_save_at_once_the_later_is_refused(db: DatabaseUnderTest) -> None:
    seen = endpoint("chat")

    def save(model: str) -> str:
        try:
            service.update(seen.uuid, replace(seen.draft, model=model), seen=seen, actor=ANN)
        except errors.Conflict:
            return "refused"
        return "saved"

    assert sorted(at_once(lambda: save("a"), lambda: save("b"))) == ["refused", "saved"]


def test_a_removed_endpoint_is_gone_and_its_connection_stays(db: DatabaseUnderTest) -> None:
    used = connection().uuid
    made = endpoint("chat", used)

    assert service.remove(made.uuid, actor=ANN)
    assert not service.remove(made.uuid, actor=BOB)

    with pytest.raises(EndpointMissing):
        lookup.by_uuid(made.uuid)
    with pytest.raises(EndpointMissing):
        service.update(made.uuid, made.draft, actor=BOB)
    assert integrations.is_connected(used)


@pytest.mark.parametrize("call", [lookup.by_uuid, lambda uuid: service.remove(uuid, actor=ANN)])
def test_what_is_no_uuid_is_refused(db: DatabaseUnderTest, call: object) -> None:
    for value in ("", "chat", None, 7):
        with pytest.raises(errors.InvalidUuid):
            call(value)  # pyright: ignore[reportCallIssue]


def test_an_admins_choice_settles_what_an_old_text_meant(db: DatabaseUnderTest) -> None:
    made = old(db, "chat", "mistral:gone")
    picked = connection()
    draft = Draft(name="chat", model="small", integration=picked.uuid)

    service.update(made, draft, actor=ANN)
    service.update(made, replace(draft, integration=None), actor=ANN)

    assert row(db, made)["provider"] is None


def test_an_old_key_that_the_picked_connection_has_is_cleared(db: DatabaseUnderTest) -> None:
    picked = connection("mistral", "main")
    made = old(db, "chat", "openai", key("mistral", serial="main"))

    service.update(made, Draft(name="chat", model="small", integration=picked.uuid), actor=ANN)

    assert (row(db, made)["api_key"], row(db, made)["provider"]) == (None, None)


def test_an_old_key_that_no_connection_has_is_kept(db: DatabaseUnderTest) -> None:
    picked = connection("mistral", "main")
    made = old(db, "chat", "openai", "sk-only-here")

    service.update(made, Draft(name="chat", model="small", integration=picked.uuid), actor=ANN)

    assert row(db, made)["api_key"] == "sk-only-here"
    assert lookup.by_uuid(made).has_old_key


def test_pages_follow_each_other_by_name_and_back(db: DatabaseUnderTest) -> None:
    for name in ("b", "C", "a", "E", "d"):
        endpoint(name)

    first = lookup.page(limit=2)
    second = lookup.page(after=first.next_cursor, limit=2)
    third = lookup.page(after=second.next_cursor, limit=2)
    back = lookup.page(before=third.previous_cursor, limit=2)

    assert [line.name for line in (*first.rows, *second.rows, *third.rows)] == list("abCdE")
    assert (first.previous_cursor, third.next_cursor) == ("", "")
    assert [line.name for line in back.rows] == ["C", "d"]
    assert lookup.page(after=back.next_cursor, limit=2) == third
    assert lookup.page(before=back.previous_cursor, limit=2).previous_cursor == ""
    assert first.count == 5


def test_a_line_tells_of_the_connection(db: DatabaseUnderTest) -> None:
    used = connection("mistral", "main")
    gone = connection("mistral", "gone").uuid
    endpoint("a", used.uuid)
    endpoint("b", gone)
    old(db, "c", None, "sk-old")
    integrations.remove_connection(gone)

    a, b, c = lookup.page().rows

    assert (a.provider, a.connection, a.status) == ("mistral", "main", used.status)
    assert (b.integration, b.provider, b.connection, b.status) == (gone, None, None, None)
    assert (c.integration, c.has_old_key, a.has_old_key) == (None, True, False)


def test_no_endpoint_says_its_key(db: DatabaseUnderTest) -> None:
    made = old(db, "chat", "mistral", "sk-secret-of-old")

    assert "sk-secret" not in repr((lookup.by_uuid(made), lookup.page()))
