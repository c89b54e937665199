"""Every page and state that people see, each arranged from nothing: for axe, and for pictures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.actor import Actor
from integrations_app.features.projects import service as projects
from integrations_app.features.projects.project import Draft as Project
from tests.e2e import endpoints
from tests.e2e.pages import (
    act,
    breadcrumb,
    button,
    checked,
    key_field,
    name_field,
    open_edit,
    open_list,
    open_new,
    outcome,
    row,
    stored,
)
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour, key

Scene = Callable[[Page, DatabaseUnderTest], None]
"""Arranges what there is to see and opens it, in a tab of an admin."""

SOMEBODY = Actor.of("grace@example.com")
_ANSWERED_WITHIN_MS = 15_000


def wide_and_phone(page: Page, db: DatabaseUnderTest) -> None:
    """A list with all that a row can say."""
    checked("mistral", "production")
    checked("deepseek", "eu-batch", Behaviour.NO_CREDIT)
    stored("openrouter", "research")
    integrations.add_connection("google", "marketing-calendar")
    open_list(page)


def empty_list(page: Page, _db: DatabaseUnderTest) -> None:
    open_list(page)


def list_without_matches(page: Page, _db: DatabaseUnderTest) -> None:
    stored("mistral", "main")
    page.goto(routes.listing(q="nothing-like-this"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def removal_from_the_list(page: Page, db: DatabaseUnderTest) -> None:
    uuid = checked("mistral", "production").uuid
    checked("mistral", "standby")
    endpoints.made("Translations", uuid)
    open_list(page)
    ask_to_remove(page, "production")


def choice(page: Page, _db: DatabaseUnderTest) -> None:
    page.goto(routes.NEW)
    expect(page.get_by_role("list", name="Services")).to_be_visible()


def choice_without_matches(page: Page, db: DatabaseUnderTest) -> None:
    choice(page, db)
    page.get_by_label("Search services").fill("carrier pigeon")
    expect(page.get_by_text("No service matches the search.")).to_be_visible()


def new_key(page: Page, _db: DatabaseUnderTest) -> None:
    open_new(page, "mistral")


def new_client(page: Page, _db: DatabaseUnderTest) -> None:
    open_new(page, "microsoft")


def new_with_problems(page: Page, _db: DatabaseUnderTest) -> None:
    open_new(page, "mistral")
    button(page, "Create Connection").click()
    expect(page.get_by_text("Give the connection a name.")).to_be_visible()


def new_after_a_failed_test(page: Page, _db: DatabaseUnderTest) -> None:
    open_new(page, "deepseek")
    name_field(page).fill("eu-batch")
    key_field(page).fill(key("deepseek", Behaviour.NO_CREDIT))
    button(page, "Test Connection").click()
    expect(outcome(page)).to_contain_text("Test failed", timeout=_ANSWERED_WITHIN_MS)


def edit(page: Page, _db: DatabaseUnderTest) -> None:
    uuid = checked("mistral", "production").uuid
    endpoints.made("Translations", uuid)
    open_edit(page, uuid)


def edit_after_a_test(page: Page, db: DatabaseUnderTest) -> None:
    edit(page, db)
    button(page, "Test Connection").click()
    expect(outcome(page)).to_contain_text("verified", timeout=_ANSWERED_WITHIN_MS)


def edit_in_error(page: Page, _db: DatabaseUnderTest) -> None:
    open_edit(page, checked("deepseek", "eu-batch", Behaviour.NO_CREDIT).uuid)


def edit_with_problems(page: Page, _db: DatabaseUnderTest) -> None:
    open_edit(page, stored("mistral", "production").uuid)
    name_field(page).fill("two words")
    key_field(page).fill("ümlaut")
    button(page, "Save Changes").click()
    expect(page.get_by_text("Use 1 to 100 letters")).to_be_visible()


def edit_with_all_open(page: Page, db: DatabaseUnderTest) -> None:
    edit(page, db)
    page.get_by_text("Danger Zone").click()
    page.get_by_text("Setup Instructions").click()
    expect(button(page, "Disconnect")).to_be_visible()


def edit_before_an_account(page: Page, _db: DatabaseUnderTest) -> None:
    values = {"client_id": "123-abc.apps.googleusercontent.com", "client_secret": "typed"}
    open_edit(page, integrations.add_connection("google", "calendar", values=values).uuid)


def edit_with_an_account(page: Page, db: DatabaseUnderTest) -> None:
    uuid = checked("openrouter", "office").uuid
    db.execute(
        "UPDATE integration_connections SET account_name = 'ada@example.com' WHERE uuid = %s", uuid
    )
    open_edit(page, uuid)


def edit_changed_by_others(page: Page, _db: DatabaseUnderTest) -> None:
    uuid = stored("mistral", "production").uuid
    open_edit(page, uuid)
    key_field(page).fill("typed")
    integrations.rename_connection(uuid, "theirs", actor=SOMEBODY)
    expect(button(page, "Load the new values")).to_be_visible()


def edit_in_conflict(page: Page, db: DatabaseUnderTest) -> None:
    edit_changed_by_others(page, db)
    button(page, "Save Changes").click()
    expect(button(page, "Save over them")).to_be_visible()


def edit_of_what_is_removed(page: Page, _db: DatabaseUnderTest) -> None:
    uuid = stored("mistral", "production").uuid
    open_edit(page, uuid)
    integrations.remove_connection(uuid, actor=SOMEBODY)
    expect(page.get_by_text("This connection was removed by")).to_be_visible()


def removal(page: Page, db: DatabaseUnderTest) -> None:
    edit_with_all_open(page, db)
    button(page, "Remove").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()


def disconnecting(page: Page, db: DatabaseUnderTest) -> None:
    edit_with_all_open(page, db)
    button(page, "Disconnect").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()


def leaving(page: Page, db: DatabaseUnderTest) -> None:
    edit(page, db)
    name_field(page).fill("half-typed")
    breadcrumb(page).click()
    expect(page.get_by_role("alertdialog", name="Leave without saving?")).to_be_visible()


def endpoint_list(page: Page, _db: DatabaseUnderTest) -> None:
    endpoints.made("Translations", stored("mistral", "production").uuid)
    endpoints.made("Drafts")
    endpoints.open_endpoints(page)


def empty_endpoint_list(page: Page, _db: DatabaseUnderTest) -> None:
    endpoints.open_endpoints(page)


def new_endpoint(page: Page, _db: DatabaseUnderTest) -> None:
    checked("mistral", "production")
    stored("openrouter", "research")
    page.goto(routes.AI_ENDPOINT_NEW)
    expect(endpoints.name_of_endpoint(page)).to_be_visible()


def new_endpoint_with_problems(page: Page, db: DatabaseUnderTest) -> None:
    new_endpoint(page, db)
    button(page, "Create Endpoint").click()
    expect(page.get_by_text("Give the endpoint a name.")).to_be_visible()


def endpoint(page: Page, _db: DatabaseUnderTest) -> None:
    uuid = checked("mistral", "production").uuid
    endpoints.open_endpoint(page, endpoints.made("Translations", uuid).uuid)


def endpoint_with_an_old_key(page: Page, db: DatabaseUnderTest) -> None:
    endpoints.open_endpoint(page, endpoints.with_old_key(db, "Summaries", "sk-old"))


def removal_of_an_endpoint(page: Page, db: DatabaseUnderTest) -> None:
    endpoint(page, db)
    page.get_by_text("Danger Zone").click()
    button(page, "Remove").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()


def project_list(page: Page, _db: DatabaseUnderTest) -> None:
    made_project("Apollo")
    page.goto(routes.PROJECTS)
    expect(row(page, "Apollo")).to_be_visible()


def new_project(page: Page, _db: DatabaseUnderTest) -> None:
    page.goto(routes.PROJECT_NEW)
    expect(endpoints.name_of_endpoint(page)).to_be_visible()


def project(page: Page, _db: DatabaseUnderTest) -> None:
    page.goto(f"{routes.PROJECTS}/{made_project('Apollo')}")
    expect(endpoints.name_of_endpoint(page)).to_have_value("Apollo")
    page.get_by_text("Danger Zone").click()


def modules(page: Page, _db: DatabaseUnderTest) -> None:
    page.goto(routes.MODULES)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def nothing(page: Page, _db: DatabaseUnderTest) -> None:
    page.goto("/nothing-here")
    expect(page.get_by_text("There is nothing here")).to_be_visible()


def made_project(name: str) -> object:
    draft = Project(name=name, description=f"As of {datetime.now(UTC).year}")
    return projects.add(draft, actor=SOMEBODY).uuid


def ask_to_remove(page: Page, name: str) -> None:
    """Open the question in the list."""
    act(row(page, name), "Remove")
    expect(page.get_by_role("alertdialog")).to_be_visible()


SCENES: dict[str, Scene] = {
    "list": wide_and_phone,
    "list-empty": empty_list,
    "list-no-match": list_without_matches,
    "list-remove": removal_from_the_list,
    "new-choice": choice,
    "new-choice-no-match": choice_without_matches,
    "new-key": new_key,
    "new-client": new_client,
    "new-problems": new_with_problems,
    "new-test-failed": new_after_a_failed_test,
    "edit": edit,
    "edit-tested": edit_after_a_test,
    "edit-error": edit_in_error,
    "edit-problems": edit_with_problems,
    "edit-open": edit_with_all_open,
    "edit-no-account": edit_before_an_account,
    "edit-account": edit_with_an_account,
    "edit-changed": edit_changed_by_others,
    "edit-conflict": edit_in_conflict,
    "edit-removed": edit_of_what_is_removed,
    "edit-remove": removal,
    "edit-disconnect": disconnecting,
    "edit-leave": leaving,
    "endpoints": endpoint_list,
    "endpoints-empty": empty_endpoint_list,
    "endpoint-new": new_endpoint,
    "endpoint-problems": new_endpoint_with_problems,
    "endpoint": endpoint,
    "endpoint-old-key": endpoint_with_an_old_key,
    "endpoint-remove": removal_of_an_endpoint,
    "projects": project_list,
    "project-new": new_project,
    "project": project,
    "modules": modules,
    "not-found": nothing,
}
"""By the name that its picture gets."""


def sign_in(page: Page) -> None:
    page.goto(routes.LOGIN)
    expect(button(page, "Sign in")).to_be_visible()


def sign_in_refused(page: Page) -> None:
    sign_in(page)
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong, and long enough")
    button(page, "Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="password")).to_be_visible()


def used_link(page: Page) -> None:
    page.goto(f"{routes.SETUP}?token=used")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


OUTSIDE: dict[str, Callable[[Page], None]] = {
    "sign-in": sign_in,
    "sign-in-refused": sign_in_refused,
    "setup-used": used_link,
}
"""What whoever is not signed in sees."""
