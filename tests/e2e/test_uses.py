"""Who uses a connection: on its page, before it is deleted, and when another takes its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations_app import integrations
from tests.e2e.conftest import LIVE_WITHIN_MS
from tests.e2e.pages import (
    LISTING_ADDRESS,
    act,
    button,
    names,
    open_edit,
    open_list,
    row,
    rows,
    stored,
)
from tests.postgresql import DatabaseUnderTest


@pytest.fixture(autouse=True)
def db(library: DatabaseUnderTest) -> Iterator[DatabaseUnderTest]:
    """The database of the served product, without endpoints before and after."""
    library.execute("DELETE FROM ai_endpoints")
    yield library
    library.execute("DELETE FROM ai_endpoints")


def endpoint(db: DatabaseUnderTest, name: str, uuid: UUID) -> None:
    """An AI endpoint that uses a connection; nobody is told."""
    db.execute("INSERT INTO ai_endpoints (name, integration_uuid) VALUES (%s, %s)", name, uuid)


def users(db: DatabaseUnderTest, uuid: UUID) -> list[str]:
    found = db.rows("SELECT name FROM ai_endpoints WHERE integration_uuid = %s ORDER BY 1", uuid)
    return [each["name"] for each in found]


def asked(page: Page, name: str) -> Locator:
    """The question whether the connection of this row is to be deleted."""
    open_list(page)
    act(row(page, name), "Remove")
    question = page.get_by_role("alertdialog")
    expect(question).to_be_visible()
    return question


def offered(question: Locator) -> Locator:
    """What could take the place of the connection."""
    return question.get_by_role("listbox", name="Replace with").get_by_role("option")


def choose(question: Locator, name: str) -> None:
    option = offered(question).filter(has=question.page.get_by_text(name, exact=True))
    option.click()
    expect(option).to_have_attribute("aria-selected", "true")


def used_by(page: Page) -> Locator:
    """The card of a connection's page that says who uses it."""
    return page.locator(".rt-Card", has=page.get_by_role("heading", name="Used by"))


def test_a_page_lists_who_uses_its_connection_with_a_link(
    admin: Page, db: DatabaseUnderTest
) -> None:
    uuid = stored("mistral", "main").uuid
    endpoint(db, "Summaries", uuid)
    endpoint(db, "Others", stored("mistral", "other").uuid)

    open_edit(admin, uuid)

    links = used_by(admin).get_by_role("link")
    expect(links).to_have_text(["AI endpoint Summaries"])
    expect(links).to_have_attribute("href", re.compile("^/admin/ai/endpoints/"))


def test_a_page_says_that_nobody_uses_its_connection(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)

    expect(used_by(admin)).to_contain_text("Nothing that this app knows of uses it.")


def test_many_uses_are_counted(admin: Page, db: DatabaseUnderTest) -> None:
    uuid = stored("mistral", "main").uuid
    for number in range(11):
        endpoint(db, f"Number {number:02}", uuid)

    open_edit(admin, uuid)

    expect(used_by(admin).get_by_role("link")).to_have_count(8)
    expect(used_by(admin)).to_contain_text("and 3 more")


def test_remove_says_who_uses_it(admin: Page, db: DatabaseUnderTest) -> None:
    endpoint(db, "Summaries", stored("mistral", "main").uuid)

    question = asked(admin, "main")

    expect(question).to_have_accessible_name("Remove Mistral main?")
    expect(question.get_by_role("link", name="AI endpoint Summaries")).to_be_visible()
    expect(button(question, "Remove for good")).to_have_count(0)


def test_what_is_used_is_deleted_all_the_same_after_an_explicit_yes(
    admin: Page, db: DatabaseUnderTest
) -> None:
    uuid = stored("mistral", "main").uuid
    for name in ("Summaries", "Translations"):
        endpoint(db, name, uuid)

    question = asked(admin, "main")
    button(question, "Remove anyway – 2 places lose it").click()

    expect(admin.get_by_text("Mistral main was removed.")).to_be_visible()
    expect(rows(admin)).to_have_count(0)
    assert users(db, uuid) == ["Summaries", "Translations"]


