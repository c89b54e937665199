"""Questions of many, asked once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Set

import pytest

from integrations_app.state.batching import Together


class Counter:
    """Answers each question with how often anything has been asked; waits if it is told to."""

    def __init__(self) -> None:
        self.batches: list[set[str]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.together = Together(self.answer)

    def answer(self, questions: Set[str]) -> dict[str, int]:
        number = len(self.batches) + 1
        self.batches.append(set(questions))
        assert self.may_answer.wait(10)
        if "bad" in questions:
            raise ValueError("bad")
        return dict.fromkeys(questions, number)


def test_those_who_ask_at_once_are_answered_by_one_look() -> None:
    counter = Counter()

    async def story() -> list[int]:
        return await asyncio.gather(*(counter.together.ask(each) for each in "aabc"))

    assert asyncio.run(story()) == [1, 1, 1, 1]
    assert counter.batches == [{"a", "b", "c"}]


def test_who_asks_while_an_answer_is_under_way_gets_a_later_one() -> None:
    counter = Counter()
    counter.may_answer.clear()

    async def story() -> list[int]:
        first = asyncio.create_task(counter.together.ask("a"))
        while not counter.batches:  # noqa: ASYNC110 - it is set by another thread
            await asyncio.sleep(0)
        late = [asyncio.create_task(counter.together.ask("a")) for _ in range(3)]
        await asyncio.sleep(0)
        counter.may_answer.set()
        return await asyncio.gather(first, *late)

    assert asyncio.run(story()) == [1, 2, 2, 2]


def test_who_gives_up_takes_the_answer_from_nobody_else() -> None:
    counter = Counter()
    counter.may_answer.clear()

    async def story() -> int:
        leaving = asyncio.create_task(counter.together.ask("a"))
        staying = asyncio.create_task(counter.together.ask("a"))
        while not counter.batches:  # noqa: ASYNC110 - it is set by another thread
            await asyncio.sleep(0)
        leaving.cancel()
        counter.may_answer.set()
        return await staying

    assert asyncio.run(story()) == 1


def test_what_goes_wrong_is_told_to_all_of_the_batch_and_to_no_other() -> None:
    counter = Counter()

    async def story() -> int:
        both = [counter.together.ask("bad"), counter.together.ask("a")]
        failed = await asyncio.gather(*both, return_exceptions=True)
        assert [type(each) for each in failed] == [ValueError, ValueError]
        return await counter.together.ask("a")

    assert asyncio.run(story()) == 2


def test_each_event_loop_asks_for_itself() -> None:
    counter = Counter()

    for number in (1, 2):
        assert asyncio.run(counter.together.ask("a")) == number


def test_an_unanswered_question_says_so() -> None:
    together = Together(lambda _questions: {})

    with pytest.raises(KeyError):
        asyncio.run(together.ask("a"))
