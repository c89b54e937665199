"""OpenRouter.

Source: https://openrouter.ai/docs/limits (the key's data) and
https://openrouter.ai/docs/api-reference/errors (codes and the error's shape).
"""

from __future__ import annotations

from ..failures import failure
from ..keys import Behaviour, behaviour_of
from ..messages import Answer, Reply, Request, Site
from .completion import completion, models

MESSAGES = {
    400: "Input validation failed",
    401: "User not found.",
    402: "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
    403: "Key is not allowed to do this",
    404: "Not Found",
    429: "Rate limit exceeded",
    500: "Internal Server Error",
    503: "No instances available",
}


def site() -> Site:
    """OpenRouter at its one host."""
    return Site(hosts=("openrouter.ai",), answer=answer)


def answer(request: Request) -> Answer:
    """Answer as OpenRouter; the list of models is public and proves nothing about a key."""
    match request.method, request.path:
        case "GET", "/api/v1/models":
            return models("mistralai", "mistralai/mistral-small", "deepseek/deepseek-chat")
        case ("GET", "/api/v1/key" | "/api/v1/auth/key") | ("POST", "/api/v1/chat/completions"):
            return _answer_to_key(request)
        case _:
            return _error(404)


def _answer_to_key(request: Request) -> Answer:
    behaviour = behaviour_of("openrouter", request.bearer)
    if trouble := failure(behaviour, request, error=_error):
        return trouble
    if request.method == "GET":
        return _key_data(request.bearer or "", empty=behaviour is Behaviour.EMPTY_BALANCE)
    if behaviour is Behaviour.EMPTY_BALANCE:
        return _error(402)
    return completion(request) or _error(400)


def _key_data(presented: str, *, empty: bool) -> Reply:
    limits = {"limit": 1.5, "limit_remaining": 0} if empty else {}
    data = {
        "label": f"{presented[:12]}...{presented[-3:]}",
        "usage": 1.5,
        "limit": None,
        "limit_remaining": None,
        "is_free_tier": False,
    }
    return Reply.of_json({"data": data | limits})


def _error(status: int) -> Reply:
    error = {"code": status, "message": MESSAGES[status]}
    return Reply.of_json({"error": error}, status=status)
