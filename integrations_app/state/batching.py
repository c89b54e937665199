"""Questions that many tabs have in the same moment, asked once for all of them."""

import asyncio
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Together(Generic[Question, Answer]):
    """Answers questions in batches: while one is on its way, the next gathers.

    Nobody gets an answer that was under way already when they asked: what made them ask may have
    happened after it was read.

    Args:
        answer: Called in a thread, with all questions of a batch; what it raises, all get.
    """

    def __init__(self, answer: Callable[[Set[Question]], Mapping[Question, Answer]]) -> None:
        self._answer = answer
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue[Question, Answer]] = (
            WeakKeyDictionary()
        )

    async def ask(self, question: Question) -> Answer:
        """The answer to one question."""
        loop = asyncio.get_running_loop()
        queue = self._queues.setdefault(loop, _Queue())
        if queue.gathering is None:
            queue.gathering = _Batch(done=loop.create_future())
        batch = queue.gathering
        batch.questions.add(question)
        if queue.worker is None:
            queue.worker = loop.create_task(self._work(queue))
        return (await asyncio.shield(batch.done))[question]

    async def _work(self, queue: "_Queue[Question, Answer]") -> None:
        while queue.gathering is not None:
            batch, queue.gathering = queue.gathering, None
            try:
                batch.done.set_result(await asyncio.to_thread(self._answer, batch.questions))
            except Exception as error:  # noqa: BLE001 - handed on to whoever asked
                batch.done.set_exception(error)
                batch.done.exception()  # they may all be gone, which nobody need hear of
        queue.worker = None


@dataclass(slots=True, kw_only=True)
class _Batch(Generic[Question, Answer]):
    done: "asyncio.Future[Mapping[Question, Answer]]"
    questions: set[Question] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class _Queue(Generic[Question, Answer]):
    gathering: _Batch[Question, Answer] | None = None
    worker: "asyncio.Task[Any] | None" = None
