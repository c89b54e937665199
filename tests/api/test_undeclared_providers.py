"""A connection whose provider another program declares, and this one does not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from integrations_app import errors, integrations
from integrations_app.modules import registry
from integrations_app.state import wording
from tests.api.providers import Contributing, declared
from tests.postgresql import DatabaseUnderTest

URL = "https://api.elsewhere.example/me"

CALLS: dict[str, Callable[[UUID], Any]] = {
    "get_credentials": integrations.get_credentials,
    "validate_connection": integrations.validate_connection,
    "save_setup": lambda uuid: integrations.save_setup(uuid, {"api_key": "another"}),
    "authenticated_request": lambda uuid: integrations.authenticated_request(uuid, "GET", URL),
    "client": lambda uuid: integrations.client(uuid).get(URL),
    "refresh_access_token": integrations.refresh_access_token,
    "exchange_code": lambda uuid: integrations.exchange_code(uuid, "code", URL),
}


@pytest.fixture
def uuid(db: DatabaseUnderTest) -> UUID:
    """A connection that a program made which declares more."""
    registry.register(Contributing(declared("elsewhere"), key="elsewhere"))
    added = integrations.add_connection("elsewhere", "main", values={"api_key": "a-secret-key"})
    registry.unregister("elsewhere")
    return added.uuid


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_needs_the_provider_names_it(uuid: UUID, name: str) -> None:
    with pytest.raises(errors.ProviderNotDeclared) as caught:
        CALLS[name](uuid)

    assert (caught.value.code, caught.value.provider) == ("provider_not_declared", "elsewhere")
    assert "'elsewhere'" in str(caught.value)
    assert "integrations_app.providers" in str(caught.value)
    assert "a-secret-key" not in str(caught.value)


def test_it_is_not_connected_and_the_log_says_why_once(
    uuid: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "integrations_app.services.credentials.retrieval"):
        found = [integrations.is_connected(uuid) for _ in range(3)]

    assert found == [False] * 3
    assert len([each for each in caplog.messages if "'elsewhere'" in each]) == 1


def test_what_needs_no_provider_goes_on(uuid: UUID) -> None:
    renamed = integrations.rename_connection(uuid, "other")

    assert integrations.list_connections() == [renamed]
    assert integrations.remove_connection(uuid)


def test_people_read_which_service_is_missing() -> None:
    error = errors.ProviderNotDeclared(UUID(int=0), provider="elsewhere")

    assert "elsewhere" in wording.of_error(error)