def test_a_yes_to_other_uses_than_there_are_by_now_is_asked_for_again(
    admin: Page, db: DatabaseUnderTest
) -> None:
    uuid = stored("mistral", "main").uuid
    endpoint(db, "Summaries", uuid)
    question = asked(admin, "main")
    endpoint(db, "Translations", uuid)

    button(question, "Remove anyway – 1 place loses it").click()

    expect(question.get_by_role("alert")).to_contain_text(
        "The places that use it have changed meanwhile."
    )
    expect(question.get_by_role("link", name="AI endpoint Translations")).to_be_visible()
    assert names() == ["main"]
    button(question, "Remove anyway – 2 places lose it").click()
    expect(rows(admin)).to_have_count(0)


def test_another_connection_takes_its_place_and_nothing_is_chosen_beforehand(
    admin: Page, db: DatabaseUnderTest
) -> None:
    old, new = stored("mistral", "main").uuid, stored("mistral", "spare").uuid
    endpoint(db, "Summaries", old)

    question = asked(admin, "main")
    expect(offered(question)).to_have_count(1)
    expect(offered(question)).to_have_attribute("aria-selected", "false")
    expect(button(question, "Replace and remove")).to_have_count(0)
    choose(question, "spare")
    button(question, "Replace and remove").click()

    expect(admin.get_by_text("1 place uses the other connection now.")).to_be_visible()
    expect(admin.get_by_role("alertdialog")).to_have_count(0)
    expect(row(admin, "main")).to_have_count(0)
    assert (names(), users(db, new)) == (["spare"], ["Summaries"])


def test_the_same_service_is_offered_first_and_another_one_with_a_word_of_care(
    admin: Page, db: DatabaseUnderTest
) -> None:
    endpoint(db, "Summaries", stored("mistral", "main").uuid)
    for provider in ("deepseek", "mistral", "openrouter"):
        stored(provider, "spare")

    question = asked(admin, "main")
    services = offered(question).locator(".picker-service")
    expect(services).to_have_text(["Mistral", "DeepSeek", "OpenRouter"])

    choose(question, "DeepSeek")

    expect(question).to_contain_text("That is another service: look at these places afterwards.")


def test_a_replacement_that_is_gone_by_now_leaves_everything_as_it_was(
    admin: Page, db: DatabaseUnderTest
) -> None:
    old, new = stored("mistral", "main").uuid, stored("mistral", "spare").uuid
    endpoint(db, "Summaries", old)
    question = asked(admin, "main")
    choose(question, "spare")
    integrations.remove_connection(new)

    button(question, "Replace and remove").click()

    expect(question.get_by_role("alert").filter(has_text="removed meanwhile")).to_be_visible()
    assert (names(), users(db, old)) == (["main"], ["Summaries"])


def test_the_danger_zone_replaces_too_and_goes_back_to_the_list(
    admin: Page, other_admin: Page, db: DatabaseUnderTest
) -> None:
    old, new = stored("mistral", "main").uuid, stored("mistral", "spare").uuid
    endpoint(db, "Summaries", old)
    open_edit(other_admin, new)
    expect(used_by(other_admin)).to_contain_text("Nothing that this app knows of uses it.")
    open_edit(admin, old)

    admin.get_by_text("Danger Zone").click()
    button(admin, "Remove").click()
    question = admin.get_by_role("alertdialog")
    choose(question, "spare")
    button(question, "Replace and remove").click()

    expect(admin).to_have_url(LISTING_ADDRESS)
    expect(used_by(other_admin).get_by_role("link", name="AI endpoint Summaries")).to_be_visible(
        timeout=LIVE_WITHIN_MS
    )
