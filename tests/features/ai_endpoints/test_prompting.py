"""Trying an endpoint: what must be there, and how often."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from integrations_app import errors
from integrations_app.domain.actor import Actor
from integrations_app.errors import FieldProblem
from integrations_app.features.ai_endpoints import prompting
from integrations_app.features.ai_endpoints.endpoint import Draft
from tests.features.ai_endpoints.conftest import ANN, connection
from tests.postgresql import DatabaseUnderTest
from tests.world import World


def somebody() -> Actor:
    """An admin who has not asked for anything yet."""
    return replace(ANN, id=str(uuid4()))


def test_what_is_typed_is_asked_whether_or_not_it_is_stored(
    db: DatabaseUnderTest, outside: World
) -> None:
    draft = Draft(name="", model=" small ", integration=connection().uuid)

    assert prompting.ask(draft, "Hello?", actor=somebody()).text == "Hello from the world."


@pytest.mark.parametrize(
    ("model", "prompt", "picked", "problems"),
    [
        ("", " ", False, {"model": "required", "integration": "required", "prompt": "required"}),
        ("a\nb", "?", True, {"model": "control_characters"}),
        ("m", "p" * 4_001, True, {"prompt": "too_long"}),
    ],
)
def test_what_cannot_be_asked_is_refused_and_not_counted(
    db: DatabaseUnderTest, model: str, prompt: str, picked: bool, problems: dict[str, str]
) -> None:
    draft = Draft(name="", model=model, integration=uuid4() if picked else None)
    ann = somebody()

    for _ in range(12):
        with pytest.raises(errors.InvalidFields) as refused:
            prompting.ask(draft, prompt, actor=ann)

    assert refused.value.fields == {key: FieldProblem(value) for key, value in problems.items()}


def test_one_admin_may_ask_ten_times_a_minute_and_others_still(
    db: DatabaseUnderTest, outside: World
) -> None:
    draft = Draft(name="", model="small", integration=connection().uuid)
    ann, bob = somebody(), somebody()
    for _ in range(10):
        prompting.ask(draft, "Hello?", actor=ann)

    with pytest.raises(errors.TooManyAttempts) as refused:
        prompting.ask(draft, "Hello?", actor=ann)

    assert 0 < refused.value.retry_after_s <= 60
    assert prompting.ask(draft, "Hello?", actor=bob).text
