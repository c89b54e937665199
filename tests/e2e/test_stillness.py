"""Nothing moves by itself: results arrive, and rows repaint, where they are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.e2e.conftest import LIVE_WITHIN_MS
from tests.e2e.pages import act, check, open_list, row, stored
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour

MOST_SHIFT = 0.01
WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""
"""What follows a click counts, too: nothing else would tell a result that moves its neighbours."""


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_results_and_what_others_do_move_nothing(
    admin: Page, library: DatabaseUnderTest, width: int
) -> None:
    admin.add_init_script(WATCH)
    admin.set_viewport_size({"width": width, "height": 900})
    uuids = [stored("mistral", f"m{at}").uuid for at in range(5)]
    stored("deepseek", "empty", Behaviour.NO_CREDIT)
    open_list(admin)
    expect(row(admin, "m4")).to_be_visible()
    loaded = admin.evaluate("window.shift")

    act(row(admin, "empty"), "Test Connection")
    expect(row(admin, "empty")).to_contain_text("has no credit")
    check(uuids[1])
    expect(row(admin, "m1").get_by_text("Connected")).to_be_visible(timeout=LIVE_WITHIN_MS)
    integrations.rename_connection(uuids[0], "z")
    expect(row(admin, "z")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(admin.get_by_text("changed")).to_be_visible()

    assert admin.evaluate("window.shift") - loaded <= MOST_SHIFT
    assert loaded <= MOST_SHIFT


def test_a_row_that_others_changed_glows_once_unless_motion_is_unwanted(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_list(admin)

    check(uuid)

    shown = row(admin, "main")
    expect(shown).to_have_css("animation-name", "integrations-glow", timeout=LIVE_WITHIN_MS)
    expect(shown).to_have_css("animation-iteration-count", "1")
    admin.emulate_media(reduced_motion="reduce")
    expect(shown).to_have_css("animation-name", "none")
