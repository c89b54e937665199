"""Mistral's La Plateforme.

Source: https://docs.mistral.ai/api/ (addresses); the bodies of refusals as users of the API
report them: `{"detail": "Unauthorized"}`, `{"message": "Requests rate limit exceeded"}`.
"""

from __future__ import annotations

from ..failures import failure
from ..keys import Behaviour, behaviour_of
from ..messages import Answer, Reply, Request, Site
from .completion import completion, models

MESSAGES = {
    400: "Invalid request",
    402: "Payment required",
    403: "Forbidden",
    404: "no Route matched with those values",
    429: "Requests rate limit exceeded",
    500: "Internal Server Error",
    503: "Service unavailable.",
}


def site() -> Site:
    """Mistral's API at its one host."""
    return Site(hosts=("api.mistral.ai",), answer=answer)


def answer(request: Request) -> Answer:
    """Answer as Mistral; nothing about an empty balance can be seen before the chat."""
    behaviour = behaviour_of("mistral", request.bearer)
    if trouble := failure(behaviour, request, error=_error):
        return trouble
    match request.method, request.path:
        case "GET", "/v1/models":
            return models("mistralai", "mistral-small-latest", "mistral-large-latest")
        case "POST", "/v1/chat/completions":
            if behaviour is Behaviour.EMPTY_BALANCE:
                return _error(402)
            return completion(request) or _error(400)
        case _:
            return _error(404)


def _error(status: int) -> Reply:
    if status == 401:
        return Reply.of_json({"detail": "Unauthorized"}, status=status)
    return Reply.of_json({"message": MESSAGES[status]}, status=status)
