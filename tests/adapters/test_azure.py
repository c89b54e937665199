"""Azure's libraries use a connection's token, renewed by us, for its provider alone."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from azure.core import AsyncPipelineClient, PipelineClient
from azure.core.credentials import SupportsTokenInfo, TokenCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.policies import (
    AsyncBearerTokenCredentialPolicy,
    BearerTokenCredentialPolicy,
)
from azure.core.rest import HttpRequest

from integrations_app import errors, integrations
from tests.postgresql import DatabaseUnderTest
from tests.world import OAuthClient, Request, World
from tests.world.messages import Reply, Site

Google = tuple[UUID, OAuthClient]

HOST = "graph.googleapis.com"
ME = f"https://{HOST}/v1.0/me"
SCOPE = f"https://{HOST}/.default"
CLAIMS = base64.urlsafe_b64encode(b'{"access_token": {"nbf": {"essential": true}}}').decode()
FOREIGN = ["https://evil.example/.default", "api://evil/.default", "http://graph.googleapis.com/x"]


class Graph:
    """A service that wants other tokens than those in `ended`, as Microsoft's do."""

    def __init__(self) -> None:
        self.ended: set[str | None] = set()
        self.seen: list[str | None] = []

    def answer(self, request: Request) -> Reply:
        self.seen.append(request.bearer)
        if request.bearer not in self.ended:
            return Reply.of_json({"is": "well"})
        wanted = f'Bearer error="insufficient_claims", claims="{CLAIMS}"'
        return Reply(status=401, headers=(("www-authenticate", wanted),))


@pytest.fixture
def graph(outside: World) -> Iterator[Graph]:
    """The service, at one of the provider's hosts."""
    service = Graph()
    with outside.hosting(Site(hosts=(HOST,), answer=service.answer)):
        yield service


def get(outside: World, uuid: UUID) -> int:
    credential = integrations.adapters.azure_credential(uuid)
    policy = BearerTokenCredentialPolicy(credential, SCOPE)
    with PipelineClient(f"https://{HOST}", policies=[policy], **_trusting(outside)) as client:
        return client.send_request(HttpRequest("GET", ME)).status_code


def get_async(outside: World, uuid: UUID) -> int:
    async def send() -> int:
        credential = integrations.adapters.azure_async_credential(uuid)
        policy = AsyncBearerTokenCredentialPolicy(credential, SCOPE)
        options = _trusting(outside)
        async with AsyncPipelineClient(f"https://{HOST}", policies=[policy], **options) as client:
            return (await client.send_request(HttpRequest("GET", ME))).status_code

    return asyncio.run(send())


def _trusting(outside: World) -> dict[str, Any]:
    return {"connection_verify": str(outside.ca_file)}


each_kind = pytest.mark.parametrize("get", [get, get_async])


@each_kind
def test_a_pipeline_carries_the_token(
    google: Google, outside: World, graph: Graph, get: Any
) -> None:
    assert get(outside, google[0]) == 200
    assert graph.seen == [integrations.get_credentials(google[0])["access_token"]]


@each_kind
def test_a_token_that_is_refused_for_its_claims_is_renewed(
    google: Google, outside: World, graph: Graph, get: Any
) -> None:
    graph.ended.add(integrations.get_credentials(google[0])["access_token"])

    assert get(outside, google[0]) == 200
    assert len(outside.oauth.refresh_requests(google[1].id)) == 1


@pytest.mark.parametrize("scope", FOREIGN)
def test_no_token_is_handed_out_for_another_host(google: Google, scope: str) -> None:
    credential = integrations.adapters.azure_credential(google[0])

    for ask in (credential.get_token, credential.get_token_info):
        with pytest.raises(errors.DestinationNotAllowed):
            ask(scope)


def test_no_token_is_handed_out_for_another_host_in_async_code(google: Google) -> None:
    credential = integrations.adapters.azure_async_credential(google[0])

    for ask in (credential.get_token, credential.get_token_info):
        with pytest.raises(errors.DestinationNotAllowed):
            asyncio.run(ask(FOREIGN[0]))


@pytest.mark.parametrize("scopes", [(), ("User.Read",), ("email", SCOPE)])
def test_a_token_says_when_it_ends_and_is_renewed(google: Google, scopes: tuple[str]) -> None:
    credential = integrations.adapters.azure_credential(google[0])

    token, info = credential.get_token(*scopes), credential.get_token_info(*scopes)

    expires_at = integrations.get_credentials(google[0]).expires_at
    assert expires_at is not None
    assert token.expires_on == info.expires_on == int(expires_at.timestamp())
    assert info.refresh_on is not None
    assert datetime.now(UTC).timestamp() < info.refresh_on < info.expires_on


def test_tokens_show_nothing(google: Google) -> None:
    credential = integrations.adapters.azure_credential(google[0])
    token = credential.get_token(SCOPE)

    shown = repr([credential, vars(credential), token, credential.get_token_info(SCOPE)])

    assert token.token not in shown


def test_credentials_are_what_azure_takes_for_one(google: Google) -> None:
    credential = integrations.adapters.azure_credential(google[0])
    async_credential = integrations.adapters.azure_async_credential(google[0])

    assert isinstance(credential, TokenCredential)
    assert isinstance(credential, SupportsTokenInfo)
    assert isinstance(async_credential, AsyncTokenCredential)
    with credential as entered:
        assert entered is credential


def test_a_provider_without_tokens_is_refused_in_words(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("mistral", "main", values={"api_key": "abc"})

    with pytest.raises(errors.PlacementNotSupported, match="Mistral"):
        integrations.adapters.azure_credential(added.uuid).get_token("anything")
