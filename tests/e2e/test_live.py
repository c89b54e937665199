"""Pages that are open while others work; nothing here is ever reloaded."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.e2e.conftest import LIVE_WITHIN_MS, OTHER_EMAIL
from tests.e2e.pages import (
    act,
    alert,
    button,
    check,
    checked,
    key_field,
    name_field,
    open_edit,
    open_list,
    open_menu,
    open_new,
    outcome,
    row,
    rows,
    status,
    stored,
)
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour, key

AN_HOUR_AGO = "UPDATE integration_connections SET last_validated_at = now() - interval '1 hour'"


def test_what_another_admin_adds_appears_on_the_list(admin: Page, other_admin: Page) -> None:
    open_list(admin)
    expect(admin.get_by_text("No integrations configured")).to_be_visible()
    open_new(other_admin, "openrouter")

    name_field(other_admin).fill("main")
    key_field(other_admin).fill(key("openrouter"))
    button(other_admin, "Create Connection").click()

    expect(row(admin, "main")).to_be_visible()
    expect(row(admin, "main").get_by_text("Connected", exact=True)).to_be_visible()


def test_what_another_admin_renames_and_tests_shows_on_the_list(
    admin: Page, other_admin: Page
) -> None:
    uuid = stored("openrouter", "main").uuid
    open_list(admin)
    open_edit(other_admin, uuid)

    name_field(other_admin).fill("renamed")
    button(other_admin, "Save Changes").click()

    expect(row(admin, "renamed").get_by_text("Connected", exact=True)).to_be_visible()
    expect(rows(admin)).to_have_count(1)


def test_what_another_admin_removes_says_so_on_the_list(admin: Page, other_admin: Page) -> None:
    stored("openrouter", "main")
    open_list(admin)
    open_list(other_admin)

    act(row(other_admin, "main"), "Remove")
    button(other_admin.get_by_role("alertdialog"), "Remove for good").click()

    expect(row(admin, "main")).to_contain_text("Removed", timeout=LIVE_WITHIN_MS)
    button(admin, "Refresh order").click()
    expect(admin.get_by_text("No integrations configured")).to_be_visible()


def test_what_another_process_does_shows_on_the_list(admin: Page) -> None:
    open_list(admin)

    uuid = stored("mistral", "main").uuid
    expect(row(admin, "main")).to_be_visible(timeout=LIVE_WITHIN_MS)
    integrations.rename_connection(uuid, "renamed")
    expect(row(admin, "renamed")).to_be_visible(timeout=LIVE_WITHIN_MS)
    check(uuid)
    expect(row(admin, "renamed")).to_contain_text("Connected", timeout=LIVE_WITHIN_MS)
    integrations.disconnect(uuid)
    expect(row(admin, "renamed")).to_contain_text("Not connected", timeout=LIVE_WITHIN_MS)
    integrations.remove_connection(uuid)
    expect(row(admin, "renamed")).to_contain_text("Removed", timeout=LIVE_WITHIN_MS)


def test_a_check_that_changes_only_its_time_shows_on_other_pages(
    admin: Page, other_admin: Page, library: DatabaseUnderTest
) -> None:
    uuid = checked("mistral", "main").uuid
    library.execute(AN_HOUR_AGO)
    open_list(admin)
    open_edit(other_admin, uuid)
    expect(row(admin, "main")).to_contain_text("an hour ago")
    expect(other_admin.get_by_text("Last tested an hour ago")).to_be_visible()

    check(uuid)

    expect(row(admin, "main")).to_contain_text("a few seconds ago", timeout=LIVE_WITHIN_MS)
    expect(other_admin.get_by_text("Last tested a few seconds ago")).to_be_visible(
        timeout=LIVE_WITHIN_MS
    )


def test_testing_on_the_list_shows_on_another_list(admin: Page, other_admin: Page) -> None:
    stored("mistral", "main", Behaviour.FORBIDDEN)
    open_list(admin)
    open_list(other_admin)

    act(row(other_admin, "main"), "Test Connection")

    expect(row(other_admin, "main")).to_contain_text("denies it access")
    expect(row(admin, "main")).to_contain_text("denies it access", timeout=LIVE_WITHIN_MS)


def test_an_untouched_form_follows_what_others_save(admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(admin, uuid)

    integrations.rename_connection(uuid, "renamed")

    expect(name_field(admin)).to_have_value("renamed", timeout=LIVE_WITHIN_MS)


def test_typing_is_not_overwritten_and_the_new_values_are_offered(
    admin: Page, other_admin: Page
) -> None:
    uuid = stored("openrouter", "main").uuid
    typed = key("openrouter", serial="typed")
    open_edit(admin, uuid)
    open_edit(other_admin, uuid)
    name_field(admin).fill("mine")
    key_field(admin).fill(typed)

    name_field(other_admin).fill("theirs")
    button(other_admin, "Save Changes").click()

    expect(
        alert(admin, f"{OTHER_EMAIL} changed this connection while you were typing.")
    ).to_be_visible()
    expect(name_field(admin)).to_have_value("mine")
    expect(key_field(admin)).to_have_value(typed)
    button(admin, "Load the new values").click()
    expect(name_field(admin)).to_have_value("theirs")
    expect(key_field(admin)).to_have_value("")


def test_a_stale_save_is_refused_names_what_changed_and_can_be_forced(admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    typed = key("openrouter", serial="typed")
    open_edit(admin, uuid)
    name_field(admin).fill("mine")
    key_field(admin).fill(typed)
    integrations.save_setup(uuid, {"api_key": key("openrouter", serial="theirs")}, actor="grace")
    expect(alert(admin, "grace changed this connection")).to_be_visible(timeout=LIVE_WITHIN_MS)

    button(admin, "Save Changes").click()

    expect(alert(admin, "Someone else changed API key meanwhile.")).to_be_visible()
    expect(name_field(admin)).to_have_value("mine")
    expect(key_field(admin)).to_have_value(typed)
    assert integrations.get_integration_by_uuid(uuid).name == "main"
    button(admin, "Save over them").click()
    expect(outcome(admin)).to_have_text("Connection verified")
    assert integrations.get_integration_by_uuid(uuid).name == "mine"
    assert integrations.get_credentials(uuid)["api_key"] == typed


def test_the_new_values_can_be_loaded_after_a_stale_save(admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(admin, uuid)
    name_field(admin).fill("mine")
    integrations.rename_connection(uuid, "theirs")
    expect(button(admin, "Load the new values")).to_be_visible(timeout=LIVE_WITHIN_MS)
    button(admin, "Save Changes").click()
    expect(alert(admin, "Someone else changed the name meanwhile.")).to_be_visible()

    button(admin, "Load the new values").click()

    expect(name_field(admin)).to_have_value("theirs")
    expect(alert(admin, re.compile("meanwhile"))).to_have_count(0)


def test_a_connection_removed_elsewhere_says_so_and_by_whom(admin: Page, other_admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(admin, uuid)
    open_list(other_admin)

    act(row(other_admin, "main"), "Remove")
    button(other_admin.get_by_role("alertdialog"), "Remove for good").click()

    expect(alert(admin, f"This connection was removed by {OTHER_EMAIL}.")).to_be_visible()
    admin.get_by_role("link", name="Back to the list").click()
    expect(admin.get_by_text("No integrations configured")).to_be_visible()


def test_checks_by_others_show_beside_a_form_that_is_being_typed_into(admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    open_edit(admin, uuid)
    name_field(admin).fill("mine")

    check(uuid)

    expect(status(admin, "Connected")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(name_field(admin)).to_have_value("mine")
    expect(button(admin, "Load the new values")).to_have_count(0)


def test_a_burst_of_changes_ends_in_the_truth(admin: Page) -> None:
    open_list(admin)

    uuids = [stored("mistral", f"burst-{number}").uuid for number in range(20)]
    for uuid in uuids[:10]:
        integrations.remove_connection(uuid)
    integrations.rename_connection(uuids[-1], "last")

    expect(row(admin, "last")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(rows(admin).filter(has_not_text="Removed")).to_have_count(10, timeout=LIVE_WITHIN_MS)


def test_providers_that_let_many_checks_hang_keep_nobody_waiting(
    admin: Page, other_admin: Page
) -> None:
    hanging = [f"slow-{number}" for number in range(12)]
    for name in hanging:
        stored("mistral", name, Behaviour.HANGING)
    open_list(admin)
    for name in hanging:
        act(row(admin, name), "Test Connection")

    open_list(other_admin)

    expect(rows(other_admin)).to_have_count(len(hanging))
    menu = open_menu(row(admin, hanging[-1]))
    expect(menu.get_by_role("menuitem", name="Test Connection")).to_be_disabled()
