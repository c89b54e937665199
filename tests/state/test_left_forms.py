"""What becomes of a form is told to whoever has left it."""

from __future__ import annotations

import asyncio
import json

import pytest

from integrations_app.state.left_forms import LeftForms
from tests.state.tabs import said, serving


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"name": "main", "is_done": True}, "main was saved."),
        ({"name": "main", "problem": "No room."}, "main: No room."),
        ({"name": "main", "problems": {"api_key": "Too long."}}, "main: Too long."),
        ({"name": "main", "outcome": "Connection verified"}, "main: Connection verified"),
        ({"name": "main", "conflict": "the name"}, "Someone else changed the name meanwhile."),
        ({"problem": "No room."}, "The form that you left: No room."),
    ],
)
def test_it_is_told_with_the_name_of_the_connection(
    ada: str, answer: dict[str, object], told: str
) -> None:
    async def scenario() -> str:
        async with serving() as tabs:
            text = json.dumps({"action": "save", **answer})
            return said(await tabs.tab(session=ada).send(LeftForms.answered, text=text))

    assert told in asyncio.run(scenario())


@pytest.mark.parametrize("text", ["", "{", '{"action": "steal"}', None, 7, '{"action": "save"}'])
def test_what_tells_nothing_is_passed_over(ada: str, text: object) -> None:
    async def scenario() -> int:
        async with serving() as tabs:
            told = await tabs.tab(session=ada).send(LeftForms.answered, text=text)
            return sum(len(update.events) for update in told)

    assert asyncio.run(scenario()) == 0
