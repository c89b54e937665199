"""The chat completion that all OpenAI-compatible providers answer with."""

from __future__ import annotations

import json
import time

from ..messages import Reply, Request


def completion(request: Request) -> Reply | None:
    """A minimal completion by the model that was asked for; None if no model was."""
    try:
        asked = json.loads(request.body)
    except ValueError:
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("model"), str):
        return None
    return Reply.of_json(_content(asked["model"]))


def _content(model: str) -> dict[str, object]:
    message = {"role": "assistant", "content": "Hello from the world."}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8},
    }


def models(owner: str, *names: str) -> Reply:
    """The list of models, as `GET /models` gives it."""
    data = [{"id": name, "object": "model", "owned_by": owner} for name in names]
    return Reply.of_json({"object": "list", "data": data})
