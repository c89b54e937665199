"""Projects and templates: lists, forms, names that are taken, and what others do meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.features.projects import lookup, service
from integrations_app.features.projects.project import Draft, Project
from tests.e2e.conftest import LIVE_WITHIN_MS
from tests.e2e.pages import act, alert, button, row, rows
from tests.postgresql import DatabaseUnderTest

SOMEONE = Actor.of("somebody else")


@pytest.fixture(autouse=True)
def db(library: DatabaseUnderTest) -> Iterator[DatabaseUnderTest]:
    """The database of the served product, without projects before and after."""
    library.execute("DELETE FROM projects")
    yield library
    library.execute("DELETE FROM projects")


def add(name: str, description: str = "", *, template: bool = False) -> Project:
    draft = Draft(name=name, description=description)
    return service.add(draft, is_template=template, actor=SOMEONE)


def names(*, templates: bool = False) -> list[str]:
    return [each.draft.name for each in lookup.page(is_template=templates).rows]


def open_projects(page: Page, *, templates: bool = False) -> None:
    page.goto(routes.projects(templates=templates))
    expect(page.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    expect(page.get_by_label("Loading")).to_have_count(0)


def open_project(page: Page, project: Project) -> None:
    page.goto(f"{routes.PROJECTS}/{project.uuid}")
    expect(name_field(page)).to_be_visible()


def name_field(page: Page) -> Locator:
    return page.get_by_label("Name", exact=True)


def description_field(page: Page) -> Locator:
    return page.get_by_label("Description", exact=True)


def test_the_navigation_leads_to_the_projects_and_says_that_there_are_none(admin: Page) -> None:
    admin.goto(routes.LISTING)

    admin.get_by_role("navigation", name="Main").get_by_role("link", name="Projects").click()

    expect(admin.get_by_role("heading", name="No projects yet")).to_be_visible()


def test_projects_and_templates_have_lists_of_their_own_with_addresses(admin: Page) -> None:
    add("Apollo", "To the moon.")
    add("Mission", template=True)
    open_projects(admin)
    expect(rows(admin)).to_have_count(1)
    expect(row(admin, "Apollo")).to_contain_text("To the moon.")

    kinds = admin.get_by_role("navigation", name="Kinds")
    kinds.get_by_role("link", name="Templates").click()

    expect(row(admin, "Mission")).to_be_visible()
    expect(row(admin, "Apollo")).to_have_count(0)
    expect(kinds.get_by_role("link", name="Templates")).to_have_attribute("aria-current", "page")
    expect(admin).to_have_url(re.compile(r"kind=templates"))
    admin.go_back()
    expect(row(admin, "Apollo")).to_be_visible()


def test_a_new_project_is_created_and_listed(admin: Page) -> None:
    open_projects(admin)
    admin.get_by_role("link", name="Add Project").click()

    name_field(admin).fill("Apollo")
    description_field(admin).fill("To the moon.")
    button(admin, "Create Project").click()

    expect(admin.get_by_text("Apollo was created.")).to_be_visible()
    expect(row(admin, "Apollo")).to_contain_text("To the moon.")


def test_a_project_begins_with_its_template_and_may_keep_its_name(admin: Page) -> None:
    add("Mission", "Fly there and back.", template=True)
    open_projects(admin, templates=True)

    act(row(admin, "Mission"), "Use template")
    expect(name_field(admin)).to_have_value("Mission")
    expect(description_field(admin)).to_have_value("Fly there and back.")
    button(admin, "Create Project").click()

    expect(admin.get_by_text("Mission was created.")).to_be_visible()
    assert (names(), names(templates=True)) == (["Mission"], ["Mission"])


def test_a_taken_name_is_told_at_its_field_and_everything_typed_stays(admin: Page) -> None:
    add("Apollo")
    admin.goto(routes.PROJECT_NEW)

    name_field(admin).fill("APOLLO")
    description_field(admin).fill("Another one.")
    button(admin, "Create Project").click()

    expect(alert(admin, "This name is already taken.")).to_be_visible()
    expect(name_field(admin)).to_be_focused()
    expect(name_field(admin)).to_have_attribute("aria-invalid", "true")
    expect(name_field(admin)).to_have_value("APOLLO")
    expect(description_field(admin)).to_have_value("Another one.")
    assert names() == ["Apollo"]


def test_a_name_is_needed(admin: Page) -> None:
    admin.goto(routes.new_project(template=True))

    button(admin, "Create Template").click()

    expect(alert(admin, "Give it a name.")).to_be_visible()


def test_a_project_is_changed(admin: Page) -> None:
    project = add("Apollo")
    open_project(admin, project)

    name_field(admin).fill("Artemis")
    button(admin, "Save Changes").click()

    expect(admin.get_by_text("Saved", exact=True)).to_be_visible()
    assert names() == ["Artemis"]


def test_what_others_change_shows_on_the_list_and_in_a_form_that_nobody_types_into(
    admin: Page, other_admin: Page
) -> None:
    project = add("Apollo")
    open_projects(admin)
    open_project(other_admin, project)

    service.update(project.uuid, Draft(name="Artemis"), actor=SOMEONE)

    expect(row(admin, "Artemis")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(name_field(other_admin)).to_have_value("Artemis", timeout=LIVE_WITHIN_MS)


def test_what_is_typed_survives_what_others_change_and_is_not_saved_over_it_unasked(
    admin: Page,
) -> None:
    project = add("Apollo")
    open_project(admin, project)
    name_field(admin).fill("Apollo 11")
    service.update(project.uuid, Draft(name="Apollo", description="Theirs."), actor=SOMEONE)
    expect(alert(admin, "Someone changed this project while you were typing.")).to_be_visible()
    expect(name_field(admin)).to_have_value("Apollo 11")

    button(admin, "Save Changes").click()

    expect(alert(admin, "Someone else changed the description meanwhile.")).to_be_visible()
    expect(name_field(admin)).to_have_value("Apollo 11")
    assert lookup.by_uuid(project.uuid).draft == Draft(name="Apollo", description="Theirs.")
    button(admin, "Save over them").click()
    expect(admin.get_by_text("Saved", exact=True)).to_be_visible()
    assert names() == ["Apollo 11"]


def test_the_new_values_can_be_loaded_instead(admin: Page) -> None:
    project = add("Apollo")
    open_project(admin, project)
    name_field(admin).fill("Apollo 11")
    service.update(project.uuid, Draft(name="Artemis"), actor=SOMEONE)

    button(admin, "Load the new values").click()

    expect(name_field(admin)).to_have_value("Artemis")


def test_a_project_that_somebody_deletes_says_so_on_its_open_page(admin: Page) -> None:
    project = add("Apollo")
    open_project(admin, project)
    name_field(admin).fill("Apollo 11")

    service.remove(project.uuid, actor=SOMEONE)

    expect(alert(admin, "This project was removed.")).to_be_visible()
    expect(name_field(admin)).to_have_value("Apollo 11")


def test_deleting_asks_first(admin: Page) -> None:
    add("Apollo")
    open_projects(admin)

    act(row(admin, "Apollo"), "Remove")
    question = admin.get_by_role("alertdialog", name="Remove Apollo?")
    button(question, "Keep it").click()
    expect(question).to_have_count(0)
    act(row(admin, "Apollo"), "Remove")
    button(question, "Remove for good").click()

    expect(admin.get_by_text("Apollo was removed.")).to_be_visible()
    assert names() == []


def test_the_danger_zone_deletes_and_leads_back_to_the_list(admin: Page) -> None:
    open_project(admin, add("Mission", template=True))

    admin.get_by_text("Danger Zone").click()
    button(admin, "Remove").click()
    button(admin.get_by_role("alertdialog"), "Remove for good").click()

    expect(admin.get_by_role("heading", name="No templates yet")).to_be_visible()
    assert names(templates=True) == []


def test_an_unknown_project_leads_back_to_the_list(admin: Page) -> None:
    admin.goto(f"{routes.PROJECTS}/mission")

    expect(admin.get_by_text("Project not found")).to_be_visible()
    expect(admin).to_have_url(re.compile(re.escape(routes.PROJECTS) + "/?$"))


def test_many_projects_come_in_pages(admin: Page) -> None:
    for number in range(27):
        add(f"Number {number:02}")
    open_projects(admin)
    expect(rows(admin)).to_have_count(25)
    expect(admin.get_by_text("1–25 of 27")).to_be_visible()

    admin.get_by_role("link", name="Next").click()
    expect(rows(admin)).to_have_count(2)
    admin.get_by_role("link", name="Previous").click()

    expect(row(admin, "Number 00")).to_be_visible()
