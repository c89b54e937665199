"""Lists under a hand: nothing moves while others work, and what is gone says so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations_app import integrations, routes
from integrations_app.features.projects import service as projects
from integrations_app.features.projects.project import Draft
from tests.e2e.conftest import LIVE_WITHIN_MS
from tests.e2e.endpoints import SOMEBODY, changed, made, open_endpoints, service
from tests.e2e.pages import act, button, checked, names_shown, open_list, row, rows, stored
from tests.postgresql import DatabaseUnderTest


def middle_of(found: Locator) -> tuple[float, float]:
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def under(page: Page, place: tuple[float, float]) -> str:
    """What a click at this place would hit, and in which row."""
    return page.evaluate(
        """([x, y]) => {
            const hit = document.elementFromPoint(x, y);
            return `${hit.innerText} ${hit.closest('tr')?.querySelector('.row-name').innerText}`;
        }""",
        [*place],
    )


def test_what_the_hand_is_on_stays_there_while_others_change_rename_add_and_remove(
    admin: Page,
) -> None:
    for name in ("a", "b", "c", "d"):
        checked("mistral", name)
    uuids = {each.name: each.uuid for each in integrations.list_connections()}
    open_list(admin)
    configure = row(admin, "c").get_by_role("link", name="Configure")
    configure.hover()
    hand = middle_of(configure)

    integrations.record_validation(
        uuids["d"], integrations.validate_credentials("mistral", {"api_key": "0" * 32})
    )
    integrations.rename_connection(uuids["a"], "z")
    integrations.remove_connection(uuids["b"])
    stored("deepseek", "added")

    expect(row(admin, "added")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(row(admin, "b")).to_contain_text("Removed", timeout=LIVE_WITHIN_MS)
    expect(row(admin, "d")).to_contain_text("Error", timeout=LIVE_WITHIN_MS)
    expect(names_shown(admin)).to_have_text(["z", "b", "c", "d", "added"])
    assert under(admin, hand) == "Configure c"
    assert middle_of(configure)[1] == hand[1]
    told = admin.get_by_role("status").filter(has_text="changed")
    expect(told).to_have_text("3 rows have changed")
    button(admin, "Refresh order").click()
    expect(names_shown(admin)).to_have_text(["d", "added", "c", "z"])
    expect(button(admin, "Refresh order")).to_have_count(0)
    expect(told).to_have_count(0)


def test_a_row_that_others_removed_has_its_name_and_nothing_that_could_be_done(
    admin: Page,
) -> None:
    uuid = stored("mistral", "main").uuid
    open_list(admin)

    integrations.remove_connection(uuid)

    gone = row(admin, "main")
    expect(gone.get_by_role("cell").last).to_have_text("Removed", timeout=LIVE_WITHIN_MS)
    expect(gone.get_by_role("button")).to_have_count(0)
    expect(gone.get_by_role("link")).to_have_count(0)
    expect(gone).not_to_contain_text("Not tested")
    button(admin, "Refresh order").focus()
    admin.keyboard.press("Enter")
    expect(admin.get_by_text("No integrations configured")).to_be_visible()
    expect(admin.locator("#content")).to_be_focused()


def test_an_endpoint_that_others_removed_and_one_that_they_renamed_stay_in_place(
    admin: Page,
) -> None:
    first, second = made("a"), made("b")
    made("c")
    open_endpoints(admin)

    changed(first, name="z")
    service.remove(second.uuid, actor=SOMEBODY)

    expect(row(admin, "b")).to_contain_text("Removed", timeout=LIVE_WITHIN_MS)
    expect(names_shown(admin)).to_have_text(["z", "b", "c"])
    button(admin, "Refresh order").click()
    expect(names_shown(admin)).to_have_text(["c", "z"])


@pytest.fixture
def no_projects(library: DatabaseUnderTest) -> None:
    library.execute("DELETE FROM projects")


def test_a_project_that_others_removed_and_one_that_they_renamed_stay_in_place(
    admin: Page, no_projects: None, library: DatabaseUnderTest
) -> None:
    first, second, _third = (
        projects.add(Draft(name=name), actor=SOMEBODY) for name in ("a", "b", "c")
    )
    admin.goto(routes.PROJECTS)
    expect(rows(admin)).to_have_count(3)

    projects.update(first.uuid, Draft(name="z"), actor=SOMEBODY)
    projects.remove(second.uuid, actor=SOMEBODY)

    expect(row(admin, "b")).to_contain_text("Removed", timeout=LIVE_WITHIN_MS)
    expect(names_shown(admin)).to_have_text(["z", "b", "c"])
    button(admin, "Refresh order").click()
    expect(names_shown(admin)).to_have_text(["c", "z"])
    library.execute("DELETE FROM projects")


def test_the_removal_of_the_only_row_of_a_page_shows_the_page_before_also_after_a_reload(
    admin: Page, library: DatabaseUnderTest
) -> None:
    library.execute(
        "INSERT INTO integration_connections (uuid, provider, name)"
        " SELECT gen_random_uuid(), 'mistral', 'm' || to_char(at, 'FM00')"
        " FROM generate_series(1, 26) AS at"
    )
    open_list(admin, sort="name")
    admin.get_by_role("link", name="Next").click()
    expect(rows(admin)).to_have_count(1)
    expect(admin).to_have_url(re.compile("after="))
    emptied = admin.url

    act(row(admin, "m26"), "Remove")
    button(admin.get_by_role("alertdialog"), "Remove for good").click()

    expect(rows(admin)).to_have_count(25)
    expect(admin.get_by_text("m26 was removed.")).to_be_visible()
    expect(admin).to_have_url(re.compile(r"\?sort=name$"))
    expect(admin.get_by_label("Search")).to_be_visible()
    admin.goto(emptied)
    expect(rows(admin)).to_have_count(25)
    expect(admin).to_have_url(re.compile(r"\?sort=name$"))
