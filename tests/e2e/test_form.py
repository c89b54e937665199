"""What every form does: says all that is wrong, marks what is required, fits every width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from tests.e2e.looks import WIDE
from tests.e2e.pages import (
    button,
    checked,
    key_field,
    name_field,
    open_edit,
    open_new,
    stored,
)
from tests.e2e.scenes import SCENES
from tests.postgresql import DatabaseUnderTest

WIDTHS = (320, 390, 600, 768, 1024, 1199, 1200, 1280, 1440, 1920)
BESIDE_FROM = 1200


def test_all_problems_are_said_at_once_and_the_keyboard_goes_to_the_first(admin: Page) -> None:
    open_new(admin, "mistral")

    button(admin, "Create Connection").click()

    expect(name_field(admin)).to_have_accessible_description(re.compile("Give the connection"))
    expect(key_field(admin)).to_have_accessible_description(re.compile("API key is needed"))
    expect(name_field(admin)).to_have_attribute("aria-invalid", "true")
    expect(key_field(admin)).to_have_attribute("aria-invalid", "true")
    expect(name_field(admin)).to_be_focused()


def test_a_taken_name_hides_no_other_problem(admin: Page) -> None:
    stored("mistral", "taken")
    open_new(admin, "mistral")
    name_field(admin).fill("taken")

    button(admin, "Create Connection").click()

    expect(name_field(admin)).to_have_accessible_description(re.compile("already taken"))
    expect(key_field(admin)).to_have_accessible_description(re.compile("API key is needed"))


def test_an_edit_says_all_that_is_wrong_with_it(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    name_field(admin).fill("two words")
    key_field(admin).fill("with ümlauts")

    button(admin, "Save Changes").click()

    expect(name_field(admin)).to_have_accessible_description(re.compile("Use 1 to 100 letters"))
    expect(key_field(admin)).to_have_attribute("aria-invalid", "true")


def test_required_fields_say_so_to_everyone(admin: Page) -> None:
    open_new(admin, "microsoft")

    required = admin.get_by_text("Required", exact=True)
    expect(required).to_have_count(3)
    expect(admin.get_by_text("Optional", exact=True)).to_have_count(1)
    for label in ("Connection Name", "Client ID", "Client secret"):
        expect(admin.get_by_label(label, exact=True)).to_have_attribute("required", "")
    expect(admin.get_by_label("Tenant ID", exact=True)).not_to_have_attribute("required", "")


def test_a_saved_secret_is_not_required_again(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)

    expect(key_field(admin)).not_to_have_attribute("required", "")


def test_the_heading_is_the_name_that_is_stored(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_edit(admin, uuid)

    name_field(admin).fill("half-typed")
    expect(admin.get_by_role("heading", name="main", level=1, exact=True)).to_be_visible()
    integrations.rename_connection(uuid, "theirs")

    expect(admin.get_by_text("changed this connection while you were")).to_be_visible()


def test_the_code_beside_the_form_works_as_it_stands(admin: Page) -> None:
    open_edit(admin, checked("openrouter", "main").uuid)

    code = admin.get_by_role("main").locator("pre").inner_text()
    names: dict[str, object] = {}
    exec(code, names)

    answer = names["answer"]
    assert getattr(answer, "status_code", None) == 200
    assert len([line for line in code.splitlines() if line.strip()]) == 3


@pytest.mark.parametrize(
    "name", ["new-client", "edit-open", "edit-conflict", "endpoint", "project"]
)
def test_no_width_makes_a_form_go_sideways(
    admin: Page, library: DatabaseUnderTest, name: str
) -> None:
    SCENES[name](admin, library)
    for width in WIDTHS:
        admin.set_viewport_size({"width": width, "height": 900})

        assert admin.evaluate("document.documentElement.scrollWidth") <= width, width
    library.execute("DELETE FROM projects")


def test_instructions_stand_beside_the_form_where_there_is_room_and_above_it_elsewhere(
    admin: Page,
) -> None:
    open_new(admin, "mistral")

    for width, is_beside in ((BESIDE_FROM, True), (BESIDE_FROM - 1, False), (390, False)):
        admin.set_viewport_size({"width": width, "height": 900})
        form = admin.locator("form").bounding_box()
        steps = admin.get_by_text("Setup Instructions").bounding_box()
        assert form is not None
        assert steps is not None
        assert (steps["x"] > form["x"] + form["width"]) == is_beside
        assert is_beside or steps["y"] < form["y"]


def test_a_page_at_twice_its_size_loses_nothing(admin: Page, library: DatabaseUnderTest) -> None:
    SCENES["edit-open"](admin, library)

    # What 200 % leaves of a window of 1,280 by 1,024.
    admin.set_viewport_size({"width": 640, "height": 512})

    assert admin.evaluate("document.documentElement.scrollWidth") <= 640
    for name in ("Save Changes", "Test Connection", "Disconnect", "Remove"):
        button(admin, name).scroll_into_view_if_needed()
        expect(button(admin, name)).to_be_in_viewport()


def test_fields_and_buttons_have_borders_where_the_system_chooses_colours(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    admin.set_viewport_size({**WIDE})
    admin.emulate_media(forced_colors="active")

    widths = admin.evaluate(
        """() => ['form .rt-TextFieldRoot', 'form button[type=submit]', '.rt-Card']
            .map((each) => getComputedStyle(document.querySelector(each)).borderTopWidth)"""
    )
    admin.emulate_media(forced_colors="none")

    assert widths == ["1px", "1px", "1px"]


def test_print_has_the_values_and_none_of_the_buttons(admin: Page) -> None:
    open_edit(admin, stored("mistral", "main").uuid)
    admin.emulate_media(media="print")

    expect(name_field(admin)).to_be_visible()
    expect(button(admin, "Save Changes")).to_be_hidden()
    admin.emulate_media(media="screen")


def test_an_unknown_connection_leads_back_to_the_list(admin: Page) -> None:
    admin.goto(routes.edit("0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"))

    expect(admin.get_by_text("Integration not found")).to_be_visible()
