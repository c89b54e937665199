"""A prompt through a connection: sent once, to its provider alone, within a deadline."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from integrations_app import errors, integrations
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Connection
from integrations_app.services.requests import prompts
from tests.postgresql import DatabaseUnderTest
from tests.world import Behaviour, World, key

CHAT = ("openrouter", "mistral", "deepseek")
PATHS = {
    "openrouter": "/api/v1/chat/completions",
    "mistral": "/v1/chat/completions",
    "deepseek": "/chat/completions",
}


def stored(provider: str, behaviour: Behaviour = Behaviour.RIGHT) -> Connection:
    typed = key(provider, behaviour, serial="prompts")
    return integrations.add_connection(provider, "main", values={"api_key": typed})


@pytest.mark.parametrize("provider", CHAT)
def test_the_models_words_come_back(db: DatabaseUnderTest, outside: World, provider: str) -> None:
    reply = prompts.ask(stored(provider).uuid, model="small", prompt='Say "hello".')

    assert reply.text == "Hello from the world."
    assert (reply.shortened, reply.reason) == (False, None)


@pytest.mark.parametrize("provider", CHAT)
def test_model_and_prompt_are_sent_as_they_are(
    db: DatabaseUnderTest, outside: World, provider: str
) -> None:
    connection = integrations.add_connection(
        provider, "main", values={"api_key": key(provider, serial="as they are")}
    )

    prompts.ask(connection.uuid, model="a/{prompt}", prompt='{model} "é"\n{api_key}')

    [sent] = outside.requests(key=key(provider, serial="as they are"))
    assert (sent.method, sent.path) == ("POST", PATHS[provider])
    assert json.loads(sent.body) == {
        "model": "a/{prompt}",
        "messages": [{"role": "user", "content": '{model} "é"\n{api_key}'}],
    }


@pytest.mark.parametrize(
    ("behaviour", "reason", "status"),
    [
        (Behaviour.WRONG, CheckReason.CREDENTIALS_REJECTED, 401),
        (Behaviour.EMPTY_BALANCE, CheckReason.NO_CREDIT, 402),
        (Behaviour.FORBIDDEN, CheckReason.ACCESS_DENIED, 403),
        (Behaviour.RATE_LIMITED, CheckReason.RATE_LIMITED, 429),
        (Behaviour.SERVER_ERROR, CheckReason.PROVIDER_ERROR, 500),
        (Behaviour.REDIRECT_ELSEWHERE, CheckReason.PROVIDER_ERROR, 302),
        (Behaviour.REDIRECT_TO_HTTP, CheckReason.PROVIDER_ERROR, 302),
        (Behaviour.HTML, CheckReason.PROVIDER_ERROR, None),
        (Behaviour.WRONG_SHAPE, CheckReason.PROVIDER_ERROR, None),
        (Behaviour.GARBAGE, CheckReason.PROVIDER_ERROR, None),
        (Behaviour.ENDLESS_BODY, CheckReason.PROVIDER_ERROR, None),
        (Behaviour.COMPRESSED_BOMB, CheckReason.PROVIDER_ERROR, None),
        (Behaviour.CUT_BODY, CheckReason.UNREACHABLE, None),
    ],
)
@pytest.mark.parametrize("provider", CHAT)
def test_a_failure_has_a_reason(
    db: DatabaseUnderTest,
    outside: World,
    provider: str,
    behaviour: Behaviour,
    reason: CheckReason,
    status: int | None,
) -> None:
    reply = prompts.ask(stored(provider, behaviour).uuid, model="small", prompt="Hello?")

    assert (reply.text, reply.reason, reply.details.get("http_status")) == ("", reason, status)


def test_an_answer_that_arrives_compressed_is_read(db: DatabaseUnderTest, outside: World) -> None:
    connection = stored("mistral", Behaviour.COMPRESSED)

    assert prompts.ask(connection.uuid, model="small", prompt="Hello?").text == "Unpacked."


@pytest.mark.parametrize("behaviour", [Behaviour.HANGING, Behaviour.DRIPPING_HEADERS])
def test_there_is_one_deadline(db: DatabaseUnderTest, outside: World, behaviour: Behaviour) -> None:
    connection = stored("mistral", behaviour)

    reply = prompts.ask(connection.uuid, model="small", prompt="Hello?", deadline_s=0.5)

    assert reply.reason is CheckReason.UNREACHABLE


def test_the_providers_own_words_are_told(db: DatabaseUnderTest, outside: World) -> None:
    connection = stored("openrouter", Behaviour.EMPTY_BALANCE)

    reply = prompts.ask(connection.uuid, model="small", prompt="Hello?")

    assert reply.told.startswith("Insufficient credits.")


def test_words_that_repeat_a_part_of_the_key_are_not_told(
    db: DatabaseUnderTest, outside: World
) -> None:
    """DeepSeek's do; four characters of it are too few to recognise it by."""
    connection = stored("deepseek", Behaviour.WRONG)
    presented = key("deepseek", Behaviour.WRONG, serial="prompts")

    reply = prompts.ask(connection.uuid, model="small", prompt="Hello?")

    assert presented[-6:] not in reply.told


def test_nothing_is_stored_told_or_audited(db: DatabaseUnderTest, outside: World) -> None:
    connection = stored("mistral")
    before = db.rows("SELECT * FROM integration_audit")

    prompts.ask(connection.uuid, model="small", prompt="Hello?")

    assert integrations.get_integration_by_uuid(connection.uuid) == connection
    assert db.rows("SELECT * FROM integration_audit") == before


def test_a_connection_that_is_gone_cannot_answer(db: DatabaseUnderTest) -> None:
    with pytest.raises(errors.Deleted):
        prompts.ask(uuid4(), model="small", prompt="Hello?")


def test_a_connection_without_credentials_cannot_answer(
    db: DatabaseUnderTest, outside: World
) -> None:
    connection = stored("mistral")
    integrations.disconnect(connection.uuid)

    with pytest.raises(errors.NotConfigured):
        prompts.ask(connection.uuid, model="small", prompt="Hello?")


@pytest.mark.parametrize(
    ("provider", "answers"), [("mistral", True), ("google", False), ("no such", False)]
)
def test_only_some_providers_have_models(
    db: DatabaseUnderTest, provider: str, answers: bool
) -> None:
    assert prompts.can_answer(provider) is answers
