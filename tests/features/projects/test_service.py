"""Projects and templates: names that differ, changes that are told, nobody's work overwritten."""

from __future__ import annotations

from uuid import uuid4

import pytest

from integrations_app import errors
from integrations_app.domain.actor import Actor
from integrations_app.errors import FieldProblem
from integrations_app.features.projects import lookup, service
from integrations_app.features.projects.errors import NameTaken, ProjectMissing
from integrations_app.features.projects.project import Draft, Project
from tests.api.conftest import ANN, BOB
from tests.api.facts import audit
from tests.postgresql import DatabaseUnderTest
from tests.simultaneity import at_once


def add(name: str, description: str = "", *, template: bool = False, actor: Actor = ANN) -> Project:
    draft = Draft(name=name, description=description)
    return service.add(draft, is_template=template, actor=actor)


def names(*, templates: bool = False) -> list[str]:
    return [each.draft.name for each in lookup.page(is_template=templates).rows]


def test_what_is_added_is_stored_trimmed(db: DatabaseUnderTest) -> None:
    added = add(" Apollo ", " To the moon. ")

    assert lookup.by_uuid(str(added.uuid)) == added
    assert added.draft == Draft(name="Apollo", description="To the moon.")
    assert (added.is_template, added.version) == (False, 1)


def test_a_project_may_be_called_like_the_template_it_is_made_from(db: DatabaseUnderTest) -> None:
    add("Apollo", template=True)

    add("Apollo", actor=BOB)

    assert (names(), names(templates=True)) == (["Apollo"], ["Apollo"])


@pytest.mark.parametrize("template", [False, True])
def test_two_of_a_kind_are_not_called_alike_whatever_the_case(
    db: DatabaseUnderTest, template: bool
) -> None:
    add("Apollo", template=template)

    with pytest.raises(NameTaken) as refused:
        add("APOLLO", template=template, actor=BOB)

    assert refused.value.code == "already_exists"
    assert names(templates=template) == ["Apollo"]


def test_of_two_who_take_a_name_at_once_one_is_told(db: DatabaseUnderTest) -> None:
    taken: list[str] = []

    def take(actor: Actor) -> None:
        try:
            add("Apollo", actor=actor)
        except NameTaken as error:
            taken.append(error.name)

    at_once(lambda: take(ANN), lambda: take(BOB))

    assert (names(), taken) == (["Apollo"], ["Apollo"])


def test_a_rename_to_a_taken_name_changes_nothing(db: DatabaseUnderTest) -> None:
    add("Apollo")
    other = add("Gemini", "First.")

    with pytest.raises(NameTaken):
        service.update(other.uuid, Draft(name="apollo", description="Second."), actor=BOB)

    assert lookup.by_uuid(other.uuid) == other


def test_a_name_may_change_its_case(db: DatabaseUnderTest) -> None:
    added = add("apollo")

    renamed = service.update(added.uuid, Draft(name="Apollo"), seen=added, actor=BOB)

    assert (renamed.draft.name, renamed.version) == ("Apollo", 2)


def test_what_cannot_be_saved_is_told_by_field(db: DatabaseUnderTest) -> None:
    for name, description, expected in (
        (" ", "", {"name": FieldProblem.REQUIRED}),
        ("x" * 101, "", {"name": FieldProblem.TOO_LONG}),
        ("a\nb", "", {"name": FieldProblem.CONTROL_CHARACTERS}),
        ("a", "x" * 501, {"description": FieldProblem.TOO_LONG}),
        ("a", "\x00", {"description": FieldProblem.CONTROL_CHARACTERS}),
    ):
        with pytest.raises(errors.InvalidFields) as refused:
            add(name, description)
        assert refused.value.fields == expected

    assert names() == []


def test_a_change_that_did_not_see_another_is_refused_and_says_what_changed(
    db: DatabaseUnderTest,
) -> None:
    seen = add("Apollo")
    service.update(seen.uuid, Draft(name="Apollo", description="Anns."), actor=ANN)

    with pytest.raises(errors.Conflict) as refused:
        service.update(seen.uuid, Draft(name="Artemis"), seen=seen, actor=BOB)

    assert refused.value.fields == ("description",)
    assert lookup.by_uuid(seen.uuid).draft == Draft(name="Apollo", description="Anns.")


def test_a_change_to_what_is_stored_is_none(db: DatabaseUnderTest) -> None:
    added = add("Apollo")
    before = audit(db)

    assert service.update(added.uuid, added.draft, actor=BOB) == added
    assert audit(db) == before


def test_each_change_is_audited_without_values(db: DatabaseUnderTest) -> None:
    added = add("Apollo", "To the moon.")
    service.update(added.uuid, Draft(name="Artemis"), actor=BOB)
    service.remove(added.uuid, actor=BOB)
    add("Apollo", template=True)

    entries = audit(db)
    assert [(e["action"], e["name"], e["fields"], e["actor_id"]) for e in entries] == [
        ("project_added", "Apollo", ["name", "description"], ANN.id),
        ("project_changed", "Artemis", ["name", "description"], BOB.id),
        ("project_removed", "Artemis", [], BOB.id),
        ("template_added", "Apollo", ["name"], ANN.id),
    ]
    assert "moon" not in str(entries)


def test_a_template_that_goes_leaves_the_projects_made_from_it(db: DatabaseUnderTest) -> None:
    template = add("Apollo", template=True)
    add("Apollo")

    assert service.remove(template.uuid, actor=BOB) is True
    assert service.remove(template.uuid, actor=ANN) is False
    assert names() == ["Apollo"]


def test_what_is_not_there_is_missing(db: DatabaseUnderTest) -> None:
    with pytest.raises(ProjectMissing):
        lookup.by_uuid(uuid4())
    with pytest.raises(ProjectMissing):
        service.update(uuid4(), Draft(name="Apollo"), actor=ANN)


def test_pages_follow_each_other_by_name_there_and_back(db: DatabaseUnderTest) -> None:
    for name in ("delta", "Alpha", "charlie", "Bravo", "echo"):
        add(name)
    add("beta", template=True)

    first = lookup.page(is_template=False, limit=2)
    second = lookup.page(is_template=False, after=first.next_cursor, limit=2)
    third = lookup.page(is_template=False, after=second.next_cursor, limit=2)
    back = lookup.page(is_template=False, before=third.previous_cursor, limit=2)

    told = [[each.draft.name for each in page.rows] for page in (first, second, third)]
    assert told == [["Alpha", "Bravo"], ["charlie", "delta"], ["echo"]]
    assert back.rows == second.rows
    assert (first.previous_cursor, third.next_cursor, first.count) == ("", "", 5)
