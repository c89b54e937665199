"""Trying an endpoint, stored or only typed: one prompt, so many a minute for each admin."""

import math
import threading
import time
from functools import cache

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from integrations_app.domain.actor import Actor
from integrations_app.domain.reply import Reply
from integrations_app.errors import FieldProblem, InvalidFields, TooManyAttempts
from integrations_app.features.ai_endpoints.drafts import INTEGRATION, MODEL, RULES
from integrations_app.features.ai_endpoints.endpoint import Draft
from integrations_app.services.requests import prompts
from integrations_app.services.rows import texts

PROMPT = "prompt"
PROMPT_MAX_LENGTH = 4_000

_PER_ADMIN = RateLimitItemPerMinute(10, namespace="prompt")
_counting = threading.Lock()


def ask(draft: Draft, prompt: str, *, actor: Actor) -> Reply:
    """Have the endpoint's model answer; nothing of it is stored.

    Raises:
        InvalidFields: No prompt, no model or no connection, or a text that cannot be sent.
        TooManyAttempts: This admin has asked too often of late.
        IntegrationError: The connection cannot be used; see `prompts.ask`.
    """
    prompt, model = prompt.strip(), draft.model.strip()
    problems = {
        MODEL: texts.problem_of(model, RULES[MODEL]),
        INTEGRATION: None if draft.integration else FieldProblem.REQUIRED,
        PROMPT: _problem_of_prompt(prompt),
    }
    found = {field: problem for field, problem in problems.items() if problem is not None}
    if found:
        raise InvalidFields(found)
    _count(actor)
    return prompts.ask(draft.integration, model=model, prompt=prompt)


def _problem_of_prompt(prompt: str) -> FieldProblem | None:
    if len(prompt) > PROMPT_MAX_LENGTH:
        return FieldProblem.TOO_LONG
    return None if prompt else FieldProblem.REQUIRED


@cache
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())  # starts a thread, so not on import


def _count(actor: Actor) -> None:
    with _counting:
        allowed = _limiter().hit(_PER_ADMIN, actor.id)
        again_at = _limiter().get_window_stats(_PER_ADMIN, actor.id).reset_time
    if not allowed:
        raise TooManyAttempts(retry_after_s=max(1, math.ceil(again_at - time.time())))
