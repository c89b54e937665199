"""A test prompt, from the page through the chosen connection to the provider and back."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from tests.e2e.endpoints import (
    answer,
    choice,
    made,
    model_of_endpoint,
    name_of_endpoint,
    open_endpoint,
    prompt,
    stored,
)
from tests.e2e.pages import alert, back_to_list, button, checked
from tests.e2e.pages import stored as connected
from tests.world import Behaviour, Request, World, key

SEND = "Send a test prompt"


@pytest.fixture
def asker(own_tab: Page) -> Page:
    """A tab of an admin who has not sent any prompt yet; there is a limit to them."""
    return own_tab


def posts(world: World, presented: str) -> list[Request]:
    """What was posted to the provider with this key."""
    return [each for each in world.requests(key=presented) if each.method == "POST"]


@pytest.mark.parametrize("provider", ["openrouter", "mistral", "deepseek"])
def test_a_prompt_goes_through_the_stored_connection_and_the_answer_is_shown(
    asker: Page, world: World, provider: str
) -> None:
    used = checked(provider, "prompted")
    endpoint = made("chat", used.uuid, model="small")
    open_endpoint(asker, endpoint.uuid)

    prompt(asker).fill("Say hello.")
    button(asker, SEND).click()

    expect(answer(asker)).to_have_text("Hello from the world.")
    presented = key(provider, serial="prompted")
    [sent] = posts(world, presented)
    assert json.loads(sent.body)["model"] == "small"
    assert json.loads(sent.body)["messages"] == [{"role": "user", "content": "Say hello."}]
    expect(prompt(asker)).to_have_value("Say hello.")


def test_what_is_typed_and_picked_is_tried_before_it_is_saved(asker: Page, world: World) -> None:
    connected("deepseek", "unsaved")
    asker.goto(routes.AI_ENDPOINT_NEW)
    model_of_endpoint(asker).fill("deepseek-chat")
    choice(asker, "unsaved").click()
    expect(choice(asker, "unsaved")).to_have_attribute("aria-selected", "true")

    prompt(asker).fill("Hello?")
    button(asker, SEND).click()

    expect(answer(asker)).to_have_text("Hello from the world.")
    [sent] = posts(world, key("deepseek", serial="unsaved"))
    assert json.loads(sent.body)["model"] == "deepseek-chat"
    assert stored() == []
    expect(model_of_endpoint(asker)).to_have_value("deepseek-chat")


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (Behaviour.WRONG, "The key was refused by OpenRouter."),
        (Behaviour.NO_CREDIT, "the account at OpenRouter has no credit."),
        (Behaviour.RATE_LIMITED, "Try again in 30 seconds."),
        (Behaviour.GARBAGE, "OpenRouter answered, but not with a model's words."),
        (Behaviour.REDIRECT_ELSEWHERE, "Credentials are not sent there."),
    ],
)
def test_a_failure_is_said_in_words(asker: Page, behaviour: Behaviour, words: str) -> None:
    endpoint = made("chat", connected("openrouter", "main", behaviour).uuid)
    open_endpoint(asker, endpoint.uuid)

    prompt(asker).fill("Hello?")
    button(asker, SEND).click()

    expect(alert(asker, words)).to_be_visible()
    expect(answer(asker)).to_have_count(0)


def test_what_is_missing_is_said_at_its_field(asker: Page) -> None:
    open_endpoint(asker, made("chat").uuid)

    model_of_endpoint(asker).fill("")
    button(asker, SEND).click()

    expect(alert(asker, "Write a prompt first.")).to_be_visible()
    expect(alert(asker, "Choose a connection first.")).to_be_visible()
    expect(alert(asker, "Enter the name of a model.")).to_be_visible()


def test_a_removed_connection_cannot_be_asked(asker: Page) -> None:
    used = checked("mistral", "main").uuid
    endpoint = made("chat", used)
    integrations.remove_connection(used)
    open_endpoint(asker, endpoint.uuid)

    prompt(asker).fill("Hello?")
    button(asker, SEND).click()

    expect(alert(asker, "This connection was removed meanwhile.")).to_be_visible()


def test_a_prompt_outlives_a_save_and_what_others_do(asker: Page) -> None:
    endpoint = made("chat", checked("mistral", "main").uuid)
    open_endpoint(asker, endpoint.uuid)
    prompt(asker).fill("A long thought")

    name_of_endpoint(asker).fill("talk")
    button(asker, "Save Changes").click()

    expect(asker.get_by_text("Saved", exact=True)).to_be_visible()
    expect(prompt(asker)).to_have_value("A long thought")


def test_an_answer_belongs_to_its_endpoint_alone(asker: Page) -> None:
    used = checked("mistral", "main").uuid
    first, second = made("first", used), made("second", used)
    open_endpoint(asker, first.uuid)
    prompt(asker).fill("Hello?")
    button(asker, SEND).click()
    expect(answer(asker)).to_be_visible()

    back_to_list(asker)
    asker.get_by_role("link", name="second").click()

    expect(name_of_endpoint(asker)).to_have_value("second")
    expect(answer(asker)).to_have_count(0)
    assert re.search(str(second.uuid), asker.url)
