"""Modules are asked for uses while nothing is locked, and no use is missed all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import psycopg
import pytest

from integrations_app import errors, integrations
from integrations_app.domain.connection import Connection
from integrations_app.domain.usage import Usage, fingerprint
from integrations_app.features.ai_endpoints import service
from integrations_app.features.ai_endpoints.endpoint import Draft
from integrations_app.modules import Module
from integrations_app.services.connections import removal, replacement
from tests.api.conftest import ANN, Register
from tests.postgresql import DatabaseUnderTest

Act = Callable[[UUID, str | None], object]


class Asked(Module):
    """Does something whenever it is asked for uses, and has none."""

    key = "asked"

    def __init__(self, do: Callable[[UUID], object]) -> None:
        self._do = do

    def usages(self, uuid: UUID) -> Sequence[Usage]:
        self._do(uuid)
        return ()


@pytest.fixture
def other(db: DatabaseUnderTest) -> Connection:
    return integrations.add_connection("mistral", "other")


@pytest.fixture(params=["remove", "replace"])
def act(request: pytest.FixtureRequest, other: Connection) -> Act:
    """Removes a connection, or lets another take its place, having seen these uses."""
    if request.param == "remove":
        return lambda uuid, seen: removal.remove(uuid, actor=ANN, seen_usages=seen)
    return lambda uuid, seen: replacement.replace(uuid, other.uuid, actor=ANN, seen_usages=seen)


def test_others_may_lock_the_connection_while_a_module_is_asked(
    db: DatabaseUnderTest, connection: Connection, register: Register, act: Act
) -> None:
    def lock(uuid: UUID) -> None:
        with psycopg.connect(db.url) as theirs:
            theirs.execute(
                "SELECT FROM integration_connections WHERE uuid = %s FOR UPDATE NOWAIT", [uuid]
            )

    register(Asked(lock))

    act(connection.uuid, None)

    assert connection not in integrations.list_connections()


def test_an_endpoint_that_begins_to_use_it_while_a_module_is_asked_is_seen(
    db: DatabaseUnderTest, connection: Connection, register: Register, act: Act
) -> None:
    nobody = fingerprint(())
    names = iter(["assistant"])

    def use(uuid: UUID) -> None:
        for name in names:
            service.add(Draft(name=name, model="large", integration=uuid), actor=ANN)

    register(Asked(use))

    with pytest.raises(errors.UsagesChanged) as refused:
        act(connection.uuid, nobody)

    assert [usage.label for usage in refused.value.usages] == ["AI endpoint assistant"]
    assert connection in integrations.list_connections()


def test_uses_that_never_stop_changing_are_not_waited_for(
    db: DatabaseUnderTest, connection: Connection, register: Register, act: Act
) -> None:
    numbers = iter(range(100))

    def use(uuid: UUID) -> None:
        draft = Draft(name=f"assistant {next(numbers)}", model="large", integration=uuid)
        service.add(draft, actor=ANN)

    register(Asked(use))

    with pytest.raises(errors.UsagesChanged):
        act(connection.uuid, None)

    assert next(numbers) < 10
    assert connection in integrations.list_connections()
