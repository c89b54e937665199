"""Providers' own SDKs, given our client or theirs with our auth."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import anyio
import httpx
import httpx2
import openai
import pytest
from mistralai.client import Mistral

from integrations_app import errors, integrations
from tests.world import Behaviour, World, key

DUMMY = "not a key"
ASKED = [{"role": "user", "content": "Hello"}]
ANSWER = "Hello from the world."

SYNC = {
    "client": integrations.client,
    "auth in httpx2": lambda uuid: httpx2.Client(auth=integrations.auth(uuid)),
    "auth in httpx": lambda uuid: httpx.Client(auth=integrations.auth(uuid)),
}
ASYNC = {
    "async_client": integrations.async_client,
    "auth in async httpx2": lambda uuid: httpx2.AsyncClient(auth=integrations.auth(uuid)),
    "auth in async httpx": lambda uuid: httpx.AsyncClient(auth=integrations.auth(uuid)),
}


def connected(provider: str, serial: str, behaviour: Behaviour = Behaviour.RIGHT) -> UUID:
    values = {"api_key": key(provider, behaviour, serial=serial)}
    return integrations.add_connection(provider, "main", values=values).uuid


def openai_options(client: Any) -> dict[str, Any]:
    return {"api_key": DUMMY, "base_url": "https://openrouter.ai/api/v1", "http_client": client}


@pytest.mark.parametrize("kind", SYNC)
@pytest.mark.usefixtures("db")
def test_the_openai_sdk_completes(outside: World, kind: str) -> None:
    uuid = connected("openrouter", f"openai {kind}")

    with openai.OpenAI(**openai_options(SYNC[kind](uuid))) as sdk:
        answer = sdk.chat.completions.create(model="a/model", messages=ASKED, stream=False)

    assert answer.choices[0].message.content == ANSWER
    sent = outside.requests(key=key("openrouter", serial=f"openai {kind}"))
    assert [request.path for request in sent] == ["/api/v1/chat/completions"]
    assert not sent[0].carries(DUMMY)


@pytest.mark.parametrize("kind", ASYNC)
@pytest.mark.usefixtures("db", "outside")
def test_the_async_openai_sdk_completes(kind: str) -> None:
    uuid = connected("openrouter", f"openai {kind}")

    async def complete() -> Any:
        async with openai.AsyncOpenAI(**openai_options(ASYNC[kind](uuid))) as sdk:
            return await sdk.chat.completions.create(model="a/model", messages=ASKED)

    assert anyio.run(complete).choices[0].message.content == ANSWER


@pytest.mark.parametrize("kind", SYNC)
@pytest.mark.usefixtures("db")
def test_the_mistral_sdk_completes(outside: World, kind: str) -> None:
    uuid = connected("mistral", f"mistral {kind}")

    with Mistral(api_key=DUMMY, client=SYNC[kind](uuid)) as sdk:
        answer = sdk.chat.complete(model="mistral-small-latest", messages=ASKED)

    assert answer.choices[0].message.content == ANSWER
    sent = outside.requests(key=key("mistral", serial=f"mistral {kind}"))
    assert [request.path for request in sent] == ["/v1/chat/completions"]
    assert not sent[0].carries(DUMMY)


@pytest.mark.parametrize("kind", ASYNC)
@pytest.mark.usefixtures("db", "outside")
def test_the_async_mistral_sdk_completes(kind: str) -> None:
    uuid = connected("mistral", f"mistral {kind}")

    async def complete() -> Any:
        async with Mistral(api_key=DUMMY, async_client=ASYNC[kind](uuid)) as sdk:
            return await sdk.chat.complete_async(model="mistral-small-latest", messages=ASKED)

    assert anyio.run(complete).choices[0].message.content == ANSWER


@pytest.mark.parametrize("kind", SYNC)
@pytest.mark.usefixtures("db")
def test_a_refused_key_reaches_the_sdks_caller_at_once(outside: World, kind: str) -> None:
    uuid = connected("openrouter", f"refused {kind}", Behaviour.WRONG)

    with (
        openai.OpenAI(**openai_options(SYNC[kind](uuid))) as sdk,
        pytest.raises(errors.Unauthorized),
    ):
        sdk.chat.completions.create(model="a/model", messages=ASKED)

    refused = key("openrouter", Behaviour.WRONG, serial=f"refused {kind}")
    assert len(outside.requests(key=refused)) == 1


@pytest.mark.usefixtures("db")
def test_the_openai_sdk_at_another_host_gets_no_credential(outside: World) -> None:
    uuid = connected("openrouter", "elsewhere")
    options = openai_options(integrations.client(uuid)) | {"base_url": "https://evil.example/v1"}

    with openai.OpenAI(**options) as sdk, pytest.raises(errors.DestinationNotAllowed):
        sdk.chat.completions.create(model="a/model", messages=ASKED)

    assert outside.requests(key=key("openrouter", serial="elsewhere")) == []
