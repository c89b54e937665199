"""What the server does by itself, and how open pages tell of it."""

from __future__ import annotations

import re

import psycopg
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.api.oauth.accounts import exchange
from tests.e2e.pages import button, checked, open_edit, open_list, row, rows, status, stored
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour, World, oauth_client

BY_ITSELF_WITHIN_MS = 30_000
"""The server looks every ten seconds or so; a busy machine adds to it."""

EVERYTHING_IS_DUE = "UPDATE integration_connections SET next_check_at = now()"
LOCK_EVERYTHING = "SELECT * FROM integration_connections FOR UPDATE"


def test_a_scheduled_check_shows_on_open_pages(
    admin: Page, other_admin: Page, library: DatabaseUnderTest
) -> None:
    uuid = stored("mistral", "main", Behaviour.NO_CREDIT).uuid
    open_list(admin)
    open_edit(other_admin, uuid)
    expect(row(admin, "main")).to_contain_text("Not tested")

    library.execute(EVERYTHING_IS_DUE)

    expect(row(admin, "main")).to_contain_text("has no credit", timeout=BY_ITSELF_WITHIN_MS)
    expect(status(other_admin, "Error")).to_be_visible()
    expect(other_admin.get_by_text("Last tested a few seconds ago")).to_be_visible()
    expect(other_admin.get_by_text(re.compile(r"Next check in 1\d minutes"))).to_be_visible()


def test_a_provider_that_hangs_does_not_hold_up_scheduled_checks(
    admin: Page, library: DatabaseUnderTest
) -> None:
    for number in range(8):
        stored("mistral", f"hangs-{number}", Behaviour.HANGING)
    library.execute(EVERYTHING_IS_DUE)
    stored("deepseek", "works")
    open_list(admin)

    library.execute("UPDATE integration_connections SET next_check_at = now() WHERE name = 'works'")

    expect(row(admin, "works")).to_contain_text("Connected", timeout=BY_ITSELF_WITHIN_MS)


def test_a_due_token_is_renewed_although_nobody_asks(
    admin: Page, library: DatabaseUnderTest, world: World
) -> None:
    client = oauth_client("google", serial="renewed by the server")
    values = {"client_id": client.id, "client_secret": client.secret}
    uuid = integrations.add_connection("google", "main", values=values).uuid
    exchange(world, uuid)
    with integrations.subscribe() as events:
        library.execute(
            "UPDATE integration_connections SET status = 'error', token_failures = 1,"
            " validation_reason = 'unreachable', token_refresh_at = now()"
        )

        event = events.get(timeout_s=BY_ITSELF_WITHIN_MS / 1_000)

    assert event is not None
    assert (event.kind, event.uuid, event.status) == ("validated", uuid, "connected")
    assert len(world.oauth.refresh_requests(client.id)) == 1


def test_a_page_says_when_the_next_check_is(admin: Page, library: DatabaseUnderTest) -> None:
    uuid = checked("mistral", "main").uuid
    library.execute("UPDATE integration_connections SET next_check_at = now() + '6 hours'")

    open_edit(admin, uuid)

    expect(admin.get_by_text("Next check in 6 hours")).to_be_visible()


def test_a_check_whose_time_has_come_is_not_said_to_be_in_the_past(
    admin: Page, library: DatabaseUnderTest
) -> None:
    uuid = checked("mistral", "main").uuid

    with psycopg.connect(
        library.url, autocommit=True
    ) as other:  # whose rows the server passes over
        other.execute(f"{EVERYTHING_IS_DUE}; COMMIT; BEGIN; {LOCK_EVERYTHING}")
        open_edit(admin, uuid)

        expect(admin.get_by_text("Next check any moment")).to_be_visible()


def test_what_is_disconnected_says_of_no_next_check(
    admin: Page, library: DatabaseUnderTest
) -> None:
    uuid = checked("mistral", "main").uuid
    open_edit(admin, uuid)
    expect(admin.get_by_text("Next check")).to_be_visible()

    integrations.disconnect(uuid)

    expect(admin.get_by_text("Next check")).to_have_count(0)


def test_what_fails_stands_first_and_is_counted(admin: Page, library: DatabaseUnderTest) -> None:
    checked("deepseek", "fine")
    checked("mistral", "b-refused", Behaviour.WRONG)
    checked("mistral", "a-refused", Behaviour.WRONG)

    open_list(admin)

    expect(rows(admin)).to_contain_text(["a-refused", "b-refused", "fine"])
    admin.get_by_role("link", name="Needs attention 2").click()
    expect(rows(admin)).to_have_count(2)
    expect(admin).to_have_url(re.compile(r"\?status=error$"))
    chip = admin.get_by_role("link", name="Needs attention 2")
    expect(chip).to_have_attribute("aria-current", "true")
    expect(admin.get_by_role("combobox", name="Status")).to_contain_text("Error")
    chip.click()
    expect(rows(admin)).to_have_count(3)


def test_what_begins_to_fail_is_counted_at_once_and_moves_up_when_asked(admin: Page) -> None:
    checked("deepseek", "first")
    uuid = checked("mistral", "second").uuid
    open_list(admin)
    expect(rows(admin)).to_contain_text(["first", "second"])

    integrations.record_validation(
        uuid, integrations.validate_credentials("mistral", {"api_key": "0" * 32})
    )

    expect(admin.get_by_role("link", name="Needs attention 1")).to_be_visible()
    expect(row(admin, "second")).to_contain_text("Error")
    expect(rows(admin)).to_contain_text(["first", "second"])
    button(admin, "Refresh order").click()
    expect(rows(admin)).to_contain_text(["second", "first"])


def test_rows_come_in_the_order_that_is_chosen(admin: Page) -> None:
    checked("mistral", "refused", Behaviour.WRONG)
    checked("deepseek", "fine")
    open_list(admin)
    expect(rows(admin)).to_contain_text(["refused", "fine"])

    admin.get_by_role("combobox", name="Order").click()
    admin.get_by_role("option", name="By service").click()

    expect(rows(admin)).to_contain_text(["fine", "refused"])
    expect(admin).to_have_url(re.compile("sort=service"))
