"""By keyboard, by screen reader, on a phone, in the dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from integrations_app import routes
from tests.e2e.conftest import EMAIL, PASSWORD, NewBrowser, NewTab, sign_in
from tests.e2e.pages import (
    EDIT_ADDRESS,
    LISTING_ADDRESS,
    button,
    checked,
    key_field,
    name_field,
    names,
    open_edit,
    open_list,
    open_menu,
    open_new,
    outcome,
    row,
    stored,
)
from tests.world import Behaviour, key

PHONE = {"width": 390, "height": 844}
NAMELESS = """[...document.querySelectorAll('input:not([type=hidden]), button, a, select')]
    .filter((each) => each.checkVisibility() && !each.closest('[aria-hidden=true]'))
    .filter((each) => !(each.innerText.trim() || each.ariaLabel || each.labels?.length
        || each.getAttribute('aria-labelledby') || each.title))
    .map((each) => each.outerHTML.slice(0, 200))"""
CONTRASTS = """(selector) => {
    const canvas = document.createElement('canvas').getContext('2d');
    const brightness = (colours) => {
        for (const colour of colours) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
            .map((part) => part / 255)
            .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    return [...document.querySelectorAll(selector)].map((each) => {
        const below = ['white'];
        for (let at = each; at; at = at.parentElement)
            below.splice(1, 0, getComputedStyle(at).backgroundColor);
        const both = [brightness(below), brightness([...below, getComputedStyle(each).color])];
        return Math.max(...both) / Math.min(...both);
    });
}"""
UNLIMITED = """[...document.querySelectorAll('input:not([type=hidden])')]
    .filter((each) => each.maxLength < 0).map((each) => each.outerHTML.slice(0, 200))"""
BROKEN_DESCRIPTIONS = """[...document.querySelectorAll('[aria-describedby]')]
    .filter((each) => !each.getAttribute('aria-describedby').split(' ')
        .some((id) => document.getElementById(id)))
    .map((each) => each.outerHTML.slice(0, 200))"""


def test_an_admin_signs_in_adds_and_tests_a_connection_by_keyboard_alone(visitor: Page) -> None:
    visitor.goto(routes.LOGIN)
    expect(visitor.get_by_label("Email")).to_be_focused()
    visitor.keyboard.type(EMAIL)
    visitor.keyboard.press("Tab")
    visitor.keyboard.type(PASSWORD)
    visitor.keyboard.press("Enter")
    expect(visitor).to_have_url(LISTING_ADDRESS)

    _tab_to(visitor, "Add Integration")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_label("Search services")).to_be_focused()
    visitor.keyboard.type("openrouter")
    expect(visitor.get_by_role("list", name="Services").get_by_role("link")).to_have_count(1)
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Enter")
    expect(name_field(visitor)).to_be_focused()
    visitor.keyboard.type("by-keyboard")
    visitor.keyboard.press("Tab")
    visitor.keyboard.type(key("openrouter", serial="keyboard"))
    _tab_to(visitor, "Test Connection")
    visitor.keyboard.press("Enter")
    expect(outcome(visitor)).to_have_text("Connection verified")
    name_field(visitor).focus()
    visitor.keyboard.press("Enter")

    expect(visitor).to_have_url(EDIT_ADDRESS)
    expect(outcome(visitor)).to_have_text("Connection verified")
    assert names() == ["by-keyboard"]


@pytest.mark.parametrize("key", ["Enter", "Space", "ArrowDown"])
def test_a_rows_menu_opens_by_keyboard_and_gives_the_focus_back(admin: Page, key: str) -> None:
    stored("mistral", "first")
    open_list(admin)
    more = button(row(admin, "first"), "More actions")

    for _again in range(2):  # it is made at the first time
        more.focus()
        admin.keyboard.press(key)
        expect(admin.get_by_role("menuitem").first).to_be_focused()
        expect(more).to_have_attribute("aria-expanded", "true")
        admin.keyboard.press("Escape")
        expect(more).to_be_focused()
        expect(admin.get_by_role("menu")).to_have_count(0)


def test_a_row_is_removed_by_keyboard_and_focus_is_not_lost(admin: Page) -> None:
    stored("mistral", "first")
    stored("mistral", "second")
    open_list(admin)

    more = button(row(admin, "first"), "More actions")
    more.focus()
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("menuitem").first).to_be_focused()
    admin.keyboard.press("End")
    expect(admin.get_by_role("menuitem").last).to_be_focused()
    admin.keyboard.press("Enter")
    question = admin.get_by_role("alertdialog")
    expect(question).to_be_visible()
    expect(button(question, "Keep it")).to_be_focused()
    admin.keyboard.press("Escape")

    expect(question).to_have_count(0)
    expect(more).to_be_focused()


def test_the_first_wrong_field_gets_the_focus_and_says_why(admin: Page) -> None:
    open_new(admin, "google")

    name_field(admin).fill("fine")
    button(admin, "Create Connection").click()

    first = admin.get_by_label("Client ID", exact=True)
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(first).to_have_accessible_description(re.compile("Client ID is needed."))
    second = admin.get_by_label("Client secret", exact=True)
    expect(second).to_have_accessible_description(re.compile("Client secret is needed."))
    expect(name_field(admin)).not_to_have_attribute("aria-invalid", "true")


def test_a_secret_field_is_left_alone_by_password_managers_and_spell_checkers(
    admin: Page,
) -> None:
    open_new(admin, "openrouter")

    expect(key_field(admin)).to_have_attribute("type", "text")
    expect(key_field(admin)).to_have_attribute("autocomplete", "off")
    expect(key_field(admin)).to_have_attribute("spellcheck", "false")
    expect(key_field(admin)).to_have_attribute("data-1p-ignore", "true")


@pytest.mark.parametrize("page", ["list", "choice", "new", "edit"])
def test_every_control_has_a_name_and_every_input_a_limit(admin: Page, page: str) -> None:
    _open(admin, page)

    assert admin.evaluate(NAMELESS) == []
    assert admin.evaluate(UNLIMITED) == []
    assert admin.evaluate(BROKEN_DESCRIPTIONS) == []
    assert admin.locator("h1").count() == 1
    assert admin.locator("html").get_attribute("lang")


def test_the_sign_in_page_has_names_and_limits_too(visitor: Page) -> None:
    visitor.goto(routes.LOGIN)
    expect(visitor.get_by_label("Email")).to_be_focused()

    assert visitor.evaluate(NAMELESS) == []
    assert visitor.evaluate(UNLIMITED) == []


@pytest.mark.parametrize("page", ["list", "choice", "new", "edit"])
def test_nothing_is_wider_than_a_phone(new_browser: NewBrowser, new_tab: NewTab, page: str) -> None:
    context = new_browser(viewport=PHONE, has_touch=True)
    sign_in(context, EMAIL)
    phone = new_tab(context)
    checked("openrouter", 100 * "n", Behaviour.WRONG)

    _open(phone, page)

    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_on_a_phone_the_navigation_waits_behind_a_menu_button(
    new_browser: NewBrowser, new_tab: NewTab
) -> None:
    context = new_browser(viewport=PHONE)
    sign_in(context, EMAIL)
    phone = new_tab(context)
    open_list(phone)
    places = phone.get_by_role("navigation", name="Main")
    expect(places).to_have_count(0)

    button(phone, "Menu").click()

    expect(places.get_by_role("link").first).to_be_visible()
    phone.keyboard.press("Escape")
    expect(places).to_have_count(0)
    expect(button(phone, "Menu")).to_be_focused()
    phone.keyboard.press("Enter")
    places.get_by_role("link", name="Projects").click()
    expect(phone.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    expect(places).to_have_count(0)


def test_the_navigation_says_where_one_is(admin: Page) -> None:
    places = admin.get_by_role("navigation", name="Main")

    open_edit(admin, stored("mistral", "main").uuid)

    connections, projects = (
        places.get_by_role("link", name=name) for name in ("Connections", "Projects")
    )
    expect(connections).to_have_attribute("aria-current", "page")
    expect(projects).to_have_attribute("aria-current", "false")
    projects.click()
    expect(projects).to_have_attribute("aria-current", "page")
    expect(connections).to_have_attribute("aria-current", "false")


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(admin: Page) -> None:
    open_list(admin)

    admin.keyboard.press("Tab")
    expect(admin.get_by_role("link", name="Skip to content")).to_be_focused()
    admin.keyboard.press("Enter")

    expect(admin.get_by_role("main")).to_be_focused()
    expect(admin).to_have_url(LISTING_ADDRESS)
    admin.keyboard.press("Tab")
    expect(admin.get_by_role("link", name="Add Integration")).to_be_focused()


def test_a_followed_link_leaves_the_focus_at_the_page_it_led_to(admin: Page) -> None:
    open_list(admin)
    expect(admin.get_by_role("main")).not_to_be_focused()

    admin.get_by_role("link", name="Projects").click()
    expect(admin.get_by_role("heading", name="Projects", level=1)).to_be_visible()

    admin.keyboard.press("Tab")
    expect(admin.get_by_role("link", name="Add Project")).to_be_focused()


def test_texts_are_set_in_a_typeface_that_comes_with_the_build_and_is_small(
    own_browser: BrowserContext, new_tab: NewTab
) -> None:
    page = new_tab(own_browser)  # a tab that has loaded it before has it already
    with page.expect_response(re.compile("woff2$")) as loaded:
        page.goto(routes.LISTING)

    assert len(loaded.value.body()) <= 60_000
    assert "immutable" in loaded.value.headers["cache-control"]
    expect(page.get_by_role("heading", level=1)).to_have_css(
        "font-family", re.compile('^"Inter Variable"')
    )
    assert page.evaluate("document.fonts.check('1em \"Inter Variable\"')")


def test_on_a_phone_a_row_offers_everything(new_browser: NewBrowser, new_tab: NewTab) -> None:
    context = new_browser(viewport=PHONE)
    sign_in(context, EMAIL)
    phone = new_tab(context)
    checked("mistral", "main")

    open_list(phone)

    expect(row(phone, "main").get_by_role("link", name="Configure")).to_be_in_viewport()
    menu = open_menu(row(phone, "main"))
    for action in ("Test Connection", "Disconnect", "Copy uuid", "Remove"):
        expect(menu.get_by_role("menuitem", name=action)).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_on_colour_can_be_read(new_browser: NewBrowser, new_tab: NewTab, scheme: str) -> None:
    context = new_browser(color_scheme=scheme)
    sign_in(context, EMAIL)
    page = new_tab(context)
    stored("mistral", "untested")
    checked("mistral", "refused", Behaviour.WRONG)
    uuid = checked("mistral", "main").uuid

    open_list(page)
    statuses = page.evaluate(CONTRASTS, ".rows .status")
    open_edit(page, uuid)
    page.get_by_text("Danger Zone").click()
    button(page, "Remove").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    removing = page.evaluate(CONTRASTS, "[data-accent-color=red].rt-variant-solid")

    assert len(statuses) == 3
    assert len(removing) == 1
    assert min(*statuses, *removing) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_follow_the_colours_of_the_system(
    new_browser: NewBrowser, new_tab: NewTab, scheme: str
) -> None:
    context = new_browser(color_scheme=scheme)
    sign_in(context, EMAIL)
    page = new_tab(context)

    open_list(page)

    background = page.evaluate(
        "getComputedStyle(document.querySelector('.radix-themes')).backgroundColor"
    )
    brightness = sum(int(part) for part in re.findall(r"\d+", background)[:3]) / 3
    assert (brightness < 128) == (scheme == "dark"), background


def test_the_reader_may_switch_the_colours(admin: Page) -> None:
    open_list(admin)
    before = admin.locator("html").get_attribute("class")

    button(admin, "Switch light and dark").click()

    expect(admin.locator("html")).not_to_have_class(before or "")
    button(admin, "Switch light and dark").click()
    expect(admin.locator("html")).to_have_class(before or "")


@pytest.mark.parametrize("page", ["list", "choice", "new", "edit"])
def test_the_pages_raise_no_errors_and_ask_nobody_else(admin: Page, page: str) -> None:
    problems: list[str] = []
    admin.on(
        "console",
        lambda told: problems.append(told.text) if told.type in ("error", "warning") else None,
    )
    admin.on("pageerror", lambda error: problems.append(str(error)))
    admin.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("http://localhost:", "data:"))
            else problems.append(request.url)
        ),
    )

    _open(admin, page)

    assert problems == []


def _open(page: Page, which: str) -> None:
    match which:
        case "list":
            stored("mistral", "main")
            open_list(page)
            expect(row(page, "main")).to_be_visible()
        case "choice":
            page.goto(routes.NEW)
            expect(page.get_by_role("list", name="Services")).to_be_visible()
        case "new":
            open_new(page, "microsoft")
        case _:
            open_edit(page, checked("mistral", "main").uuid)


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").strip() == name:
            return
    raise AssertionError(f"Tab never comes to {name!r}.")
