"""Adding a connection: the choice, the form, the dry run, the creation."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.connection import Status
from tests.e2e.pages import (
    EDIT_ADDRESS,
    alert,
    back_to_list,
    button,
    key_field,
    name_field,
    names,
    open_edit,
    open_list,
    open_new,
    outcome,
    status,
    stored,
)
from tests.e2e.serving import Product
from tests.world import Behaviour, World, key


def test_the_choice_of_services_is_searchable(admin: Page) -> None:
    admin.goto(routes.NEW)
    choices = admin.get_by_role("list", name="Services").get_by_role("link")
    expect(choices).to_have_count(5)

    admin.get_by_label("Search services").press_sequentially("deeps")

    expect(choices).to_have_count(1)
    choices.click()
    expect(admin.get_by_role("heading", name="DeepSeek", level=2)).to_be_visible()
    expect(name_field(admin)).to_be_visible()


def test_a_search_that_no_service_matches_says_so(admin: Page) -> None:
    admin.goto(routes.NEW)

    admin.get_by_label("Search services").press_sequentially("carrier pigeon")

    expect(admin.get_by_text("No service matches the search.")).to_be_visible()
    expect(admin.get_by_label("Search services")).to_have_value("carrier pigeon")


def test_choosing_a_different_service_goes_back_to_the_choice(admin: Page) -> None:
    open_new(admin, "openrouter")

    admin.get_by_role("link", name="Choose a different service").click()

    expect(admin.get_by_role("list", name="Services")).to_be_visible()
    admin.get_by_role("link", name=re.compile("^DeepSeek")).click()
    expect(admin.get_by_role("heading", name="DeepSeek", level=2)).to_be_visible()


def test_the_name_is_asked_for_and_never_pre_filled(admin: Page) -> None:
    open_list(admin)

    admin.get_by_role("link", name="Add Integration").click()
    expect(admin.get_by_role("heading", name="Add Integration", level=1)).to_be_visible()
    admin.get_by_role("link", name=re.compile("^OpenRouter")).click()

    expect(name_field(admin)).to_have_value("")
    expect(name_field(admin)).not_to_have_attribute("placeholder", re.compile("default"))


def test_a_dry_run_needs_no_name_and_keeps_all_that_was_typed(admin: Page, world: World) -> None:
    right = key("openrouter", serial="dry run")
    open_new(admin, "openrouter")

    key_field(admin).fill(right)
    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(key_field(admin)).to_have_value(right)
    expect(name_field(admin)).to_have_value("")
    assert names() == []
    assert len(world.requests(key=right)) == 1


def test_a_dry_run_of_an_empty_form_says_what_is_missing(admin: Page) -> None:
    open_new(admin, "mistral")

    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_have_text(
        "Test failed: There are no credentials to test yet. Enter them first."
    )


def test_a_wrong_key_is_refused_in_words_then_the_right_one_is_verified(admin: Page) -> None:
    wrong, right = key("deepseek", Behaviour.WRONG), key("deepseek", serial="second try")
    open_new(admin, "deepseek")
    name_field(admin).fill("main")

    key_field(admin).fill(wrong)
    button(admin, "Test Connection").click()
    expect(outcome(admin)).to_have_text(re.compile("^Test failed: The key was refused by DeepSeek"))
    expect(key_field(admin)).to_have_value(wrong)
    expect(name_field(admin)).to_have_value("main")
    key_field(admin).fill(right)
    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(key_field(admin)).to_have_value(right)
    expect(name_field(admin)).to_have_value("main")
    assert names() == []


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (Behaviour.NO_CREDIT, "has no credit"),
        (Behaviour.FORBIDDEN, "denies it access"),
        (Behaviour.RATE_LIMITED, "Try again in 30 seconds"),
        (Behaviour.SERVER_ERROR, "has a problem of its own (HTTP 500)"),
        (Behaviour.GARBAGE, "makes no sense"),
        (Behaviour.REDIRECT_ELSEWHERE, "Credentials are not sent there"),
    ],
)
def test_each_failure_of_a_test_has_its_words(
    admin: Page, behaviour: Behaviour, words: str
) -> None:
    open_new(admin, "openrouter")

    key_field(admin).fill(key("openrouter", behaviour))
    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_contain_text("Test failed: ")
    expect(outcome(admin)).to_contain_text(words)


def test_creating_goes_to_the_new_page_and_shows_only_the_outcome(
    admin: Page, world: World
) -> None:
    right = key("openrouter", serial="created")
    open_new(admin, "openrouter")

    name_field(admin).fill("main")
    key_field(admin).fill(right)
    button(admin, "Create Connection").click()

    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(name_field(admin)).to_be_visible()
    expect(outcome(admin)).to_have_text("Connection verified")
    expect(admin.get_by_text("Saved", exact=True)).to_have_count(0)
    expect(status(admin, "Connected")).to_be_visible()
    expect(name_field(admin)).to_have_value("main")
    [created] = integrations.list_connections()
    assert created.status is Status.CONNECTED
    assert integrations.get_credentials(created.uuid)["api_key"] == right
    assert len(world.requests(key=right)) == 1


def test_creating_never_shows_saved_before_the_outcome(admin: Page) -> None:
    admin.add_init_script(
        """new MutationObserver(() => {
            const told = [...document.querySelectorAll('form [role=status]')];
            (window.told ??= new Set()).add(told.map((each) => each.innerText).join());
        }).observe(document, {subtree: true, childList: true, characterData: true})"""
    )
    open_new(admin, "openrouter")

    name_field(admin).fill("main")
    key_field(admin).fill(key("openrouter"))
    button(admin, "Create Connection").click()
    expect(outcome(admin)).to_have_text("Connection verified")

    assert set(admin.evaluate("[...window.told]")) <= {"", "Connection verified"}


def test_creating_with_a_wrong_key_stores_it_and_says_why_it_fails(admin: Page) -> None:
    open_new(admin, "mistral")

    name_field(admin).fill("main")
    key_field(admin).fill(key("mistral", Behaviour.WRONG, serial="created"))
    button(admin, "Create Connection").click()

    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(outcome(admin)).to_contain_text("Test failed: The key was refused by Mistral")
    [created] = integrations.list_connections()
    assert (created.name, created.status) == ("main", Status.ERROR)


def test_a_taken_name_is_shown_at_the_field_and_nothing_is_lost(admin: Page) -> None:
    stored("mistral", "main")
    typed = key("mistral", serial="typed")
    open_new(admin, "mistral")

    name_field(admin).fill("main")
    key_field(admin).fill(typed)
    button(admin, "Create Connection").click()

    expect(alert(admin, "This name is already taken.")).to_be_visible()
    expect(name_field(admin)).to_have_accessible_description(re.compile("already taken"))
    expect(name_field(admin)).to_be_focused()
    expect(name_field(admin)).to_have_value("main")
    expect(key_field(admin)).to_have_value(typed)
    name_field(admin).fill("second")
    button(admin, "Create Connection").click()
    expect(admin).to_have_url(EDIT_ADDRESS)
    assert names() == ["main", "second"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the connection a name."),
        ("   ", "Give the connection a name."),
        ("two words", "Use 1 to 100 letters"),
        ("-dash", "Use 1 to 100 letters"),
        ("a:b", "Use 1 to 100 letters"),
        ("größe", "Use 1 to 100 letters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_the_field(admin: Page, name: str, words: str) -> None:
    typed = key("mistral", serial="typed")
    open_new(admin, "mistral")

    name_field(admin).fill(name)
    key_field(admin).fill(typed)
    button(admin, "Create Connection").click()

    expect(name_field(admin)).to_have_accessible_description(re.compile(words))
    expect(name_field(admin)).to_have_attribute("aria-invalid", "true")
    expect(name_field(admin)).to_have_value(name)
    expect(key_field(admin)).to_have_value(typed)
    assert names() == []


def test_creating_without_a_key_says_so_at_its_field(admin: Page) -> None:
    open_new(admin, "openrouter")

    name_field(admin).fill("main")
    button(admin, "Create Connection").click()

    expect(alert(admin, "API key is needed.")).to_be_visible()
    expect(key_field(admin)).to_be_focused()
    expect(name_field(admin)).to_have_value("main")
    assert names() == []


def test_a_problem_goes_away_with_its_cause(admin: Page) -> None:
    open_new(admin, "openrouter")
    button(admin, "Create Connection").click()
    expect(alert(admin, "Give the connection a name.")).to_be_visible()

    name_field(admin).fill("main")
    key_field(admin).fill(key("openrouter"))
    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    expect(alert(admin, "Give the connection a name.")).to_have_count(0)


@pytest.mark.parametrize(
    ("provider", "labels"),
    [
        ("google", ["Client ID", "Client secret"]),
        ("microsoft", ["Client ID", "Client secret", "Tenant ID"]),
    ],
)
def test_an_oauth_service_asks_for_its_client_and_has_nothing_to_test(
    admin: Page, provider: str, labels: list[str]
) -> None:
    open_new(admin, provider)

    for label in labels:
        expect(admin.get_by_label(label, exact=True)).to_be_visible()
    expect(button(admin, "Create Connection")).to_be_visible()
    expect(button(admin, "Test Connection")).to_have_count(0)


def test_an_oauth_client_is_stored_and_its_secret_stays_on_the_server(admin: Page) -> None:
    open_new(admin, "google")

    name_field(admin).fill("mail")
    admin.get_by_label("Client ID", exact=True).fill("123-abc.apps.googleusercontent.com")
    admin.get_by_label("Client secret", exact=True).fill("GOCSPX-not-a-secret")
    button(admin, "Create Connection").click()

    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(admin.get_by_role("heading", name="Step 1")).to_be_visible()
    expect(admin.get_by_label("Client ID", exact=True)).to_have_value(
        "123-abc.apps.googleusercontent.com"
    )
    expect(admin.get_by_label("Client secret", exact=True)).to_have_value("")
    [created] = integrations.list_connections()
    assert created.status is Status.DISCONNECTED
    assert created.saved_secrets == ("client_secret",)


def test_instructions_are_open_with_links_and_the_address_to_copy(
    admin: Page, product: Product
) -> None:
    open_new(admin, "google")
    panel = admin.get_by_role("group").filter(has_text="Setup Instructions")

    expect(panel).to_have_attribute("open", "")
    links = panel.get_by_role("link")
    assert links.count() > 0
    for link in links.all():
        expect(link).to_have_attribute("href", re.compile("^https://"))
        expect(link).to_have_attribute("target", "_blank")
    expect(panel.get_by_text(product.origin + routes.OAUTH_CALLBACK)).to_be_visible()
    expect(panel.get_by_role("button", name=re.compile("^Copy "))).to_be_visible()


def test_an_unknown_service_in_the_address_shows_the_choice(admin: Page) -> None:
    admin.goto(routes.new("no-such-service"))

    expect(admin.get_by_role("list", name="Services")).to_be_visible()


def test_a_new_connections_page_shows_nothing_of_the_one_that_was_open_before(admin: Page) -> None:
    open_edit(admin, stored("mistral", "before").uuid)
    back_to_list(admin)
    admin.get_by_role("link", name="Add Integration").click()
    admin.get_by_role("link", name=re.compile("^OpenRouter")).click()
    name_field(admin).fill("fresh")
    key_field(admin).fill(key("openrouter", serial="fresh"))

    button(admin, "Create Connection").click()

    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(outcome(admin)).to_contain_text("Connection verified")
    expect(name_field(admin)).to_have_value("fresh")
    expect(admin).to_have_title("fresh – OpenRouter")
    expect(admin.get_by_role("heading", name="fresh", level=1)).to_be_visible()


def test_what_a_test_said_goes_when_something_else_is_typed(admin: Page) -> None:
    open_new(admin, "openrouter")
    key_field(admin).fill(key("openrouter", serial="then another"))
    button(admin, "Test Connection").click()
    expect(outcome(admin)).to_contain_text("Connection verified")

    key_field(admin).press_sequentially("x")

    expect(outcome(admin)).not_to_contain_text("Connection verified")


def test_what_was_pasted_along_with_a_key_is_removed_and_the_form_says_so(
    admin: Page, world: World
) -> None:
    pasted = key("mistral", serial="pasted")
    open_new(admin, "mistral")
    name_field(admin).fill("main")
    key_field(admin).fill(f'MISTRAL_API_KEY="{pasted}\u200b"')

    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_have_text("Connection verified")
    said = "Removed from what you pasted: invisible characters, quotation marks and the name"
    expect(admin.get_by_text(said)).to_be_visible()
    button(admin, "Create Connection").click()
    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(admin.get_by_text(said)).to_be_visible()
    expect(status(admin, "Connected")).to_be_visible()
    [stored] = integrations.list_connections()
    assert integrations.get_credentials(stored.uuid)["api_key"] == pasted
    assert len(world.requests(key=pasted)) == 2
